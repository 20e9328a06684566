# SPDX-License-Identifier: Apache-2.0
"""The cases: real evidence from the vectors, and what the simulated vendor makes.

A case is a dict: name; quote, collateral, root (paths, "" where there is none) and at (seconds) for
the peers; arguments for `assay verify`; facts for the patterns of disagreements.txt; and, of the
vectors, recorded: the verdict that came with them.
"""

import datetime
import json
import os
import shutil
import subprocess

import peers

_BODY_TYPES = {1: "sgx", 2: "td-1.0", 3: "td-1.5", 4: "td-1.5-extended"}


def _seconds(text):
    moment = datetime.datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ")
    return int(moment.replace(tzinfo=datetime.timezone.utc).timestamp())


def _time(seconds):
    return datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def _number(data, offset, size):
    return int.from_bytes(data[offset:offset + size], "little")


def _facts(quote, collateral):
    """What the patterns may ask for beyond the verdict; "-" where it cannot be told."""
    with open(quote, "rb") as file:
        data = file.read()
    facts = {"version": "-", "tee": "-", "body": "-", "info": "-", "fmspc": "-"}
    if data[:1] == b"{":
        facts["tee"] = "ias"
    else:
        facts["version"] = str(_number(data, 0, 2))
        facts["tee"] = {0: "sgx", 0x81: "tdx"}.get(_number(data, 4, 4), "-")
        if facts["version"] in ("1", "2"):
            facts["tee"] = "epid"
        if facts["version"] == "5":
            facts["body"] = _BODY_TYPES.get(_number(data, 48, 2), "-")
    try:
        with open(collateral, encoding="utf-8") as file:
            info = json.loads(json.load(file)["tcb_info"])
        facts["info"] = str(info["version"])
        facts["fmspc"] = "upper" if info["fmspc"] != info["fmspc"].lower() else "lower"
    except (OSError, ValueError, KeyError, TypeError):
        pass
    return facts


def can_judge(peer, case):
    """Reports of the attestation service and EPID quotes are nobody's, SGX is not go's."""
    tee = case["facts"]["tee"]
    return case["collateral"] != "" and tee not in ("ias", "epid") and (peer != "go" or tee == "tdx")


def case(name, quote, collateral, root, at, extra=()):
    arguments = ["--at", _time(at), "--collateral", collateral]
    if root:
        arguments += ["--insecure-root", root]
    return {"name": name, "quote": quote, "collateral": collateral, "root": root, "at": at,
            "arguments": arguments + list(extra) + [quote], "facts": _facts(quote, collateral)}


# --- real evidence --------------------------------------------------------------------------------

def _recorded(tee, entry):
    verdict = entry.get("verdict", entry.get("expected"))
    status, advisories = entry.get("status"), entry.get("advisories") or []
    failed = ["recorded-accept"]
    if verdict == "accept-without-crl":
        failed = ["root-crl.present"]
    elif verdict != "accept":
        failed = ["recorded-reject"]
        if str(entry.get("reason")).startswith("no TCB level matches"):
            verdict, failed = "accept", ["tcb.level"]
    elif entry.get("debug"):
        failed = ["policy.debug"]
    return {"kind": tee, "verdict": "genuine" if verdict == "accept" else "undecided",
            "failed": failed, "status": status, "advisories": advisories, "tier": None}


def _vectors_directory():
    directory = os.environ.get("ASSAY_VECTORS") or os.path.join(peers.SOURCE, "..", "shared", "vectors")
    directory = os.path.join(directory, "dcap")
    if not os.path.exists(os.path.join(directory, "manifest.json")):
        raise peers.Absent("the vectors are not there (ASSAY_VECTORS)")
    return directory


def _vector_pairs():
    """Every quote with each of its collateral sets: the entry of the manifest, and who makes its case."""
    directory = _vectors_directory()
    with open(os.path.join(directory, "manifest.json"), encoding="utf-8") as file:
        manifest = json.load(file)

    def pair(quote, collateral, entry):
        root = entry.get("test_root")

        def make_case(at, shift_s=0, suffix=""):
            return case(collateral + suffix, os.path.join(directory, quote),
                        os.path.join(directory, collateral),
                        os.path.join(directory, root) if root else "", _seconds(at) + shift_s)
        return entry, make_case

    for quote in manifest["quotes"]:
        for entry in quote["collaterals"]:
            yield pair(quote["file"], entry["file"], entry)
    for entry in manifest["mismatches"]:
        yield pair(entry["quote"], entry["collateral"], entry)


def _make_vectors(_):
    cases = []
    for entry, make_case in _vector_pairs():
        made = make_case(entry["at"])
        made["recorded"] = _recorded(made["facts"]["tee"], entry)
        cases.append(made)
    return cases


_DATES_STEP = 5     # every so manieth pair will do where the run is not a long one


def _make_dates(_):
    """At the first and last seconds at which everything is within its dates, and one beyond each."""
    cases = []
    pairs = [pair for pair in _vector_pairs() if pair[0].get("verdict") == "accept"]
    for entry, make_case in pairs[::1 if os.environ.get("ASSAY_LONG") else _DATES_STEP]:
        for what, at, shift_s in (("before", "valid_from", -1), ("first", "valid_from", 0),
                                  ("last", "valid_to", 0), ("after", "valid_to", 1)):
            made = make_case(entry[at], shift_s, " " + what)
            made["facts"]["dates"] = what
            made["recorded"] = _recorded(made["facts"]["tee"], entry)
            if shift_s != 0:
                made["recorded"].update(verdict="undecided", failed=["recorded-dates"], status=None)
            cases.append(made)
    return cases


# --- simulated evidence ---------------------------------------------------------------------------

