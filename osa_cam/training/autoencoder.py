"""Stage `autoencoder`: reference net, encoder and decoder on drawn stills.

The latents are drawn by the data engine, so the three learn side by side: the encoder to read them off a pair of
pictures, the decoder to repaint what warping the reference can't show, the reference net to say what a picture holds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
import torch
import torch.nn.functional as F
from accelerate import Accelerator
from torch import Tensor, nn

from osa_cam.media import LATENT_CHANNELS, LATENT_SIZE, PICTURE_SIZE
from osa_cam.networks.autoencoder import Decoder, Encoder, ReferenceNet
from osa_cam.networks.blocks import warp
from osa_cam.networks.sizes import LATENT_SCALE, ModelSize
from osa_cam.synth.streaming import rows_of
from osa_cam.training.loop import LoopConfig, accelerator_for, adamw, descend, run, seeded

CELL = PICTURE_SIZE // LATENT_SIZE
ENCODER_EVERY = 3
SMOOTHED = 0.75  # share of the frames whose latents are given as softly as a denoiser makes them, more or less
FIRST_PART = LATENT_CHANNELS.index("lips")
FIRST_PAINTED = LATENT_CHANNELS.index("mouth")  # lips are warped; from here on everything is painted
# `Portrait.parts` numbers: 0 nothing, 1 other, 2 lips, 3 mouth, 4 teeth, 5 tongue, 6 sclera, 7 iris, 8 lid.
PART_LIPS, PART_PAINTED, PART_EYES = 2, 3, 6


@dataclass(frozen=True)
class AutoencoderConfig:
    """train, validation: folders of stills; people: persons in a batch, each with two frames.

    keep_reference: leave the reference net as it is, because a denoiser has learnt to read its features.
    """

    train: Path
    validation: Path
    loop: LoopConfig
    size: ModelSize
    people: int = 4
    crop_cells: int = 32
    keep_reference: bool = False
    seed: int = 0


@dataclass(frozen=True, eq=False)
class Stills:
    """reference: [p, 4, 512, 512]; picture: [p, f, 4, 512, 512], 0 to 1; z: [p, f, 11, 64, 64]; parts: [p, f, 256, 256];
    reference_parts: [p, 8, 64, 64], scaled as z."""

    reference: Tensor
    picture: Tensor
    z: Tensor
    parts: Tensor
    reference_parts: Tensor


def scale(device: torch.device | None = None) -> Tensor:
    """[11, 1, 1]: raw latents = z * scale."""
    return torch.tensor(LATENT_SCALE, device=device)[:, None, None]


def picture_tensor(array: np.ndarray[tuple[int, ...], np.dtype[np.generic]]) -> Tensor:
    """uint8 [..., height, width, 4] -> float [..., 4, height, width], 0 to 1."""
    return torch.from_numpy(np.array(array)).movedim(-1, -3).float().div(255)


class StillsLoader:
    """Draws batches from a set of stills, drawn or streamed; `augmented` ones get other colours."""

    def __init__(self, folder: Path, rng: np.random.Generator) -> None:
        self.arrays, self.people = rows_of(folder, rng)
        self.rng = rng
        self.frames = self.arrays["picture"].shape[1]

    def batch(self, people: int, frames: int, augmented: bool) -> Stills:
        rows = [next(self.people) for _ in range(people)]
        columns = [self.rng.choice(self.frames, frames, replace=False) for _ in rows]

        def pick(name: str) -> np.ndarray[tuple[int, ...], np.dtype[np.generic]]:
            return np.stack([self.arrays[name][row, column] for row, column in zip(rows, columns, strict=True)])

        reference = picture_tensor(self.arrays["reference"][rows])
        picture = picture_tensor(pick("picture"))
        if augmented:
            reference, picture = self._recolour(reference, picture)
        return Stills(
            reference,
            picture,
            torch.from_numpy(pick("latents")).float() / scale(),
            torch.from_numpy(pick("parts")),
            torch.from_numpy(self.arrays["reference_parts"][rows]).float() / scale()[3:],
        )

    def _recolour(self, reference: Tensor, picture: Tensor) -> tuple[Tensor, Tensor]:
        """The same change to a person's pictures: gain, and swapped colours now and then."""
        reference, picture = reference.clone(), picture.clone()
        for person in range(len(reference)):
            both = torch.cat([reference[person : person + 1], picture[person]])
            order = self.rng.permutation(3) if self.rng.random() < 0.1 else np.arange(3)
            gain = torch.from_numpy(self.rng.uniform(0.8, 1.1, (3, 1, 1)).astype(np.float32))
            rgb, alpha = both[:, order] * gain, both[:, 3:]
            rgb = torch.minimum(rgb, alpha)
            both = torch.cat([rgb, alpha], 1)
            reference[person], picture[person] = both[0], both[1:]
        return reference, picture


