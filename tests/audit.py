"""Known weaknesses of what is installed: python -m tests.audit

Runs pip-audit over the packages of this interpreter. Ends with 0 when none is known, 1 when one is, and with 0 and a line that says so
when it could not look: without pip-audit (pip install pip-audit) or without a network.
"""

from __future__ import annotations

import json
import subprocess
import sys

WITHIN_S = 300


def main() -> int:
    command = [sys.executable, "-m", "pip_audit", "--local", "--format", "json", "--progress-spinner", "off", "--skip-editable"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=WITHIN_S, check=False)
    except subprocess.TimeoutExpired:
        return _skipped(f"no answer within {WITHIN_S} s")
    try:
        packages = json.loads(done.stdout)["dependencies"]
    except (ValueError, KeyError):
        said = done.stderr.strip().splitlines()
        return _skipped(said[-1] if said else "pip-audit said nothing")
    weak = [(package["name"], package["version"], found) for package in packages for found in package.get("vulns", [])]
    for name, version, found in weak:
        mended = ", ".join(found["fix_versions"]) or "no version yet"
        sys.stdout.write(f"{name} {version}: {found['id']}, mended in {mended}\n")
    sys.stdout.write(f"{len(packages)} packages, {len(weak)} known weaknesses\n")
    return 1 if weak else 0


def _skipped(reason: str) -> int:
    sys.stdout.write(f"audit skipped, nothing was looked at: {reason}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
