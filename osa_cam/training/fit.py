"""Stage `fit`: some minutes' personalisation of the shared weights to one avatar.

The weights stay as they are. Learnt is what the reference net should have said of the avatar's picture for the decoder to paint it best
in other poses: an addition to its features (`osa_cam/avatars/weights.py`), which the live path adds once, in whatever engine.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av
import av.error
import cv2
import numpy as np
import safetensors.numpy
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from osa_cam.avatars.library import Avatar, find, load_avatar
from osa_cam.avatars.manifest import to_toml
from osa_cam.avatars.pack import MANIFEST, SUFFIX, WEIGHTS, Pack, check_pack, pack_bytes, read_pack, write_whole
from osa_cam.avatars.weights import SHAPES, probe_of
from osa_cam.engines.model import MODELS, read_manifest
from osa_cam.errors import TrainingError
from osa_cam.evaluation.judges import IdentityNet, faces, load_judges
from osa_cam.evaluation.metrics import correlation, mouth_opening
from osa_cam.media import FPS, PICTURE_SIZE
from osa_cam.networks.audio import AudioEncoder
from osa_cam.networks.autoencoder import Decoder, Encoder, ReferenceNet
from osa_cam.networks.blocks import warp
from osa_cam.networks.denoiser import Denoiser
from osa_cam.networks.sizes import LITE, SIZES, ModelSize
from osa_cam.synth.built_in import DRAWN, HEADS
from osa_cam.synth.datasets import wild_pose
from osa_cam.synth.head3d.head import Head, Person
from osa_cam.synth.people import Pose, Subject
from osa_cam.synth.portrait.portrait import Identity, Portrait
from osa_cam.synth.pose import pose as pose_of
from osa_cam.synth.speech import SpeechLibrary
from osa_cam.training.autoencoder import (
    CELL,
    FIRST_PART,
    PART_LIPS,
    corners_of,
    crop,
    decode,
    mouth_and_eyes,
    picture_errors,
    picture_tensor,
    psnr,
    scale,
    warp_reference,
)
from osa_cam.training.base import raw
from osa_cam.training.export import load_weights
from osa_cam.training.fit_talk import fit_talk, talks_of

Picture = NDArray[np.uint8]  # premultiplied RGBA [512, 512, 4]
Report = Callable[[dict[str, Any]], None]

HELD_OUT = 10  # views that are measured and never learnt from
MOST_VIEWS = 60
FEWEST_VIEWS = 20
DRAWING_SHARE = 0.3  # of the time
BATCH, CROP_CELLS = 4, 32
LEARNING_RATE = 0.08
RESTRAINT = 1e-3  # of the square of what is added: cells that no view tells anything of stay as they were
REPORT_S = 2.0
PARTS_SIDE = PICTURE_SIZE // 2
SAME_PICTURE = 1.0  # of 255, mean difference
LEAST_GAIN_DB = 0.05  # over mouth and eyes, on views that were not learnt from
SHOWN, SHEET_SIDE = 3, 256  # views in the sheet that compares, and pixels of each
GREY = 150  # behind what is transparent there


@dataclass(frozen=True, eq=False)
class Views:
    """The avatar in other poses.

    picture: uint8 [n, 512, 512, 4]; z: [n, 11, 64, 64], scaled; parts: uint8 [n, 256, 256] as `Subject.parts` numbers them.
    """

    picture: Picture
    z: Tensor
    parts: Tensor


@dataclass(frozen=True, eq=False)
class Fitted:
    """delta: the content of delta.safetensors; sheet: RGB [SHOWN * SHEET_SIDE, 3 * SHEET_SIDE, 3], a face in each row: as it is, as it was
    painted before, and after."""

    delta: bytes
    sheet: NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class Networks:
    """A model's own, frozen."""

    reference: ReferenceNet
    encoder: Encoder
    decoder: Decoder

    @classmethod
    def of(cls, model: Path, size: ModelSize) -> Networks:
        """From the graphs of a model's folder. Raises TrainingError."""
        found = cls(ReferenceNet(), Encoder(), Decoder(size.autoencoder))
        for network, graph in ((found.reference, "reference"), (found.encoder, "encode"), (found.decoder, "decode")):
            load_weights(model, graph, network, "network.")
            network.eval().requires_grad_(False)
        return found


