"""The loop that every stage shares, with a stage of one weight."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from accelerate import Accelerator
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from torch import Tensor, nn

from osa_cam.training import checkpoint
from osa_cam.training.loop import LoopConfig, accelerator_for, adamw, descend, run


class Line:
    """Learns y = 3 x; batch b has the slope's error at x = b + 1."""

    def __init__(self) -> None:
        self.networks: dict[str, nn.Module] = {"line": nn.Linear(1, 1, bias=False)}
        nn.init.zeros_(self.networks["line"].weight)  # type: ignore[arg-type]
        self.optimizers = [adamw(self.networks["line"].parameters(), 0.1)]
        self.batches = 0
        self.gradients: list[float] = []

    def step(self, accelerator: Accelerator) -> Mapping[str, Tensor]:
        x = torch.full((1, 1), float(self.batches % 2 + 1))
        self.batches += 1
        loss = (self.networks["line"](x) - 3 * x).square().mean()
        accelerator.backward(loss)
        if accelerator.sync_gradients:
            self.gradients.append(float(next(self.networks["line"].parameters()).grad))  # type: ignore[arg-type]
            descend(accelerator, self.optimizers[0], longest=1e9)
        return {"loss": loss.detach()}

    def evaluate(self, networks: Mapping[str, nn.Module], folder: Path) -> Mapping[str, float]:
        cv2.imwrite(str(folder / "slope.png"), np.full((8, 8, 3), 100, np.uint8))
        return {"slope": float(next(networks["line"].parameters()))}


def config(out: Path, steps: int, accumulate: int = 1) -> LoopConfig:
    return LoopConfig(out, steps, 10.0, 0.1, log_steps=1, accumulate=accumulate)


def trained(settings: LoopConfig) -> Line:
    stage = Line()
    run(stage, settings, accelerator_for(settings))
    return stage


def test_gradients_of_several_batches_make_one_step(tmp_path: Path) -> None:
    stage = trained(config(tmp_path, 1, accumulate=2))
    assert stage.batches == 2
    # d/dw of (w x - 3 x)^2 at w = 0 is -6 x^2: the mean over x = 1 and x = 2.
    assert stage.gradients == [pytest.approx(-15.0)]
    assert trained(config(tmp_path / "each", 2)).gradients[0] == pytest.approx(-6.0)


def test_what_was_broken_off_goes_on_as_if_it_had_not_been(tmp_path: Path) -> None:
    whole = config(tmp_path / "whole", 8)
    trained(replace(whole, out=tmp_path / "parts", steps=4))
    again = Line()
    again.batches = 4
    # The learning rate depends on the share of the run that is done; given alike, the moments must be too.
    assert checkpoint.load_optimizers(tmp_path / "parts/optimizer.safetensors", again.optimizers, 4)
    moments = again.optimizers[0].state_dict()["state"][0]
    assert moments["step"] == 4
    assert moments["exp_avg_sq"] > 0
    assert not checkpoint.load_optimizers(tmp_path / "parts/optimizer.safetensors", again.optimizers, 5)
    (tmp_path / "parts/optimizer.safetensors").write_bytes(b"broken")
    assert not checkpoint.load_optimizers(tmp_path / "parts/optimizer.safetensors", again.optimizers, 4)
    run(again, replace(whole, out=tmp_path / "parts"), accelerator_for(whole))
    assert checkpoint.load(tmp_path / "parts/checkpoint.safetensors", again.networks)["step"] == 8


def test_tensorboard_shows_scalars_and_pictures(tmp_path: Path) -> None:
    trained(config(tmp_path / "line", 3))
    events = EventAccumulator(str(tmp_path / "line"))
    events.Reload()
    assert {"train/loss", "validation/slope"} <= set(events.Tags()["scalars"])
    assert [event.step for event in events.Scalars("train/loss")] == [1, 2, 3]
    assert events.Tags()["images"] == ["slope"]