_SEED = "peers"
_AT = 1750400000
_STATUSES = ("UpToDate", "SWHardeningNeeded", "ConfigurationNeeded",
             "ConfigurationAndSWHardeningNeeded", "OutOfDate", "OutOfDateConfigurationNeeded", "Revoked")
_RELAUNCH_STATUSES = ("TDRelaunchAdvised", "TDRelaunchAdvisedConfigurationNeeded")


def _sim(*arguments):
    program = os.environ.get("ASSAY_SIM") or os.path.join(peers.SOURCE, "build", "assay-sim")
    if not os.path.exists(program):
        raise peers.Absent("assay-sim is not built (ASSAY_SIM)")
    return subprocess.run([program, *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, check=False, timeout=120)


def _unbroken():
    """(name, options) of evidence in which nothing is wrong but the platform."""
    for version in ("3", "4", "5"):
        for status in _STATUSES:
            yield f"sgx-{version}-{status}", ["--tee", "sgx", "--version", version, "--status", status]
    for version, body in (("4", "2"), ("5", "2"), ("5", "3"), ("5", "4")):
        for status in _STATUSES + (_RELAUNCH_STATUSES if body > "2" else ()):
            yield (f"tdx-{version}-body-{body}-{status}",
                   ["--tee", "tdx", "--version", version, "--status", status]
                   + (["--body", body] if version == "5" else []))
    for status in _STATUSES:
        yield f"sgx-info-2-{status}", ["--tee", "sgx", "--tcb-info-version", "2", "--status", status]
        for tee in ("sgx", "tdx"):
            yield f"{tee}-processor-{status}", ["--tee", tee, "--ca", "processor", "--status", status]
            for part in ("OutOfDate", "Revoked"):
                yield (f"{tee}-qe-{part}-{status}",
                       ["--tee", tee, "--status", status, "--qe-status", part])
        for part in ("OutOfDate", "Revoked"):
            yield (f"tdx-module-{part}-{status}",
                   ["--tee", "tdx", "--status", status, "--module-status", part])
    for version in ("2", "3", "4", "5"):
        yield f"ias-{version}", ["--tee", "ias", "--version", version]
    for certification in ("1", "2", "3", "4"):
        for tee in ("sgx", "tdx"):
            yield (f"{tee}-certification-{certification}",
                   ["--tee", tee, "--certification", certification])


def _broken():
    """(name, options) of every break in both TEEs, and in a report of the attestation service."""
    listed = _sim("breaks")
    if listed.returncode != 0:
        raise RuntimeError(f"assay-sim breaks: {listed.stderr.decode().strip()}")
    for line in listed.stdout.decode().splitlines():
        check, tees = line.split()[:2]
        for tee in tees.split(","):
            if tee in ("sgx", "tdx", "ias"):
                yield f"{tee}-break-{check}", ["--tee", tee, "--break", check]


def simulate(directory):
    """Makes all simulated evidence in a directory; the prefixes of the files, in order."""
    prefixes = []
    vendor = os.path.join(directory, "vendor")
    _sim("init", "--seed", _SEED, "--vendor", vendor, "--at", _time(_AT))
    for name, options in list(_unbroken()) + list(_broken()):
        prefix = os.path.join(directory, name)
        done = _sim("quote", "--vendor", vendor, "--at", _time(_AT), "--out", prefix, *options)
        if done.returncode != 0:
            raise RuntimeError(f"assay-sim {' '.join(options)}: {done.stderr.decode().strip()}")
        prefixes.append(prefix)
    return prefixes


def _arguments(prefix):
    """What `assay verify` is to be given for it: assay-sim says so beside the evidence."""
    with open(prefix + ".arguments", encoding="utf-8") as file:
        return file.read().splitlines()


def _make_simulated(directory):
    directory = os.path.join(directory, "simulated")
    os.mkdir(directory)
    cases = []
    for prefix in simulate(directory):
        if not os.path.exists(prefix + ".quote.bin"):
            continue        # a report: no peer reads those
        root = peers.sgx_root(prefix + ".roots.pem")
        made = case(os.path.basename(prefix), prefix + ".quote.bin", prefix + ".collateral.json",
                    root, _AT)
        made["arguments"] = _arguments(prefix)
        made["facts"]["break"] = "yes" if "-break-" in prefix else "no"
        cases.append(made)
    return cases


# The samples of the crate: genuine at that time for every peer (go-tdx-guest wants lower-case FMSPCs).
_BENCH_VECTORS = (("sgx-v3", "sgx-v3-00a067110000-02.collateral.json"),
                  ("tdx-v4", "tdx-v4-b0c06f000000-21.collateral-c.json"))
_BENCH_SIMULATED = (("sgx-v3", "sgx-3-UpToDate"), ("tdx-v4", "tdx-4-body-2-UpToDate"))


def bench_cases():
    """One SGX and one TDX quote: real ones, or simulated ones where the vectors are not there.  The
    files stay, for who times assay on the same bytes."""
    try:
        known = {case["name"]: case for case in _make_vectors(None)}
        return [dict(known[file], name=name) for name, file in _BENCH_VECTORS]
    except peers.Absent:
        directory = os.path.join(peers.BUILD, "bench")
        shutil.rmtree(directory, ignore_errors=True)
        os.makedirs(directory)
        known = {case["name"]: case for case in _make_simulated(directory)}
        return [dict(known[file], name=name) for name, file in _BENCH_SIMULATED]


_MAKERS = {"vectors": _make_vectors, "dates": _make_dates, "simulated": _make_simulated}


def make(set_name, directory):
    """The cases of a set; what has to be made for them goes into directory."""
    return _MAKERS[set_name](directory)
