"""A real OBS Studio from start to end (tests/plugins_obs/real.py), cut off from the network.

The networks are small ones that only tint the avatar: beside an OBS that draws without a GPU there is no time for others.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.graphs import write_model

from .obs_studio import OBS, XVFB

TOOLS = {"obs-studio": OBS, "xvfb": XVFB, "xdotool": shutil.which("xdotool"), "unshare": shutil.which("unshare"), "ip": shutil.which("ip")}
LACKS = sorted(name for name, path in TOOLS.items() if path is None)


@pytest.mark.slow
@pytest.mark.device
@pytest.mark.skipif(bool(LACKS), reason=f"not installed: {', '.join(LACKS)}")
def test_obs_shows_the_avatar_obeys_the_script_and_delays_its_microphone(tmp_path: Path, root: Path) -> None:
    isolate = ["unshare", "--net"] if os.geteuid() == 0 else ["unshare", "--net", "--map-root-user"]
    inside = 'ip link set lo up; exec "$0" -m tests.plugins_obs.real "$1" "$2"'
    home, model = tmp_path / "home", write_model(tmp_path / "model")
    home.mkdir()
    command = [*isolate, "sh", "-c", inside, sys.executable, str(home), str(model)]
    finished = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=400, check=False)
    assert finished.returncode == 0, finished.stderr[-5000:]
    found = json.loads(finished.stdout.splitlines()[-1])
    assert found["address_found"], "port and password out of OBS's own settings"
    assert len(found["hotkeys"]) == 9, "and three of them did what they say, or there would be no figures"
    offset = found["offset"]
    assert offset["read_back_ms"] == offset["set_to_ms"] == round(offset["latency_ms"])
    assert offset["latency_ms"] > 200
    assert not found["virtual_camera"]
    assert found["source"]["shape"] == [720, 1280, 3]
    assert found["source"]["difference"] < 20, "what OBS shows is the avatar, but for its tint, which follows the voice"
