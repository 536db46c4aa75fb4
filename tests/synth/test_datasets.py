"""Stills and clips of everybody the stream mixes: of the known form, whoever it is and however drawn."""

from pathlib import Path

import numpy as np
import pytest

from osa_cam.errors import TrainingError
from osa_cam.media import LATENT_CHANNELS
from osa_cam.synth.beings.being import KINDS as BEINGS
from osa_cam.synth.datasets import draw_clip, draw_still
from osa_cam.synth.head3d.person import Person
from osa_cam.synth.head3d.style import STYLES
from osa_cam.synth.people import kind_of, seed_of
from osa_cam.synth.portrait.identity import STYLES as DRAWN_STYLES
from osa_cam.synth.portrait.identity import Identity
from osa_cam.synth.sets import SetConfig, shapes
from tests.speech import write_speech

PLACES = {name: k for k, name in enumerate(LATENT_CHANNELS)}


@pytest.fixture(scope="module")
def speech(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(write_speech(tmp_path_factory.mktemp("speech")))


def drawn_as(number: int) -> str:
    kind, seed = kind_of("train", number), seed_of("train", number)
    style = {"head": lambda: Person.from_seed(seed).style, "portrait": lambda: Identity.from_seed(seed).style}.get(kind)
    return kind if style is None else f"{kind} {style()}"


def check(speech: str, number: int) -> None:
    stills = SetConfig("stills", "train", speech, number + 1, 2, number + 1)
    still = draw_still(stills, number)
    clips = SetConfig("clips", "train", speech, number + 1, 8, number + 1)
    clip = draw_clip(clips, number)
    for config, item in ((stills, still), (clips, clip)):
        assert {name: (values.shape, values.dtype) for name, values in item.items()} == {
            name: (shape[1:], np.dtype(kind)) for name, (shape, kind) in shapes(config).items()
        }
        assert (item["reference"][..., :3] <= item["reference"][..., 3:]).all(), "premultiplied"
        z = np.asarray(item["latents"], np.float32)
        assert np.isfinite(z).all() and (z[:, PLACES["visible"]] <= z[:, PLACES["alpha"]] + 0.01).all()
        shares = z[:, 2:].max((0, 2, 3))
        assert shares[PLACES["lips"] - 2] > 0.1 and shares[PLACES["alpha"] - 2] > 0.99
    assert (still["picture"][..., 3] > 250).mean() > 0.05 and np.ptp(still["picture"][0].astype(int)) > 100
    assert np.abs(np.diff(np.asarray(clip["latents"], np.float32), axis=0)).max() > 0, "people move"


@pytest.mark.slow
@pytest.mark.parametrize("kind", ("head photo", "portrait soft", "being", "puppet"))
def test_every_kind_is_drawn(speech: str, kind: str) -> None:
    check(speech, next(number for number in range(500) if drawn_as(number) == kind))


@pytest.mark.slow
@pytest.mark.parametrize(
    "style", [f"head {style}" for style in STYLES if style != "photo"] + [f"portrait {style}" for style in DRAWN_STYLES if style != "soft"]
)
def test_every_style_is_drawn(speech: str, style: str) -> None:
    check(speech, next(number for number in range(2000) if drawn_as(number) == style))


@pytest.mark.slow
@pytest.mark.parametrize("being", BEINGS)
def test_every_being_is_drawn(speech: str, being: str) -> None:
    numbers = (number for number in range(2000) if kind_of("train", number) == "being")
    check(speech, next(n for n in numbers if BEINGS[int(np.random.default_rng([seed_of("train", n), 4]).integers(len(BEINGS)))] == being))


def test_unknown_speech_is_told(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match=r"index\.tsv is missing; give a folder made by `osa-cam train speech"):
        draw_still(SetConfig("stills", "train", str(tmp_path), 1, 1, 1), next(n for n in range(500) if drawn_as(n) == "portrait soft"))
