from collections import Counter

import numpy as np
import pytest

from osa_cam.synth.head3d.head import Head
from osa_cam.synth.people import KINDS, SHARES, Kind, kind_of, person, seed_of
from osa_cam.synth.portrait.portrait import Portrait
from osa_cam.synth.pose import pose
from osa_cam.synth.puppet.puppet import Puppet


def test_people_of_different_splits_differ() -> None:
    seeds = {seed_of(split, number) for split in ("train", "validation", "test") for number in range(1000)}  # type: ignore[arg-type]
    assert len(seeds) == 3000


def test_every_kind_has_its_share() -> None:
    assert sum(SHARES.values()) == pytest.approx(1)
    for split in ("train", "validation", "test"):
        counts = Counter(kind_of(split, number) for number in range(2000))  # type: ignore[arg-type]
        for kind in KINDS:
            assert counts[kind] / 2000 == pytest.approx(SHARES[kind], abs=0.04)


@pytest.mark.parametrize("kind", KINDS)
def test_everybody_can_be_posed(kind: Kind) -> None:
    number = next(n for n in range(200) if kind_of("validation", n) == kind)
    subject = person("validation", number)
    assert isinstance(subject, {"head": Head, "portrait": Portrait, "being": Portrait, "puppet": Puppet}[kind])
    rest, wide = pose(), pose(jawOpen=0.5)
    picture = subject.draw(wide)
    assert picture.shape == (512, 512, 4) and (picture[..., :3] <= picture[..., 3:]).all()
    assert subject.labels(wide, rest).shape == (11, 64, 64)
    assert subject.parts(wide, 256).shape == (256, 256)
    assert subject.opening(rest) < 0.02 < 0.2 < subject.opening(wide)
    # A turn to the person's own left moves the middle of the face the same way in all.
    flow_x = subject.labels(pose(headYaw=12), rest)[0, 24:40, 24:40]
    assert np.median(flow_x) < 0
