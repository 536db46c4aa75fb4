import cv2
import numpy as np

from osa_cam.generation.decoder import ALPHA, FLOW, VISIBLE, Decoder, certainty, within
from osa_cam.media import LATENT_CHANNELS

REFERENCE = np.random.default_rng(0).integers(0, 255, (512, 512, 4), np.uint8)
REFERENCE[..., 3] = 255
FEATURES = np.random.default_rng(1).standard_normal((64, 64, 16)).astype(np.float32)


def decoder(seen: list[np.ndarray] | None = None) -> Decoder:
    def decode(z: np.ndarray, warped: np.ndarray, features: np.ndarray) -> np.ndarray:
        if seen is not None:
            seen.append(features)
        return warped

    return Decoder(decode, REFERENCE, FEATURES, np.full((len(LATENT_CHANNELS), 1, 1), 0.5, np.float32))


def test_no_flow_is_the_reference() -> None:
    seen: list[np.ndarray] = []
    assert np.array_equal(decoder(seen).picture(np.zeros((11, 64, 64), np.float32)), REFERENCE)
    assert np.array_equal(seen[0][0], FEATURES)


def test_flow_says_where_a_pixel_was() -> None:
    """source = pixel + 512 * flow: 1/64 to the right, times latent_scale."""
    z = np.zeros((11, 64, 64), np.float32)
    z[0] = 2 / 64
    seen: list[np.ndarray] = []
    picture = decoder(seen).picture(z)
    assert np.array_equal(picture[:, :504], REFERENCE[:, 8:])
    assert np.array_equal(picture[:, 504:], np.repeat(REFERENCE[:, 511:], 8, axis=1)), "beyond the picture its edge goes on"
    assert np.allclose(seen[0][0][:, :63], FEATURES[:, 1:], atol=1e-5)
    assert np.allclose(seen[0][0][:, 63], FEATURES[:, 63]), "beyond the features the border goes on"


def test_flow_is_resized_with_half_pixel_centres() -> None:
    z = np.zeros((11, 64, 64), np.float32)
    z[1] = np.linspace(0, 0.02, 64, dtype=np.float32)[:, None]
    flow = cv2.resize(z[1] * 0.5, (512, 512), interpolation=cv2.INTER_LINEAR)
    row = 300
    source = row + 512 * float(flow[row, 0])
    low, share = int(source), source - int(source)
    wanted = REFERENCE[low].astype(float) * (1 - share) + REFERENCE[low + 1].astype(float) * share
    assert np.abs(decoder().picture(z)[row].astype(float) - wanted).max() < 6  # cv2.remap interpolates in 1/32 pixel


def disc(radius: float, size: int = 512) -> np.ndarray:
    """A round silhouette, 0 or 1; radius in pixels of 512."""
    return (np.hypot(*(np.mgrid[:size, :size] + 0.5 - size / 2)) < radius * size / 512).astype(np.float32)


def cut_out(seen: list[np.ndarray]) -> Decoder:
    def decode(z: np.ndarray, warped: np.ndarray, features: np.ndarray) -> np.ndarray:
        seen.append(z[0])
        return warped

    picture = (REFERENCE * disc(150)[..., None]).astype(np.uint8)
    return Decoder(decode, picture, FEATURES, np.full((len(LATENT_CHANNELS), 1, 1), 0.5, np.float32))


def latents(alpha: np.ndarray) -> np.ndarray:
    z = np.zeros((11, 64, 64), np.float32)
    z[VISIBLE] = z[ALPHA] = alpha / 0.5
    return z


def test_a_sharp_silhouette_is_believed_and_a_blurred_one_replaced_by_the_outline() -> None:
    seen: list[np.ndarray] = []
    fine = cv2.resize(disc(150), (64, 64), interpolation=cv2.INTER_AREA)
    other = cv2.resize(disc(120), (64, 64), interpolation=cv2.INTER_AREA)
    for alpha in (other, cv2.GaussianBlur(other, (0, 0), 3.0)):
        cut_out(seen).picture(latents(alpha))
    assert certainty(other) == 1.0 and np.allclose(seen[0][ALPHA] * 0.5, other, atol=1e-6)
    assert certainty(cv2.GaussianBlur(other, (0, 0), 3.0)) == 0.0 and np.allclose(seen[1][ALPHA] * 0.5, fine, atol=0.01)
    assert certainty(np.ones((64, 64), np.float32)) == 1.0, "a whole picture has no silhouette to be unsure of"


def test_what_a_turn_hides_moves_on_with_what_is_seen() -> None:
    """The flow of the seen half is a step to the right, that of the hidden one nothing: where they meet nothing is stretched."""
    alpha = cv2.GaussianBlur(cv2.resize(disc(150), (64, 64), interpolation=cv2.INTER_AREA), (0, 0), 3.0)
    z = latents(alpha)
    z[VISIBLE, :, :20] = 0.0
    z[FLOW.start, :, 20:] = 16 / 512 / 0.5
    picture = cut_out([]).picture(z)
    row = REFERENCE[256].astype(int)
    assert np.abs(picture[256, 144:160].astype(int) - row[160:176]).max() < 8, "two cells beyond what is seen it still moves as that does"


def test_nothing_is_painted_beyond_the_outline_of_a_cut_out_portrait() -> None:
    disc = (np.hypot(*(np.mgrid[:512, :512] - 255.5)) < 100).astype(np.uint8) * 255
    painted = np.full((512, 512, 4), 200, np.uint8)
    inside = within(painted, disc)
    assert (inside[disc > 0] == 200).all()
    far = cv2.dilate(disc, np.ones((9, 9), np.uint8)) == 0
    assert not inside[far].any()
    # Premultiplied: colour and coverage fall alike where the outline is soft.
    assert (inside[..., 0] == inside[..., 3]).all()
    thin = np.where(disc[..., None] > 0, np.uint8(90), np.uint8(0)).repeat(4, -1)
    assert np.array_equal(within(thin, disc), thin), "what is fainter than the outline stays so"
