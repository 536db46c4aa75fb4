import pytest

from osa_cam.training import base


@pytest.fixture(autouse=True)
def short_videos(monkeypatch: pytest.MonkeyPatch) -> None:
    """The video that every checkpoint brings takes longer than these stages' training."""
    monkeypatch.setattr(base, "SAMPLE_FRAMES", 2)
