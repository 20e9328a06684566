# SPDX-License-Identifier: Apache-2.0
"""The peers: how each is built and asked, and what the cases are made of.

A peer is an independent verifier that somebody else wrote.  Each has a driver in a folder of its
own, which answers one JSON line with one JSON line; README.md describes the two.
"""

import base64
import json
import os
import re
import shutil
import subprocess

HERE = os.path.dirname(os.path.abspath(__file__))
SOURCE = os.path.dirname(os.path.dirname(HERE))
BUILD = os.path.abspath(os.environ.get("ASSAY_PEERS_BUILD") or os.path.join(SOURCE, "build-peers"))
BUILD_TIME_MAX_S = 1200
ANSWER_TIME_MAX_S = 600

# What each peer is called in tables, and the signatures that it checks for one quote with its
# collateral, counted in its source: nine are needed.
TITLES = {
    "npm": "@phala/dcap-qvl (JavaScript)",
    "rust": "dcap-qvl (Rust)",
    "go": "go-tdx-guest (Go)",
}
SIGNATURES = {"npm": 11, "rust": 9, "go": 19}


class Absent(Exception):
    """A peer that cannot be had here, with the reason."""


def _run(arguments, directory, failure=RuntimeError, **environment):
    """Runs a step of a build; its last words are the reason if it fails.  Packages that cannot be
    had make a peer absent; a driver that does not compile is a failure."""
    try:
        done = subprocess.run(arguments, cwd=directory, env={**os.environ, **environment},
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, timeout=BUILD_TIME_MAX_S, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise failure(f"{arguments[0]}: {error}") from error
    said = done.stdout.decode("utf-8", "replace")
    if done.returncode != 0:
        lines = [line for line in said.splitlines() if line.strip()]
        raise failure(f"{' '.join(arguments[:2])} failed: {' / '.join(lines[-3:])[:300]}")
    return said


def _need(*programs):
    for program in programs:
        if shutil.which(program) is None:
            raise Absent(f"{program} is not installed")


def _copy_if_changed(names, source, target):
    """True where something was copied: then what was built of it is stale."""
    changed = False
    for name in names:
        with open(os.path.join(source, name), "rb") as file:
            wanted = file.read()
        path = os.path.join(target, name)
        if not os.path.exists(path) or open(path, "rb").read() != wanted:
            with open(path, "wb") as file:
                file.write(wanted)
            changed = True
    return changed


def _build_npm(source, target):
    _need("node", "npm")
    changed = _copy_if_changed(["package.json", "package-lock.json"], source, target)
    _copy_if_changed(["driver.js"], source, target)
    if changed or not os.path.exists(os.path.join(target, "installed")):
        _run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], target, failure=Absent)
        open(os.path.join(target, "installed"), "w", encoding="ascii").close()
    return ["node", os.path.join(target, "driver.js")]


def _build_rust(source, target):
    _need("cargo")
    _run(["cargo", "fetch", "--quiet"], source, failure=Absent)
    _run(["cargo", "build", "-j1", "--release", "--offline", "--quiet"], source,
         CARGO_TARGET_DIR=target)
    return [os.path.join(target, "release", "assay-peer-rust")]


def _build_go(source, target):
    _need("go")
    version = _run(["go", "env", "GOVERSION"], source).strip()
    if [int(number) for number in re.findall(r"\d+", version)[:2]] < [1, 21]:
        raise Absent(f"{version} is older than go1.21")
    _run(["go", "mod", "download"], source, failure=Absent)
    program = os.path.join(target, "driver")
    _run(["go", "build", "-p", "1", "-mod=readonly", "-o", program, "."], source)
    return [program]


def _build_go_simulated(source, target):
    """The module asks for Intel's names in certificates, word for word.  For the simulated vendor it
    is built from a copy in which those four words are the simulated ones, and nothing else differs."""
    _build_go(source, target)
    found = _run(["go", "list", "-m", "-f", "{{.Dir}}", _GO_MODULE], source).strip()
    copy = os.path.join(target, "module")
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(found, copy, copy_function=shutil.copyfile)
    for directory, _, _ in os.walk(copy):
        os.chmod(directory, 0o755)
    path = os.path.join(copy, "verify", "verify.go")
    with open(path, encoding="utf-8") as file:
        text = file.read()
    with open(path, "w", encoding="utf-8") as file:
        file.write(text.replace('= "Intel SGX ', '= "Simulated SGX '))
    for name in ("go.mod", "go.sum"):
        shutil.copyfile(os.path.join(source, name), os.path.join(target, "simulated" + name[2:]))
    with open(os.path.join(target, "simulated.mod"), "a", encoding="utf-8") as file:
        file.write(f"replace {_GO_MODULE} => {copy}\n")
    program = os.path.join(target, "driver-simulated")
    _run(["go", "build", "-p", "1", "-mod=mod", "-modfile", os.path.join(target, "simulated.mod"),
          "-o", program, "."], source)
    return [program]


_GO_MODULE = "github.com/google/go-tdx-guest"
_BUILDERS = {"npm": _build_npm, "rust": _build_rust, "go": _build_go}
_BUILDERS_SIMULATED = {"go": _build_go_simulated}


def build(peer, simulated=False):
    """The command of a peer's driver, for real or for simulated evidence.  Everything that is built
    lies under BUILD."""
    target = os.path.join(BUILD, peer)
    os.makedirs(target, exist_ok=True)
    builder = _BUILDERS_SIMULATED.get(peer) if simulated else None
    return (builder or _BUILDERS[peer])(os.path.join(HERE, peer), target)


def ask(command, cases):
    """The peer's answers to cases, in their order; a driver that ends early answers for itself."""
    lines = "".join(json.dumps({key: case[key] for key in ("quote", "collateral", "root", "at")}
                               | {"repeat": case.get("repeat", 1)}) + "\n" for case in cases)
    done = subprocess.run(command, input=lines.encode(), stdout=subprocess.PIPE,
                          timeout=ANSWER_TIME_MAX_S, check=False)
    answers = [json.loads(line) for line in done.stdout.splitlines() if line.startswith(b"{")]
    if len(answers) != len(cases):
        raise RuntimeError(f"{command[-1]} gave {len(answers)} answers to {len(cases)} cases"
                           f" and ended with status {done.returncode}")
    return answers


# --- certificates ---------------------------------------------------------------------------------

_PEM = re.compile(r"-----BEGIN CERTIFICATE-----(.*?)-----END CERTIFICATE-----", re.DOTALL)
_P256 = bytes.fromhex("06082a8648ce3d030107")


def certificates(text):
    """The DER of every certificate of a PEM text."""
    return [base64.b64decode("".join(body.split())) for body in _PEM.findall(text)]


def sgx_root(path):
    """A file of roots may hold the attestation service's too: the peers are given the P-256 one."""
    with open(path, "r", encoding="ascii", errors="replace") as file:
        known = certificates(file.read())
    found = [der for der in known if _P256 in der]
    if len(known) < 2 or not found:
        return path
    name = path + ".sgx.der"
    with open(name, "wb") as file:
        file.write(found[0])
    return name
