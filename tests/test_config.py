from pathlib import Path

import pytest

from osa_cam.config import Background, Canvas, Sampling, parse_size


def test_size() -> None:
    assert parse_size("1280x720") == (1280, 720)
    for wrong in ("", "1280", "ax720", "1280x", "-1x5", "²x4"):
        with pytest.raises(ValueError, match="1280x720"):
            parse_size(wrong)
    for odd in ((1279, 720), (1280, 10), (5000, 720)):
        with pytest.raises(ValueError, match="even"):
            Canvas(*odd)


def test_background(tmp_path: Path) -> None:
    assert Background.parse("#102030").colour == (16, 32, 48)
    assert Background.parse("transparent").kind == "transparent"
    assert Background.parse("green").colour == (0, 255, 0)
    (tmp_path / "a.png").touch()
    assert Background.parse(str(tmp_path / "a.png")).kind == "picture"
    for wrong in ("#12", "#gggggg", "nothing.png", "x" * 5000, "a\0b"):
        with pytest.raises(ValueError, match="background"):
            Background.parse(wrong)


@pytest.mark.parametrize("wrong", [{"steps": 0}, {"steps": 101}, {"seed": -1}, {"expression": 5}, {"liveliness": 1.5}])
def test_sampling_is_checked(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError):
        Sampling(**wrong)  # type: ignore[arg-type]
