"""What is left out of a head because nobody sees it: fewer vertices, the same pictures."""

import numpy as np
import pytest

pytest.importorskip("moderngl", reason="people in three dimensions are drawn with moderngl, of the extra [train]")

from osa_cam.synth.head3d import head as head3d_head
from osa_cam.synth.head3d.base import face_units
from osa_cam.synth.head3d.head import Head, Person
from osa_cam.synth.head3d.piece import Material
from osa_cam.synth.pose import pose
from tests.heads import drawn

pytestmark = drawn
LONG_HAIR = 8
SIZE = 256


@pytest.fixture(scope="module")
def heads() -> tuple[Head, Head]:
    """A head, and the same with all its faces."""
    person = Person.from_seed(LONG_HAIR, "photo")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(head3d_head, "without_hidden", lambda pieces, *how: pieces)
        whole = Head(person, SIZE)
    return Head(person, SIZE), whole


def test_much_is_left_out_but_no_piece(heads: tuple[Head, Head]) -> None:
    thinned, whole = heads
    assert thinned.vertices < 0.8 * whole.vertices
    assert [p.name for p in thinned._assembly.pieces] == [p.name for p in whole._assembly.pieces]


def test_what_faces_move_stays(heads: tuple[Head, Head]) -> None:
    moved = face_units()[0]
    counts = []
    for one in heads:
        skin = one._assembly.pieces[0]
        assert skin.material == Material.SKIN
        counts.append(int(np.isin(skin.anchors[skin.faces, 0], moved).any(1).sum()))
    assert counts[0] == counts[1] > 1000


@pytest.mark.parametrize(
    "values",
    [{}, {"headYaw": 25, "headPitch": -8, "hairLag": 6}, {"headYaw": -25, "headPitch": 12, "jawOpen": 0.6}],
    ids=["front", "up", "down"],
)
def test_pictures_stay_the_same(heads: tuple[Head, Head], values: dict[str, float]) -> None:
    thinned, whole = (one.draw(pose(**values), matt=True).astype(float) for one in heads)
    assert -10 * np.log10(np.mean(((thinned - whole) / 255) ** 2)) > 34
    a, b = (one.materials(pose(**values), SIZE) for one in heads)
    assert (a != b).mean() < 0.004
