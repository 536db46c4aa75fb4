"""Are latents whose channels are taught better than latents that are learnt? Both from nothing, over the same steps and stills; a table.

    python benchmarks/taught_latents.py --sets datasets --steps 400

taught: the renderer says what the latents hold (flow to the reference, silhouette, parts), and the reference is warped by them.
plain: the usual reference-conditioned autoencoder; the same networks, but nobody tells the encoder what its 11 channels mean, nothing
is warped, and the picture's error is all that teaches it.
Figures on people never trained on, in dB: of latents as the renderer draws them (what a denoiser aims at), and as the encoder reads them.
"""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import torch
import typer
from accelerate import Accelerator
from torch import Tensor, nn

from osa_cam.networks.sizes import LITE
from osa_cam.training.autoencoder import CELL, AutoencoderConfig, AutoencoderStage, corners_of, crop, mouth_and_eyes, picture_errors, psnr
from osa_cam.training.checkpoint import load
from osa_cam.training.loop import LoopConfig, accelerator_for, descend, run


class PlainStage(AutoencoderStage):
    """The same three networks without flow, parts or warping."""

    def step(self, accelerator: Accelerator) -> Mapping[str, Tensor]:
        stills = self.loader.batch(self.config.people, 2, augmented=True)
        n = self.config.crop_cells
        corners = corners_of(self.rng, stills.z.flatten(0, 1), n)
        picture = stills.picture.flatten(0, 1).to(self.device)
        each = stills.reference.to(self.device).repeat_interleave(2, 0)
        parts = stills.parts.flatten(0, 1).to(self.device)
        with accelerator.autocast():
            features = self.reference_net(each[::2])[0].repeat_interleave(2, 0)
            z = self.encoder(picture, each)
            output, gate = self.decoder(crop(z, corners, n, 1), crop(each, corners, n, CELL), crop(features, corners, n, 1))
        painted = picture_errors(output, gate, crop(picture, corners, n, CELL), crop(parts, corners, n, CELL // 2))
        # Without its gate's part, which asks for the reference where it lies: nothing has moved it.
        accelerator.backward(painted.pixels + 0.5 * painted.lines)
        descend(accelerator, self.optimizers[0])
        return {"pixels": painted.pixels.detach(), "lines": painted.lines.detach()}

    @torch.no_grad()
    def evaluate(self, networks: Mapping[str, nn.Module], folder: Path) -> Mapping[str, float]:
        for network in networks.values():
            network.eval()
        outputs, targets, masks = [], [], []
        for i, reference in enumerate(self.validation.reference.to(self.device)):
            each, pair = reference.expand(2, -1, -1, -1), self.validation.picture[i].to(self.device)
            features = networks["reference"](each[:1])[0].expand(2, -1, -1, -1)
            outputs.append(networks["decoder"](networks["encoder"](pair, each), each, features)[0].clamp(0, 1))
            targets.append(pair)
            masks.append(mouth_and_eyes(self.validation.parts[i].to(self.device))[0])
        output, target, mouth = torch.cat(outputs), torch.cat(targets), torch.cat(masks)
        return {"psnr_encoder": psnr(output, target), "psnr_encoder_mouth": psnr(output, target, mouth)}


def main(
    sets: Annotated[Path, typer.Option(help="Folder of the drawn data sets.")] = Path("datasets"),
    steps: Annotated[int, typer.Option()] = 400,
    people: Annotated[int, typer.Option(help="In a batch.")] = 2,
    threads: Annotated[int, typer.Option()] = 2,
) -> None:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    figures: dict[str, Mapping[str, float]] = {}
    for name, stage in (("taught", AutoencoderStage), ("plain", PlainStage)):
        with tempfile.TemporaryDirectory() as folder:
            loop = LoopConfig(Path(folder), steps, 1e6, 1e-3, save_minutes=1e6, log_steps=50, threads=threads)
            config = AutoencoderConfig(sets / "stills/train", sets / "stills/validation", loop, LITE, people)
            accelerator = accelerator_for(loop)
            told = load(run(stage(config, accelerator), loop, accelerator), {})
            figures[name] = {key: float(str(value)) for key, value in told.items() if key.startswith("psnr")}
    columns = ("psnr", "psnr_mouth", "psnr_encoder", "psnr_encoder_mouth")
    print(f"\n| {steps} steps | drawn latents | mouth | read latents | mouth |\n|---|---|---|---|---|")
    for name, values in figures.items():
        print(f"| {name} | " + " | ".join(f"{values[c]:.2f}" if c in values else "" for c in columns) + " |")


if __name__ == "__main__":
    typer.run(main)
