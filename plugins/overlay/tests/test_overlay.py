from collections.abc import Iterator

import numpy as np
import osa_cam_overlay
import pytest
from osa_cam_overlay.drawing import MARGIN, Look, Overlay

from osa_cam.errors import ConfigError
from osa_cam.hooks.trial import portrait, try_out

SETTINGS = {"name": "Åsa Grün", "title": "she/her", "accent": "#0080ff", "corner": "right", "frame": True}


@pytest.fixture(autouse=True)
def shown() -> Iterator[None]:
    yield
    osa_cam_overlay._hidden = False


@pytest.mark.parametrize("settings", [SETTINGS, {"name": "愛子"}, {"frame": True}, {}], ids=["all", "name", "frame", "nothing"])
def test_every_hook_does_what_osa_cam_expects(settings: dict[str, str | bool]) -> None:
    given = try_out(osa_cam_overlay, settings)
    assert given == {"doctor_checks": ["overlay"], "frame_filters": ["overlay"], "menu_actions": ["Overlay: show or hide"]}


def changed(look: Look, height: int = 720, width: int = 1280) -> np.ndarray:
    """Where the overlay changes a white picture."""
    white = np.full((height, width, 4), 255, np.uint8)
    return (Overlay(look, height, width).over(white) != white).any(axis=2)


@pytest.mark.parametrize("right", [False, True])
def test_the_plate_stands_in_its_corner(right: bool) -> None:
    rows, columns = np.nonzero(changed(Look(name="Ada", right=right)))
    assert rows.max() == 720 - MARGIN - 1
    if right:
        assert columns.max() == 1280 - MARGIN - 1 and columns.min() > 900
    else:
        assert columns.min() == MARGIN and columns.max() < 400


def test_it_is_as_large_in_every_picture() -> None:
    sizes = [changed(Look(name="Ada Lovelace"), height, height * 16 // 9).mean() for height in (360, 720, 1080)]
    assert max(sizes) < 1.1 * min(sizes)


@pytest.mark.parametrize("look", [Look(name="W" * 80, title="M" * 200), Look(name="Ada", title="of " * 60), Look(name="愛" * 300)])
def test_a_long_name_becomes_smaller(look: Look) -> None:
    _, columns = np.nonzero(changed(look))
    assert columns.max() < 0.7 * 1280


def test_letters_can_be_read_on_any_picture() -> None:
    """White and what lies around it differ by 7 to 1 at least (WCAG 2.1, success criterion 1.4.6)."""
    for level in (0, 128, 255):
        ground = np.full((720, 1280, 4), (level, level, level, 255), np.uint8)
        plate = Overlay(Look(name="Ada", title="x"), 720, 1280).over(ground)[580:680, 60:120, 0] / 255
        luminance = np.where(plate <= 0.04045, plate / 12.92, ((plate + 0.055) / 1.055) ** 2.4)
        assert (luminance.max() + 0.05) / (np.median(luminance) + 0.05) > 7


def test_the_frame_runs_all_around_and_leaves_the_middle() -> None:
    edges = changed(Look(frame=True, accent=(0, 128, 255)))
    assert edges[0].all() and edges[-1].all() and edges[:, 0].all() and edges[:, -1].all()
    assert not edges[20:-20, 60:-60].any()
    assert edges[12, 12] and not edges[12, 200], "its corners are round inside"


def test_a_transparent_picture_stays_so_elsewhere() -> None:
    picture = portrait(720, 1280)
    overlaid = Overlay(Look(name="Ada", frame=True), 720, 1280).over(picture)
    assert overlaid[100, 100, 3] == 0
    assert 200 < overlaid[640, 120, 3] < 255, "the plate lets something through"


def test_the_menu_hides_and_shows_it() -> None:
    draw = osa_cam_overlay.frame_filters({"name": "Ada"})["overlay"]
    (toggle,) = osa_cam_overlay.menu_actions().values()
    picture = portrait(360, 640)
    assert (draw(picture, 0.0) != picture).any()
    toggle()
    assert draw(picture, 0.0) is picture
    toggle()
    assert (draw(picture, 0.0) != picture).any()


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"nmae": "Ada"}, "there is no nmae"),
        ({"name": 7}, "name is 7"),
        ({"frame": "yes"}, "true or false"),
        ({"accent": "red"}, "#rrggbb"),
        ({"accent": "#12"}, "#rrggbb"),
        ({"corner": "top"}, "left or right"),
    ],
)
def test_a_wrong_line_is_named(settings: dict[str, str | int], words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        osa_cam_overlay.frame_filters(settings)


def test_the_doctor_says_when_there_is_nothing_to_show() -> None:
    assert osa_cam_overlay.doctor_checks({})["overlay"]().verdict == "warning"
    assert osa_cam_overlay.doctor_checks({"name": "Ada"})["overlay"]().verdict == "ok"
