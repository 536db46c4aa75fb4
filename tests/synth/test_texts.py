import numpy as np
import pytest

from osa_cam.synth.texts import LANGUAGES, sentence


@pytest.mark.parametrize("language", LANGUAGES)
def test_sentences_differ_and_repeat_with_their_seed(language: str) -> None:
    said = [sentence(np.random.default_rng(seed), language) for seed in range(30)]
    assert said == [sentence(np.random.default_rng(seed), language) for seed in range(30)]
    assert len(set(said)) == 30
    assert all(text[-1] in ".?!" and "{" not in text and text[0] == text[0].upper() for text in said)


def test_an_unknown_language_is_an_error() -> None:
    with pytest.raises(KeyError):
        sentence(np.random.default_rng(0), "tlh")