def warp_reference(z: Tensor, reference: Tensor, features: Tensor) -> tuple[Tensor, Tensor]:
    """The reference picture and its decoder features, moved to where the latents' flow says.

    z: [n, 11, 64, 64]; reference: [n, 4, 512, 512]; features: [n, 16, 64, 64].
    """
    flow = (z * scale(z.device))[:, :2]
    fine = F.interpolate(flow, scale_factor=CELL, mode="bilinear", align_corners=False)
    return warp(reference, fine), warp(features, flow)


def smoothed(z: Tensor, share: Tensor) -> Tensor:
    """Latents as a denoiser makes them, whose edges are softer than drawn ones: [n, 11, 64, 64], by a share of 0 to 1 [n].

    A decoder trained on drawn latents alone smears what it paints from generated ones (after the augmented conditions of Ho et al. 2022,
    "Cascaded diffusion models").
    """
    line = torch.tensor([1.0, 4.0, 6.0, 4.0, 1.0], device=z.device) / 16
    kernel = torch.outer(line, line).expand(z.shape[1], 1, 5, 5)
    soft = F.conv2d(F.pad(z, (2, 2, 2, 2), mode="replicate"), kernel, groups=z.shape[1])
    return torch.lerp(z, soft, share.to(z.device)[:, None, None, None])


def decode(decoder: nn.Module, z: Tensor, reference: Tensor, features: Tensor) -> Tensor:
    """Whole pictures [n, 4, 512, 512], 0 to 1, from latents and the reference; the host's way, for figures and samples."""
    warped, warped_features = warp_reference(z, reference, features)
    picture: Tensor = decoder(z, warped, warped_features)[0]
    return picture.clamp(0, 1)


def edges(x: Tensor) -> tuple[Tensor, Tensor]:
    return x[..., 1:] - x[..., :-1], x[..., 1:, :] - x[..., :-1, :]


def psnr(output: Tensor, target: Tensor, mask: Tensor | None = None) -> float:
    """In dB over the pixels of the mask ([n, 1, height, width], 0 or 1), peak 1."""
    error = (output - target).square()
    if mask is None:
        return float(-10 * error.mean().log10())
    return float(-10 * ((error * mask).sum() / (mask.sum() * error.shape[1])).log10())


def mouth_and_eyes(parts: Tensor) -> tuple[Tensor, Tensor]:
    """Parts [n, 256, 256] -> where the mouth and where the eyes are, and four pixels around: [n, 1, 512, 512], 0 or 1."""
    part = F.interpolate(parts[:, None].float(), scale_factor=2, mode="nearest")
    shown = (part >= PART_LIPS) & (part < PART_EYES), part >= PART_EYES
    mouth, eyes = (F.max_pool2d(those.float(), 9, 1, 4) for those in shown)
    return mouth, eyes


def latent_weight(z: Tensor) -> Tensor:
    """[n, 11, 64, 64] -> [n, 11, 64, 64]: flow counts where the portrait is, and all counts more at mouth and eyes.

    Two cells beyond the portrait too: what is fetched there draws its outline.
    """
    alpha = (z[:, 3:4] * LATENT_SCALE[3]).clamp(0, 1)
    fine = F.max_pool2d((z[:, FIRST_PART:].amax(1, keepdim=True) > 0.2).float(), 3, 1, 1)
    flow = 3 * (F.max_pool2d(alpha, 5, 1, 2) + 0.05) * (1 + 3 * fine)
    rest = 0.3 + alpha + 2 * fine
    return torch.cat([flow.expand(-1, 2, -1, -1), rest.expand(-1, z.shape[1] - 2, -1, -1)], 1)


class PictureErrors(NamedTuple):
    pixels: Tensor
    lines: Tensor
    gates: Tensor

    @property
    def total(self) -> Tensor:
        return self.pixels + 0.5 * self.lines + 0.01 * self.gates


def picture_errors(output: Tensor, gate: Tensor, target: Tensor, parts: Tensor) -> PictureErrors:
    """What the decoder painted against what was drawn, both [n, 4, height, width]; gate: its logits; parts: [n, height / 2, width / 2]."""
    part = F.interpolate(parts[:, None].float(), scale_factor=2, mode="nearest")
    weight = 1 + 5 * F.max_pool2d((part >= PART_LIPS).float(), 9, 1, 4)
    pixels = ((output - target).abs() * weight).mean() + 2 * F.mse_loss(output, target)
    lines = torch.stack([(a - b).abs().mean() for a, b in zip(edges(output), edges(target), strict=True)]).sum()
    return PictureErrors(pixels, lines, F.binary_cross_entropy_with_logits(gate.float(), (part < PART_PAINTED).float()))


