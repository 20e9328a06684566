# SPDX-License-Identifier: Apache-2.0
"""The cases: real evidence from the vectors, and what the simulated vendor makes.

A case is a dict: name; quote, collateral, root (paths, "" where there is none) and at (seconds) for
the peers; arguments for `assay verify`; facts for the patterns of disagreements.txt; and, of the
vectors, recorded: the verdict that came with them.
"""

import datetime
import json
import os

import peers

_BODY_TYPES = {1: "sgx", 2: "td-1.0", 3: "td-1.5", 4: "td-1.5-extended"}


def _seconds(text):
    moment = datetime.datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ")
    return int(moment.replace(tzinfo=datetime.timezone.utc).timestamp())


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
    arguments = ["--at", datetime.datetime.fromtimestamp(at, datetime.timezone.utc)
                 .strftime("%Y-%m-%dT%H:%M:%SZ"), "--collateral", collateral]
    if root:
        arguments += ["--insecure-root", root]
    return {"name": name, "quote": quote, "collateral": collateral, "root": root, "at": at,
            "arguments": arguments + list(extra) + [quote], "facts": _facts(quote, collateral)}


# --- real evidence --------------------------------------------------------------------------------

def _recorded(tee, entry):
    verdict = entry.get("verdict", entry.get("expected"))
    status, advisories = entry.get("status"), entry.get("advisories") or []
    failed = []
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


def _make_dates(_):
    cases = []
    for entry, make_case in _vector_pairs():
        if entry.get("verdict") != "accept":
            continue
        for what, at, shift_s in (("before", entry["valid_from"], -1), ("after", entry["valid_to"], 1)):
            made = make_case(at, shift_s, " " + what)
            made["facts"]["dates"] = what
            made["recorded"] = dict(_recorded(made["facts"]["tee"], entry), verdict="undecided",
                                    failed=["recorded-dates"], status=None)
            cases.append(made)
    return cases


# The samples of the crate: genuine at that time for every peer (go-tdx-guest wants lower-case FMSPCs).
_BENCH_VECTORS = (("sgx-v3", "sgx-v3-00a067110000-02.collateral.json"),
                  ("tdx-v4", "tdx-v4-b0c06f000000-21.collateral-c.json"))


def bench_cases(directory):
    """One SGX and one TDX quote: real ones, or simulated ones where the vectors are not there."""
    try:
        known = {case["name"]: case for case in _make_vectors(directory)}
        return [dict(known[file], name=name) for name, file in _BENCH_VECTORS]
    except peers.Absent:
        return _bench_simulated(directory)


_MAKERS = {"vectors": _make_vectors, "dates": _make_dates}


def make(set_name, directory):
    """The cases of a set; what has to be made for them goes into directory."""
    return _MAKERS[set_name](directory)
