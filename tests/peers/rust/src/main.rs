// SPDX-License-Identifier: Apache-2.0
//
// Judges evidence with the crate dcap-qvl: one JSON line per case on standard
// input, one JSON line per answer on standard output (see ../../README.md).

use std::fs;
use std::io::{self, BufRead, Write};
use std::panic::{self, AssertUnwindSafe};
use std::time::Instant;

use dcap_qvl::verify::{QuoteVerifier, VerifiedReport};
use dcap_qvl::QuoteCollateralV3;
use serde_json::{json, Value};

/// Debug mode and service TDs are policy, and the crate lets its caller permit both: what is
/// compared is whether the evidence is genuine.
fn verifier_for(root_path: &str) -> Result<QuoteVerifier, String> {
    let verifier = if root_path.is_empty() {
        QuoteVerifier::new_prod()
    } else {
        let bytes = fs::read(root_path).map_err(|e| format!("input: {e}"))?;
        QuoteVerifier::new(der_of(&bytes)?)
    };
    Ok(verifier.allow_debug(true).allow_service_td(true))
}

/// A root may be DER or one PEM block; base64 is decoded here so that the driver needs no crate for it.
fn der_of(bytes: &[u8]) -> Result<Vec<u8>, String> {
    if bytes.first() == Some(&0x30) {
        return Ok(bytes.to_vec());
    }
    let text = std::str::from_utf8(bytes).map_err(|e| format!("input: {e}"))?;
    let body = text
        .split("-----BEGIN CERTIFICATE-----")
        .nth(1)
        .and_then(|rest| rest.split("-----END CERTIFICATE-----").next())
        .ok_or("input: the root is neither PEM nor DER")?;
    let mut der = Vec::new();
    let (mut bits, mut count) = (0u32, 0u32);
    for byte in body.bytes().filter(|b| !b.is_ascii_whitespace() && *b != b'=') {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return Err("input: the root is not base64".into()),
        };
        bits = (bits << 6 | u32::from(value)) & 0xffff;
        count += 6;
        if count >= 8 {
            count -= 8;
            der.push((bits >> count) as u8);
        }
    }
    Ok(der)
}

fn judge_once(
    verifier: &QuoteVerifier,
    quote: &[u8],
    collateral: &[u8],
    at: u64,
) -> Result<VerifiedReport, String> {
    panic::catch_unwind(AssertUnwindSafe(|| {
        let collateral: QuoteCollateralV3 =
            serde_json::from_slice(collateral).map_err(|e| format!("collateral: {e}"))?;
        verifier.verify(quote, &collateral, at).map_err(|e| format!("{e:#}"))
    }))
    .unwrap_or_else(|_| Err("panic".into()))
}

fn judge(entry: &Value) -> Result<Value, String> {
    let text = |name: &str| entry[name].as_str().unwrap_or("").to_string();
    let read = |name: &str| fs::read(text(name)).map_err(|e| format!("input: {e}"));
    let quote = read("quote")?;
    let collateral = read("collateral")?;
    let verifier = verifier_for(&text("root"))?;
    let at = entry["at"].as_u64().ok_or("input: no time")?;
    let mut times = Vec::new();
    let mut result = Err(String::new());

    // Parsing belongs to the work: every peer begins with the bytes as they were sent.
    for _ in 0..entry["repeat"].as_u64().unwrap_or(1).max(1) {
        let started = Instant::now();
        result = judge_once(&verifier, &quote, &collateral, at);
        times.push(started.elapsed().as_nanos() as u64);
    }
    times.sort_unstable();
    let ns = json!([times[0], times[times.len() / 2]]);
    Ok(match result {
        Ok(report) => json!({"peer": "rust", "ok": true, "status": report.status,
            "advisories": report.advisory_ids, "error": "", "ns": ns}),
        Err(error) => json!({"peer": "rust", "ok": false, "status": "",
            "advisories": [], "error": error, "ns": ns}),
    })
}

fn main() -> io::Result<()> {
    panic::set_hook(Box::new(|_| {}));
    let mut output = io::stdout().lock();
    for line in io::stdin().lock().lines() {
        let line = line?;
        if line.trim().is_empty() {
            continue;
        }
        let answer = serde_json::from_str::<Value>(&line)
            .map_err(|e| format!("input: {e}"))
            .and_then(|entry| judge(&entry))
            .unwrap_or_else(|error| {
                json!({"peer": "rust", "ok": false, "status": "", "advisories": [],
                    "error": error, "ns": [0, 0]})
            });
        writeln!(output, "{answer}")?;
        output.flush()?;
    }
    Ok(())
}
