"""What may fit learn from? Four sources of views of people never trained on, judged in those people's own poses; a line of JSON.

    python benchmarks/fit.py --people 3 --seconds 60

poses: drawn in other poses, with true latents, as `osa-cam train fit` has them of a built-in avatar;
video: the same pictures, their latents read by the encoder, as of a video;
moved: the one picture, turned, zoomed and shifted;
puppet: the one picture, bent (`osa_cam/synth/puppet`) by the handles that our detector finds.
Figures are gains over the model as it is: dB over all, mouth and eyes, r of the mouth's opening, cosine of the identity judge.
"""

from __future__ import annotations

import json
import time
from typing import Annotated

import cv2
import numpy as np
import torch
import typer

from osa_cam.avatars.face import handles_in
from osa_cam.avatars.picture import straighten
from osa_cam.engines.model import MODELS
from osa_cam.evaluation.judges import load_judges
from osa_cam.media import LATENT_SIZE, PICTURE_SIZE
from osa_cam.networks.autoencoder import Encoder
from osa_cam.networks.sizes import LITE
from osa_cam.synth.people import Pose, Subject, person
from osa_cam.synth.pose import pose
from osa_cam.synth.puppet.puppet import Puppet
from osa_cam.training import fit
from osa_cam.training.autoencoder import CELL, picture_tensor, scale
from osa_cam.training.fit import Networks, Picture, Views, figures, learn, parts_of, views_of_subject

SOURCES = ("poses", "video", "moved", "puppet")


@torch.no_grad()
def views_of_picture(picture: Picture, encoder: Encoder, rng: np.random.Generator, count: int) -> Views:
    """The picture itself, turned, zoomed and shifted: all that is known for certain of somebody of whom there is but one picture.

    Where each pixel came from is known; the parts are read by the encoder.
    """
    whole, side = picture_tensor(picture[None]), PICTURE_SIZE
    cells = (np.mgrid[:LATENT_SIZE, :LATENT_SIZE][::-1] + 0.5) * CELL - 0.5  # x, y of the cells' middles
    middle = np.full(2, (side - 1) / 2)
    pictures, latents = [], []
    for _ in range(count):
        turn = np.radians(rng.normal(0, 5.0))
        linear = np.exp(rng.normal(0, 0.05)) * np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
        shift = middle - linear @ middle + rng.normal(0, 0.02, 2) * side
        moved = cv2.warpAffine(picture, np.c_[linear, shift], (side, side), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        came_from = np.tensordot(np.linalg.inv(linear), cells - shift[:, None, None], 1)
        z = encoder(picture_tensor(moved[None]), whole)
        z[0, :2] = torch.from_numpy(((came_from - cells) / side).astype(np.float32)) / scale()[:2]
        pictures.append(moved)
        latents.append(z)
    z = torch.cat(latents)
    return Views(np.stack(pictures).astype(np.uint8), z, parts_of(z))


@torch.no_grad()
def read(views: Views, reference: Picture, encoder: Encoder) -> Views:
    """With the encoder's latents in place of the true ones."""
    whole = picture_tensor(reference[None])
    z = torch.cat([encoder(picture_tensor(picture[None]), whole) for picture in views.picture])
    return Views(views.picture, z, parts_of(z))


def views_from(
    source: str, subject: Subject, rest: Pose, reference: Picture, networks: Networks, rng: np.random.Generator, count: int
) -> Views | None:
    """None where no face is found to make a puppet of."""

    def drawn(who: Subject, at_rest: Pose) -> Views:
        return views_of_subject(who, at_rest, rng, 0.0, time.monotonic)

    fit.FEWEST_VIEWS = count
    if source == "moved":
        return views_of_picture(reference, networks.encoder, rng, count)
    if source == "puppet":
        handles = handles_in(straighten(reference))
        return None if handles is None else drawn(Puppet(reference, handles), pose())
    poses = drawn(subject, rest)
    return read(poses, reference, networks.encoder) if source == "video" else poses


def main(
    people: Annotated[int, typer.Option(help="Persons of the test split.")] = 3,
    seconds: Annotated[float, typer.Option(help="To learn, for each source.")] = 60.0,
    views: Annotated[int, typer.Option(help="To learn from; half as many judge.")] = 20,
    first: Annotated[int, typer.Option(help="The first person's number.")] = 0,
    only: Annotated[str, typer.Option(help="Sources, with commas between them.")] = ",".join(SOURCES),
    threads: Annotated[int, typer.Option()] = 2,
) -> None:
    torch.set_num_threads(threads)
    networks, identity = Networks.of(MODELS / "lite", LITE), load_judges()[1]
    rest = pose(mouthSmileLeft=0.12, mouthSmileRight=0.12)
    gains: dict[str, list[dict[str, float]]] = {source: [] for source in only.split(",")}
    for number in range(first, first + people):
        subject, rng = person("test", number), np.random.default_rng([number, 9])
        reference = subject.draw(rest)
        with torch.no_grad():
            told = networks.reference(picture_tensor(reference[None]))[0]
        fit.FEWEST_VIEWS = max(views // 2, 4)
        judged = views_of_subject(subject, rest, rng, 0.0, time.monotonic)
        before = figures(networks, reference, told, judged, identity)
        for source, own in gains.items():
            seen = views_from(source, subject, rest, reference, networks, rng, views)
            if seen is not None:
                torch.manual_seed(number)
                added, steps = learn(networks, reference, told, seen, seconds, lambda line: None, rng, time.process_time)
                after = figures(networks, reference, told + added, judged, identity)
                gain = {name: round(after[name] - before[name], 3) for name in before}
                own.append(gain)
                typer.echo(json.dumps({"person": number, "source": source, "steps": steps, "before": round(before["psnr"], 2), **gain}))
    means = {source: {name: round(float(np.mean([g[name] for g in own])), 3) for name in own[0]} for source, own in gains.items() if own}
    typer.echo(json.dumps(means))


if __name__ == "__main__":
    typer.run(main)
