"""Faults of devices, disks, processes and plugins, with real threads: each is said, and what it took away comes back by itself.

No time is asserted here, since a busy machine needs any; `python -m tests.faults` measures.
"""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults import scenarios
from tests.faults.scenarios import Told

FAULTS = [
    scenarios.camera_held_by_another_process,
    scenarios.camera_removed,
    scenarios.two_instances,
    scenarios.disk_full_while_recording,
    scenarios.killed_while_recording,
    scenarios.plugin_hangs,
]


@pytest.mark.parametrize("fault", FAULTS, ids=[fault.__name__ for fault in FAULTS])
def test_fault(fault: Callable[[Path, pytest.MonkeyPatch], Told], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert fault(tmp_path, monkeypatch).sees
