"""The audit says what is known to be weak, and never that all is well when it could not look."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

WEAKNESS = {"id": "PYSEC-1", "fix_versions": ["1.1"]}
WEAK = {"dependencies": [{"name": "old", "version": "1.0", "vulns": [WEAKNESS]}, {"name": "x", "version": "2"}]}
SOUND = {"dependencies": [{"name": "new", "version": "1.1", "vulns": []}]}


@pytest.mark.parametrize(
    ("prints", "code", "says"),
    [
        (json.dumps(WEAK), 1, "old 1.0: PYSEC-1, mended in 1.1\n2 packages, 1 known weaknesses"),
        (json.dumps(SOUND), 0, "1 packages, 0 known weaknesses"),
        ("", 0, "audit skipped, nothing was looked at: no network"),
    ],
)
def test_audit(tmp_path: Path, root: Path, prints: str, code: int, says: str) -> None:
    package = tmp_path / "pip_audit"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "__main__.py").write_text(f"import sys\nprint({prints!r})\nprint('no network', file=sys.stderr)\n")
    environment = {**os.environ, "PYTHONPATH": f"{tmp_path}{os.pathsep}{root}"}
    done = subprocess.run([sys.executable, "-m", "tests.audit"], env=environment, capture_output=True, text=True, check=False, cwd=root)
    assert done.returncode == code, done.stderr
    assert done.stdout.strip() == says