def views_of_subject(subject: Subject, rest: Pose, rng: np.random.Generator, seconds: float, clock: Callable[[], float]) -> Views:
    """Somebody who can be posed, in as many poses as the time allows, at least FEWEST_VIEWS and at most MOST_VIEWS."""
    end = clock() + seconds
    pictures: list[Picture] = []
    labels: list[NDArray[np.float32]] = []
    parts: list[NDArray[np.uint8]] = []
    while len(pictures) < FEWEST_VIEWS or (len(pictures) < MOST_VIEWS and clock() < end):
        pose = wild_pose(rng) * np.float32(rng.choice([0.5, 1.0]))  # most of a talk is milder
        pictures.append(subject.draw(pose))
        labels.append(subject.labels(pose, rest))
        parts.append(subject.parts(pose, PARTS_SIDE))
    return Views(np.stack(pictures), torch.from_numpy(np.stack(labels).astype(np.float32)) / scale(), torch.from_numpy(np.stack(parts)))


@torch.no_grad()
def views_of_video(video: Path, reference: Picture, encoder: Encoder) -> Views:
    """Frames of a video that shows the person as large and in the same place as the avatar's picture; the encoder reads their latents.

    Raises TrainingError when it can't be read, is too short, or shows somebody or something else.
    """
    pictures = list(_frames(video))
    if len(pictures) < FEWEST_VIEWS:
        raise TrainingError(
            f"{video} is too short: {FEWEST_VIEWS} frames, a second apart or less, are the least; it gives {len(pictures)}."
        )
    chosen = np.linspace(0, len(pictures) - 1, min(MOST_VIEWS, len(pictures))).round().astype(int)
    kept = np.stack([pictures[i] for i in chosen])
    kept[..., :3] = kept[..., :3] * (reference[..., 3:].max() / 255)
    whole = picture_tensor(reference[None])
    z = torch.cat([encoder(picture_tensor(picture[None]), whole) for picture in kept])
    warped = torch.cat([warp_reference(z[i : i + 1], whole, torch.zeros(1, 1, 64, 64))[0] for i in range(len(z))])
    likeness = psnr(warped[:, :3], picture_tensor(kept)[:, :3])
    if likeness < 12:
        raise TrainingError(
            f"{video} doesn't show what the avatar's picture shows ({likeness:.0f} dB): it should be the same person, framed alike, "
            "in front of the same background."
        )
    return Views(kept, z, parts_of(z))