def corners_of(rng: np.random.Generator, z: Tensor, crop_cells: int) -> list[tuple[int, int]]:
    """Upper left cell (down, right) of each frame's crop: half of them around the mouth or an eye. z: [n, 11, 64, 64]."""
    corners = []
    room = LATENT_SIZE - crop_cells
    for frame in z:
        at = rng.integers(0, room + 1, 2)
        if rng.random() < 0.6:
            share = frame[FIRST_PART:].sum(0).flatten().double().clamp(min=0) + 1e-9
            cell = int(rng.choice(LATENT_SIZE**2, p=(share / share.sum()).numpy()))
            centre = np.array(divmod(cell, LATENT_SIZE)) + rng.integers(-8, 9, 2)
            at = np.clip(centre - crop_cells // 2, 0, room)
        corners.append((int(at[0]), int(at[1])))
    return corners


def crop(x: Tensor, corners: list[tuple[int, int]], cells: int, cell: int) -> Tensor:
    """Squares of so many cells, each `cell` pixels of x [n, ..., height, width] wide."""
    cut = [x[i, ..., y * cell : (y + cells) * cell, left * cell : (left + cells) * cell] for i, (y, left) in enumerate(corners)]
    return torch.stack(cut)


def label_error(output: Tensor, target: Tensor, weight: Tensor) -> Tensor:
    """Squared: parts are rare, and where it is not sure the least absolute error would be to say that there are none."""
    return ((output - target).square() * weight).mean()


def parts_error(output: Tensor, target: Tensor) -> Tensor:
    """Of the reference net's alpha and part shares [n, 8, 64, 64], scaled as z."""
    return label_error(output, target, latent_weight(F.pad(target, (0, 0, 0, 0, 3, 0)))[:, 3:])


class AutoencoderStage:
    def __init__(self, config: AutoencoderConfig, accelerator: Accelerator) -> None:
        torch.manual_seed(config.seed)
        self.config = config
        self.validation = StillsLoader(config.validation, np.random.default_rng(0)).batch(12, 2, augmented=False)
        reference_net, encoder, decoder = ReferenceNet(), Encoder(), Decoder(config.size.autoencoder)
        self.networks: dict[str, nn.Module] = {"reference": reference_net, "encoder": encoder, "decoder": decoder}
        reference_net.requires_grad_(not config.keep_reference)
        parameters = [p for network in self.networks.values() for p in network.parameters() if p.requires_grad]
        self.optimizers = [adamw(parameters, config.loop.learning_rate)]
        self.device = accelerator.device
        self.reference_net, self.encoder, self.decoder = (network.to(self.device) for network in (reference_net, encoder, decoder))
        self.rng = seeded(config.seed, accelerator)
        self.loader = StillsLoader(config.train, self.rng)
        self.turn = 0

    def _read(self, picture: Tensor, reference: Tensor, z: Tensor) -> Tensor:
        """The encoder's error."""
        return label_error(self.encoder(picture, reference).float(), z, latent_weight(z))

    def _moved(self, picture: Tensor, parts: Tensor) -> tuple[Tensor, Tensor]:
        """Pictures and their parts, mirrored, zoomed, turned and shifted alike; nothing lies beyond their borders."""
        n = len(picture)
        zoom, turn = self.rng.uniform(0.7, 1.5, n), np.radians(self.rng.normal(0, 8, n))
        mirror, shift = self.rng.choice([-1.0, 1.0], n), self.rng.uniform(-0.3, 0.3, (2, n))
        across = np.stack([mirror * np.cos(turn) / zoom, -np.sin(turn) / zoom, shift[0]], 1)
        down = np.stack([mirror * np.sin(turn) / zoom, np.cos(turn) / zoom, shift[1]], 1)
        theta = torch.from_numpy(np.stack([across, down], 1).astype(np.float32)).to(picture.device)

        def moved(x: Tensor) -> Tensor:
            return F.grid_sample(x, F.affine_grid(theta, list(x.shape), align_corners=False), align_corners=False)

        return moved(picture), moved(parts)

    def step(self, accelerator: Accelerator) -> Mapping[str, Tensor]:
        stills = self.loader.batch(self.config.people, 2, augmented=True)
        n = self.config.crop_cells
        corners = corners_of(self.rng, stills.z.flatten(0, 1), n)
        to = self.device
        reference, z, picture = stills.reference.to(to), stills.z.flatten(0, 1).to(to), stills.picture.flatten(0, 1).to(to)
        parts = stills.parts.flatten(0, 1).to(to)
        share = torch.from_numpy(self.rng.uniform(0, 1, len(z)) * (self.rng.random(len(z)) < SMOOTHED)).float()
        given = smoothed(z, share)

        with accelerator.autocast():
            features, _, said_parts = self.reference_net(reference)
            # Frames, moved and mirrored, teach the reference net what mouths look like: references alone are few, and all at rest.
            seen, seen_parts = self._moved(picture[1::2], z[1::2, 3:])
            told_parts = self.reference_net(seen)[2]
            each = reference.repeat_interleave(2, 0)
            # What the encoder reads is not given to the decoder: its errors only teach it to blur.
            warped, warped_features = warp_reference(given, each, features.float().repeat_interleave(2, 0))
            noisy = given + 0.05 * torch.randn_like(z)
            output, gate = self.decoder(crop(noisy, corners, n, 1), crop(warped, corners, n, CELL), crop(warped_features, corners, n, 1))
            # The encoder is the largest of the three, and the live path goes without it: it takes a third of the turns.
            reads = self.turn % ENCODER_EVERY == 0
            latent = self._read(picture[::2], reference, z[::2]) if reads else torch.zeros((), device=to)
        self.turn += 1
        painted = picture_errors(output, gate, crop(picture, corners, n, CELL), crop(parts, corners, n, CELL // 2))
        own = parts_error(said_parts.float(), stills.reference_parts.to(to)) + parts_error(told_parts.float(), seen_parts)
        loss = painted.total + latent + own
        accelerator.backward(loss)
        if accelerator.sync_gradients:
            descend(accelerator, self.optimizers[0])
        figures = {"pixels": painted.pixels, "lines": painted.lines, "gates": painted.gates, "reference_parts": own}
        figures |= {"latent": latent} if reads else {}
        return {name: value.detach() for name, value in figures.items()}

    @torch.no_grad()
    def evaluate(self, networks: Mapping[str, nn.Module], folder: Path) -> Mapping[str, float]:
        for network in networks.values():
            network.eval()
        stills = self.validation
        reference = stills.reference.to(self.device)
        features = networks["reference"](reference)[0]
        rows, outputs, outputs_soft, outputs_read, warps = [], [], [], [], []
        for i in range(len(reference)):
            pair = stills.picture[i].to(self.device)
            each, own = reference[i : i + 1].expand(2, -1, -1, -1), features[i : i + 1].expand(2, -1, -1, -1)
            z = stills.z[i].to(self.device)
            warps.append(warp_reference(z, each, own)[0])
            outputs.append(decode(networks["decoder"], z, each, own))
            outputs_soft.append(decode(networks["decoder"], smoothed(z, torch.ones(len(z))), each, own))
            outputs_read.append(decode(networks["decoder"], networks["encoder"](pair, each), each, own))
            if i < 6:
                rows.append(torch.cat([each[0], pair[0], outputs[-1][0], outputs_soft[-1][0]], 2))
        sheet(folder / "samples.png", torch.cat([torch.cat(rows[:3], 1), torch.cat(rows[3:], 1)], 2))
        target = stills.picture.flatten(0, 1).to(self.device)
        mouth, eyes = mouth_and_eyes(stills.parts.flatten(0, 1).to(self.device))
        output, output_soft, output_read, warped = (torch.cat(x) for x in (outputs, outputs_soft, outputs_read, warps))
        return {
            "psnr": psnr(output, target),
            "psnr_mouth": psnr(output, target, mouth),
            "psnr_eyes": psnr(output, target, eyes),
            "psnr_soft": psnr(output_soft, target),
            "psnr_soft_mouth": psnr(output_soft, target, mouth),
            "psnr_encoder": psnr(output_read, target),
            "psnr_encoder_mouth": psnr(output_read, target, mouth),
            "psnr_warp_only": psnr(warped, target),
            "psnr_warp_only_mouth": psnr(warped, target, mouth),
        }


def sheet(path: Path, picture: Tensor) -> None:
    """Writes premultiplied RGBA [4, height, width] over mid grey as PNG."""
    rgb = picture[:3] + 0.6 * (1 - picture[3:])
    array = rgb.clamp(0, 1).mul(255).byte().permute(1, 2, 0).cpu().numpy()
    path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(path), np.ascontiguousarray(array[..., ::-1]))


def train_autoencoder(config: AutoencoderConfig) -> Path:
    """Returns the checkpoint's path: networks `reference`, `encoder`, `decoder`."""
    accelerator = accelerator_for(config.loop)
    return run(AutoencoderStage(config, accelerator), config.loop, accelerator)
