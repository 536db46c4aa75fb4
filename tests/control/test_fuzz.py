"""Whatever is sent, the interface answers as its OpenAPI document says, and never with a mistake of its own."""

import logging
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from osa_cam.control.access import Access
from osa_cam.control.client import ask

log = logging.getLogger(__name__)

SCHEMATHESIS = shutil.which("schemathesis", path=str(Path(sys.executable).parent))


@pytest.mark.slow
@pytest.mark.skipif(SCHEMATHESIS is None, reason="schemathesis is not installed (extra `dev`)")
def test_schemathesis_finds_nothing(access: Access, tmp_path: Path) -> None:
    assert SCHEMATHESIS is not None
    command = [SCHEMATHESIS, "run", f"{access.url}v1/openapi.json", "--header", f"Authorization: Bearer {access.token}", "--no-color"]
    # A document can't say which avatars, files and devices there are, so that values which fit it may be refused.
    command += ["--checks", "all", "--exclude-checks", "positive_data_acceptance", "--phases", "coverage,fuzzing,stateful"]
    command += ["--exclude-path", "/v1/events", "--max-examples", "100", "--generation-deterministic"]
    finished = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=900, check=False)
    assert finished.returncode == 0, finished.stdout
    log.info("%s", finished.stdout.partition("Test cases:")[2].partition("Seed")[0].strip())
    assert "Tested: 11" in finished.stdout
    assert ask(access, "GET", "/v1/status")["state"], "it still answers"