def _frames(video: Path) -> Iterator[Picture]:
    """Every fifth frame's middle square, opaque."""
    try:
        with av.open(str(video)) as container:
            for number, frame in enumerate(container.decode(video=0)):
                if number % (FPS // 5):
                    continue
                rgb = frame.to_ndarray(format="rgb24")
                side = min(rgb.shape[:2])
                top, left = (rgb.shape[0] - side) // 2, (rgb.shape[1] - side) // 2
                small = cv2.resize(rgb[top : top + side, left : left + side], (PICTURE_SIZE, PICTURE_SIZE), interpolation=cv2.INTER_AREA)
                yield np.dstack([small, np.full(small.shape[:2], 255, np.uint8)])
    except (OSError, IndexError, av.error.FFmpegError) as error:
        raise TrainingError(f"{video} can't be read as a video: {error}") from error


def parts_of(z: Tensor) -> Tensor:
    """The part that covers most of each cell, as `Portrait.parts` numbers them: 0 nothing, 1 other, 2 lips and so on."""
    shares = (z * scale())[:, FIRST_PART:]
    largest, which = shares.max(1)
    part = torch.where(largest > 0.5, which + 2, torch.ones_like(which)).to(torch.uint8)
    return part.repeat_interleave(4, 1).repeat_interleave(4, 2)


def painted_as(networks: Networks, reference: Picture, features: Tensor, views: Views) -> Tensor:
    """The views as the decoder paints them, [n, 4, 512, 512]."""
    whole = picture_tensor(reference[None])
    return torch.cat([decode(networks.decoder, z[None], whole, features) for z in views.z])


@torch.no_grad()
def figures(networks: Networks, reference: Picture, features: Tensor, views: Views, identity: IdentityNet | None) -> dict[str, float]:
    """psnr, psnr_mouth, psnr_eyes in dB; mouth_r: of the opening that the encoder reads off what was painted with the true one, over the
    views; identity: mean cosine of painted faces to the drawn ones, left out without a judge."""
    whole, target = picture_tensor(reference[None]), picture_tensor(views.picture)
    n = len(target)
    each = whole.expand(n, -1, -1, -1)
    painted = painted_as(networks, reference, features, views)
    read = torch.cat([networks.encoder(painted[i : i + 1], each[i : i + 1]) for i in range(n)])
    mouth, eyes = mouth_and_eyes(views.parts)
    found = {
        "psnr": psnr(painted, target),
        "psnr_mouth": psnr(painted, target, mouth) if mouth.any() else float("nan"),
        "psnr_eyes": psnr(painted, target, eyes) if eyes.any() else float("nan"),
        "mouth_r": correlation(mouth_opening(raw(read)), mouth_opening(raw(views.z))),
    }
    if identity is not None:
        shares = torch.from_numpy(raw(views.z))
        found["identity"] = float((identity(faces(painted, shares)) * identity(faces(target, shares))).sum(1).mean())
    return found


def fit(
    networks: Networks,
    reference: Picture,
    views: Views,
    seconds: float,
    report: Report,
    identity: IdentityNet | None = None,
    talk: Tensor | None = None,
    seed: int = 0,
    clock: Callable[[], float] = time.monotonic,
) -> Fitted:
    """Learns for so many seconds.

    talk: what `fit_talk` found for the denoiser, [1, 64, 32, 32]; identity: measures likeness too.

    Raises TrainingError when views that were not learnt from are painted no better with it.
    """
    rng = np.random.default_rng(seed)
    torch.manual_seed(seed)
    order = rng.permutation(len(views.z))
    held, learnt = (Views(views.picture[some], views.z[some], views.parts[some]) for some in (order[:HELD_OUT], order[HELD_OUT:]))
    with torch.no_grad():
        told = networks.reference(picture_tensor(reference[None]))[0]
    before = figures(networks, reference, told, held, identity)
    added, steps = learn(networks, reference, told, learnt, seconds, report, rng, clock)
    after = figures(networks, reference, told + added, held, identity)
    measured = {"steps": steps, "views": len(learnt.z), "before": _rounded(before), "after": _rounded(after)}
    report({"event": "measured", "what": "pictures", **measured})
    gain = float(np.nanmean([after[name] - before[name] for name in ("psnr_mouth", "psnr_eyes")]))
    if not gain >= LEAST_GAIN_DB or after["psnr"] < before["psnr"]:
        raise TrainingError(
            f"On views that were not learnt from, mouth and eyes gained {gain:.2f} dB and all of the picture "
            f"{after['psnr'] - before['psnr']:.2f} dB: nothing was written. Give it more minutes."
        )
    arrays = {
        "decoder_features": added[0].permute(1, 2, 0).numpy().astype(np.float16),
        "denoiser_features": np.zeros(SHAPES["denoiser_features"], np.float16) if talk is None else talk[0].numpy().astype(np.float16),
        "probe": probe_of(told[0].permute(1, 2, 0).contiguous().numpy()),
    }
    whole_arrays = {name: np.ascontiguousarray(value) for name, value in arrays.items()}
    delta = safetensors.numpy.save(whole_arrays, {"before": json.dumps(_rounded(before)), "after": json.dumps(_rounded(after))})
    shown = Views(held.picture[:SHOWN], held.z[:SHOWN], held.parts[:SHOWN])
    return Fitted(delta, _sheet(shown, *(painted_as(networks, reference, features, shown) for features in (told, told + added))))


def learn(
    networks: Networks,
    reference: Picture,
    told: Tensor,
    views: Views,
    seconds: float,
    report: Report,
    rng: np.random.Generator,
    clock: Callable[[], float],
) -> tuple[Tensor, int]:
    """What is to be added to `told`, the reference net's features for the decoder [1, 16, 64, 64], and the steps taken."""
    whole = picture_tensor(reference[None])
    with torch.no_grad():
        warped = [(warp_reference(z[None], whole, told)[0][0] * 255).byte() for z in views.z]
    added = nn.Parameter(torch.zeros_like(told))
    mean = torch.zeros_like(told)
    optimizer = torch.optim.Adam([added], LEARNING_RATE, betas=(0.9, 0.98))
    began = said = clock()
    steps = 0
    while (past := clock() - began) < seconds:
        optimizer.param_groups[0]["lr"] = LEARNING_RATE * min(1.0, 2.5 * (1 - past / seconds) + 0.05)
        loss = _step(networks.decoder, views, warped, told + added, rng) + RESTRAINT * added.square().mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        steps += 1
        mean.lerp_(added.detach(), max(1 - 0.98, 1 / steps))
        if clock() - said >= REPORT_S:
            said = clock()
            report(_progress("pictures", past / seconds, steps, float(loss.detach()), seconds))
    return mean, steps


def _sheet(views: Views, *painted: Tensor) -> NDArray[np.uint8]:
    """What `Fitted.sheet` is."""
    rows = []
    for k in range(len(views.z)):
        below, beside = np.nonzero(views.parts[k].numpy() >= PART_LIPS)
        ends = [(int(at.min()), int(at.max())) if len(at) else (0, PARTS_SIDE) for at in (below, beside)]
        side = min(round(1.5 * max(high - low for low, high in ends)), PARTS_SIDE)
        top, left = (2 * int(np.clip((low + high - side) // 2, 0, PARTS_SIDE - side)) for low, high in ends)
        row = []
        for picture in (picture_tensor(views.picture[k : k + 1])[0], *(own[k] for own in painted)):
            rgb = (255 * picture[:3] + GREY * (1 - picture[3:])).clamp(0, 255).permute(1, 2, 0).byte().numpy()
            row.append(
                cv2.resize(rgb[top : top + 2 * side, left : left + 2 * side], (SHEET_SIDE, SHEET_SIDE), interpolation=cv2.INTER_AREA)
            )
        rows.append(np.concatenate(row, 1))
    return np.concatenate(rows).astype(np.uint8)


def _step(decoder: Decoder, views: Views, warped: list[Tensor], features: Tensor, rng: np.random.Generator) -> Tensor:
    """The error on crops of some views."""
    rows = rng.choice(len(views.z), min(BATCH, len(views.z)), replace=False).tolist()
    z = views.z[rows]
    corners = corners_of(rng, z, CROP_CELLS)
    moved = warp(features.expand(len(rows), -1, -1, -1), (z * scale())[:, :2])
    seen = torch.stack([warped[row] for row in rows]).float() / 255
    noisy = z + 0.05 * torch.randn_like(z)
    output, gate = decoder(crop(noisy, corners, CROP_CELLS, 1), crop(seen, corners, CROP_CELLS, CELL), crop(moved, corners, CROP_CELLS, 1))
    target = picture_tensor(views.picture[rows])
    return picture_errors(
        output, gate, crop(target, corners, CROP_CELLS, CELL), crop(views.parts[rows], corners, CROP_CELLS, CELL // 2)
    ).total


def subject_of(avatar: Avatar) -> tuple[Subject, Pose]:
    """Who a built-in avatar was drawn as, and the pose of its picture. Raises TrainingError for all others: nobody knows how they move.

    Neither the one picture, moved about, nor a puppet of it (`osa_cam/synth/puppet`) is a substitute: both are learnt well and make the
    person's own poses worse (`benchmarks/fit.py`).
    """
    rest = pose_of(mouthSmileLeft=0.12, mouthSmileRight=0.12)  # as `osa_cam/synth/built_in.py` draws them
    drawn: Subject | None = None
    if avatar.id in HEADS:
        drawn = Head(Person.from_seed(HEADS[avatar.id]))
    elif avatar.id in DRAWN:
        drawn = Portrait(Identity.from_seed(*DRAWN[avatar.id]))
    # Where the drawing has changed since the picture was made, its seed shows somebody else.
    if drawn is not None and np.abs(drawn.draw(rest).astype(int) - avatar.picture).mean() < SAME_PICTURE:
        return drawn, rest
    raise TrainingError(
        f"Of {avatar.name} there is but one picture, which teaches the model nothing that it doesn't know: give a video of the person with "
        "--video, framed as the picture is."
    )


def fitted_pack(pack: Pack, delta: bytes, model: str, built_in: bool) -> bytes:
    """The .osavatar file of a pack with what was fitted to it; a built-in one needs another id, since its own is taken."""
    own = pack.manifest
    changed = own.model_copy(
        update={"id": f"{own.id}-fitted" if built_in else own.id, "needs": own.needs.model_copy(update={"model": model})}
    )
    return pack_bytes(check_pack({**pack.files, MANIFEST: to_toml(changed).encode("utf-8"), WEIGHTS: delta}))


def _progress(what: str, share: float, steps: int, loss: float, seconds: float) -> dict[str, Any]:
    left = round((1 - share) * seconds)
    return {"event": "progress", "what": what, "share": round(share, 3), "seconds_left": left, "steps": steps, "loss": round(loss, 5)}


def _rounded(figures: dict[str, float]) -> dict[str, float]:
    return {name: round(value, 4) for name, value in figures.items()}


def run_fit(
    avatar: str,
    out: Path,
    minutes: float,
    video: Path | None,
    speech: Path | None,
    model: str,
    seed: int,
    threads: int,
    report: Report,
    clock: Callable[[], float] = time.monotonic,
) -> None:
    """`osa-cam train fit`: `out` is written whole, or not at all, and beside it NAME-before-after.png. Raises AvatarError, ModelError,
    TrainingError.

    speech: a folder with phone timings; with it the denoiser's half is fitted too, in half of the time.
    """
    found = find(avatar)
    if out.suffix not in (SUFFIX, ".safetensors"):
        raise TrainingError(f"--out {out}: it should end in .safetensors, or in {SUFFIX} for the whole pack.")
    if out.suffix == SUFFIX and found.kind == "picture":
        raise TrainingError(f"{avatar} is a picture: osa-cam avatars create makes a pack of it, which can then be fitted.")
    if not out.parent.is_dir():
        raise TrainingError(f"--out {out}: {out.parent} is no folder.")
    if video is not None and speech is not None:
        raise TrainingError("--speech needs somebody who can be posed, which a video can't: leave one of the two away.")
    torch.set_num_threads(threads)
    end = clock() + 60 * minutes
    report({"event": "begin", "avatar": found.id, "seconds": round(60 * minutes)})
    portrait = load_avatar(avatar)
    folder = Path(model) if Path(model).is_dir() else MODELS / model
    size = SIZES.get(read_manifest(folder).name, LITE)
    networks = Networks.of(folder, size)
    rng = np.random.default_rng(seed)
    talk = None
    if video is not None:
        views = views_of_video(video, portrait.picture, networks.encoder)
    else:
        subject, rest = subject_of(portrait)
        if speech is not None:
            talk = _fit_talk(folder, size, networks, portrait, subject, rest, speech, 30 * minutes, rng, report, clock)
        views = views_of_subject(subject, rest, rng, DRAWING_SHARE * (end - clock()), clock)
    report({"event": "views", "views": len(views.z), "seconds_left": round(max(end - clock(), 0.0))})
    try:
        identity = load_judges()[1]
    except TrainingError:
        identity = None  # then that figure is left out
    # A tenth of the time is the least, where drawing took longer than it may.
    fitted = fit(networks, portrait.picture, views, max(end - clock(), 6 * minutes), report, identity, talk, seed, clock)
    built_in = found.kind == "built-in"
    content = fitted.delta if out.suffix != SUFFIX else fitted_pack(read_pack(found.path), fitted.delta, folder.name, built_in)
    sheet = out.with_name(f"{out.stem}-before-after.png")
    write_whole(sheet, cv2.imencode(".png", np.ascontiguousarray(fitted.sheet[..., ::-1]))[1].tobytes())
    write_whole(out, content)
    report({"event": "done", "out": str(out), "bytes": len(content), "compared": str(sheet)})


def _fit_talk(
    folder: Path,
    size: ModelSize,
    networks: Networks,
    portrait: Avatar,
    subject: Subject,
    rest: Pose,
    speech: Path,
    seconds: float,
    rng: np.random.Generator,
    report: Report,
    clock: Callable[[], float],
) -> Tensor:
    """What is to be added for the denoiser, [1, 64, 32, 32]."""
    end = clock() + seconds
    audio, denoiser = AudioEncoder(), Denoiser(size.denoiser)
    load_weights(folder, "audio", audio, "network.")
    load_weights(folder, "denoise", denoiser, "")
    for network in (audio, denoiser):
        network.eval().requires_grad_(False)
    talks = talks_of(subject, rest, SpeechLibrary(speech), audio, rng, DRAWING_SHARE * seconds, clock)
    with torch.no_grad():
        told = networks.reference(picture_tensor(portrait.picture[None]))[1]
    left, said = max(end - clock(), 0.1 * seconds), clock()

    def progress(share: float, steps: int, loss: float) -> None:
        nonlocal said
        if clock() - said >= REPORT_S:
            said = clock()
            report(_progress("talk", share, steps, loss, left))

    added, before, after = fit_talk(denoiser, talks, told, left, progress, rng, clock)
    report({"event": "measured", "what": "talk", "talks": len(talks) - 1, "before": _rounded(before), "after": _rounded(after)})
    return added
