"""docs/write-a-plugin.md: what it tells to write works."""

import os
import re
import subprocess
import sys
from pathlib import Path

from osa_cam.hooks.template import write_plugin


def test_the_plugin_of_the_guide_passes_its_tests(root: Path, tmp_path: Path) -> None:
    guide = (root / "docs" / "write-a-plugin.md").read_text(encoding="utf-8")
    plugin, test = re.findall(r"```python\n(.*?)```", guide, re.DOTALL)
    folder = write_plugin("clock", tmp_path)
    for path, text in (("osa_cam_clock/__init__.py", plugin), ("tests/test_osa_cam_clock.py", test)):
        assert f"`clock/{path}`" in guide, "the guide names the file that there is"
        (folder / path).write_text(text, "utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-W", "error", "-p", "no:cacheprovider"]
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    finished = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert finished.returncode == 0, finished.stdout + finished.stderr
    assert "2 passed" in finished.stdout
