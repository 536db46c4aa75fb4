"""The loop that every stage shares: time limit, learning rate, accumulation, moving average, journal, checkpoints, resume."""

from __future__ import annotations

import copy
import logging
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
import torch
from accelerate import Accelerator
from torch import Tensor, nn

from osa_cam.training import checkpoint
from osa_cam.training.journal import Journal

log = logging.getLogger(__name__)

WARMUP_STEPS = 50
DECAY_FROM = 0.6  # share of the run after which the learning rate falls
EMA_DECAY = 0.995


@dataclass(frozen=True)
class LoopConfig:
    """out: folder of log and checkpoints; the run ends at `steps` or after `minutes`, whichever comes first; accumulate: batches
    whose gradients make one step."""

    out: Path
    steps: int
    minutes: float
    learning_rate: float
    save_minutes: float = 3.0
    log_steps: int = 25
    threads: int = 1
    accumulate: int = 1


class Stage(Protocol):
    """What a stage gives the loop.

    `step` does its own forward and backward passes, descends where `accelerator.sync_gradients` says that all gradients are there, and
    returns figures to log.
    """

    networks: dict[str, nn.Module]
    optimizers: list[torch.optim.Optimizer]

    def step(self, accelerator: Accelerator) -> Mapping[str, Tensor]: ...

    def evaluate(self, networks: Mapping[str, nn.Module], folder: Path) -> Mapping[str, float]:
        """Figures on people never trained on; writes sample pictures into the folder."""
        ...


def adamw(parameters: Iterable[nn.Parameter], learning_rate: float) -> torch.optim.Optimizer:
    return torch.optim.AdamW(parameters, learning_rate, betas=(0.9, 0.98), weight_decay=1e-4)


def seeded(seed: int, accelerator: Accelerator) -> np.random.Generator:
    """Random numbers of this process alone, torch's too: call it once the networks are made, which must begin alike in all."""
    torch.manual_seed(seed + accelerator.process_index)
    return np.random.default_rng([seed, accelerator.process_index])


def descend(accelerator: Accelerator, optimizer: torch.optim.Optimizer, longest: float = 1.0) -> None:
    """One step along the gradients' mean over all processes, no longer than `longest`; the gradients are zero afterwards.

    Here rather than in torch's DistributedDataParallel, which wants every network run once a step: judges and encoders have turns.
    """
    parameters = [p for group in optimizer.param_groups for p in group["params"] if p.requires_grad]
    if accelerator.num_processes > 1:
        gradients = [torch.zeros_like(p) if p.grad is None else p.grad for p in parameters]
        whole = accelerator.reduce(torch.cat([g.flatten() for g in gradients]), reduction="mean")
        for p, mean in zip(parameters, whole.split([p.numel() for p in parameters]), strict=True):
            p.grad = mean.view_as(p)
    nn.utils.clip_grad_norm_(parameters, longest)
    optimizer.step()
    optimizer.zero_grad()


def accelerator_for(config: LoopConfig) -> Accelerator:
    torch.set_num_threads(config.threads)
    return Accelerator(mixed_precision="bf16", cpu=not torch.cuda.is_available(), gradient_accumulation_steps=config.accumulate)


def learning_rate_factor(step: int, progress: float) -> float:
    """Warms up, stays, then falls linearly to a tenth; progress: share of the run, 0 to 1."""
    warm = min(1.0, (step + 1) / WARMUP_STEPS)
    fall = 1.0 if progress < DECAY_FROM else 1.0 - 0.9 * (progress - DECAY_FROM) / (1 - DECAY_FROM)
    return warm * max(fall, 0.1)


@torch.no_grad()
def update_average(averages: Mapping[str, nn.Module], networks: Mapping[str, nn.Module], step: int) -> None:
    decay = min(EMA_DECAY, (step + 1) / (step + 10))
    for name, average in averages.items():
        for old, new in zip(average.state_dict().values(), networks[name].state_dict().values(), strict=True):
            if old.is_floating_point():
                old.lerp_(new, 1 - decay)
            else:
                old.copy_(new)


def run(stage: Stage, config: LoopConfig, accelerator: Accelerator, clock: Callable[[], float] = time.monotonic) -> Path:
    """Trains until the limit and returns the checkpoint's path; goes on from the checkpoint that lies in `config.out`.

    The checkpoint holds each network twice: as trained (`raw.NAME`) and averaged (`NAME`), which is what later stages use.
    """
    path, moments = config.out / "checkpoint.safetensors", config.out / "optimizer.safetensors"
    averages = {name: copy.deepcopy(network).requires_grad_(False) for name, network in stage.networks.items()}
    both = {**averages, **{f"raw.{name}": network for name, network in stage.networks.items()}}
    first = 0
    if path.is_file():
        first = int(str(checkpoint.load(path, both)["step"]))
        known = checkpoint.load_optimizers(moments, stage.optimizers, first)
        log.info("resumed from %s at step %d%s", path, first, "" if known else ", with a new optimizer")
    started = saved = clock()
    rates = [group["lr"] for optimizer in stage.optimizers for group in optimizer.param_groups]
    journal = Journal(config.out) if accelerator.is_main_process else None

    def save(step: int) -> None:
        nonlocal saved
        if journal is not None:
            figures = stage.evaluate(averages, config.out)
            checkpoint.save(path, both, {"step": step, "minutes": (clock() - started) / 60, **figures})
            checkpoint.save_optimizers(moments, stage.optimizers, step)
            journal.figures(step, clock() - started, figures, "validation")
            journal.pictures(step)
        saved = clock()

    try:
        step = first
        while step < config.steps and clock() - started < 60 * config.minutes:
            progress = max((step - first) / max(config.steps - first, 1), (clock() - started) / (60 * config.minutes))
            factor = learning_rate_factor(step - first, progress)
            groups = [group for optimizer in stage.optimizers for group in optimizer.param_groups]
            for group, rate in zip(groups, rates, strict=True):
                group["lr"] = rate * factor
            for _ in range(config.accumulate):
                with accelerator.accumulate():
                    figures = stage.step(accelerator)
            update_average(averages, stage.networks, step)
            step += 1
            if journal is not None:
                journal.advance(progress, step)
                if step % config.log_steps == 0:
                    journal.figures(step, clock() - started, {name: float(value) for name, value in figures.items()}, "train")
            if clock() - saved > 60 * config.save_minutes:
                save(step)
        save(step)
    finally:
        if journal is not None:
            journal.close()
    return path
