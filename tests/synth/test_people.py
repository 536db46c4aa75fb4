from collections import Counter

import numpy as np
import pytest

from osa_cam.synth.head3d.head import Head
from osa_cam.synth.people import HEADS, is_drawn, person, seed_of
from osa_cam.synth.pose import pose


def test_people_of_different_splits_differ() -> None:
    seeds = {seed_of(split, number) for split in ("train", "validation", "test") for number in range(1000)}  # type: ignore[arg-type]
    assert len(seeds) == 3000


def test_both_kinds_have_their_share() -> None:
    counts = Counter(is_drawn("train", number) for number in range(2000))
    assert counts[False] / 2000 == pytest.approx(HEADS, abs=0.04)


@pytest.mark.parametrize("drawn", [True, False])
def test_everybody_can_be_posed(drawn: bool) -> None:
    number = next(n for n in range(100) if is_drawn("validation", n) == drawn)
    subject = person("validation", number)
    assert isinstance(subject, Head) != drawn
    rest, wide = pose(), pose(jawOpen=0.5)
    assert subject.draw(wide).shape == (512, 512, 4)
    assert subject.labels(wide, rest).shape == (11, 64, 64)
    assert subject.parts(wide, 256).shape == (256, 256)
    assert subject.opening(rest) < 0.02 < 0.2 < subject.opening(wide)
    # A turn to the person's own left moves the middle of the face the same way in both.
    flow_x = subject.labels(pose(headYaw=12), rest)[0, 24:40, 24:40]
    assert np.median(flow_x) < 0
