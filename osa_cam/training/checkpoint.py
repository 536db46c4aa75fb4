"""Weights on disk: safetensors only, written whole or not at all."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor, nn

from osa_cam.errors import TrainingError


def save(path: Path, networks: Mapping[str, nn.Module], metadata: Mapping[str, object], half: bool = False) -> None:
    """Writes every network's parameters and buffers as `name.key`; half: stored as float16."""
    tensors = {
        f"{name}.{key}": (value.half() if half and value.is_floating_point() else value).detach().cpu().clone()
        for name, network in networks.items()
        for key, value in network.state_dict().items()
    }
    _write(path, tensors, metadata)


def load(path: Path, networks: Mapping[str, nn.Module]) -> dict[str, object]:
    """Fills the networks and returns the metadata.

    Raises TrainingError where the file is missing, truncated, not safetensors, or of another size.
    """
    if not path.is_file():
        raise TrainingError(f"No checkpoint at {path}: train that stage first, or give the folder that holds it.")
    try:
        with safe_open(path, "pt") as file:
            tensors: dict[str, Tensor] = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118
            metadata: dict[str, object] = json.loads((file.metadata() or {}).get("metadata", "{}"))
    except SafetensorError as error:
        raise TrainingError(f"{path} is not a whole safetensors file ({error}): delete it and train that stage again.") from error
    for name, network in networks.items():
        prefix = f"{name}."
        state = {
            key[len(prefix) :]: value.float() if value.dtype == torch.float16 else value
            for key, value in tensors.items()
            if key.startswith(prefix)
        }
        if not state:
            raise TrainingError(f"{path} holds no network '{name}': it is another stage's checkpoint; give or train the one that does.")
        try:
            network.load_state_dict(state)
        except RuntimeError as error:
            raise TrainingError(f"{path} holds a '{name}' of another size: train it again at this size.\n{error}") from error
    return metadata


def save_optimizers(path: Path, optimizers: Sequence[torch.optim.Optimizer], step: int) -> None:
    """Writes what the optimizers remember of each parameter, as `optimizer.parameter.name`: torch's own format is a pickle."""
    tensors = {
        f"{i}.{parameter}.{name}": value.detach().cpu().clone()
        for i, optimizer in enumerate(optimizers)
        for parameter, moments in optimizer.state_dict()["state"].items()
        for name, value in moments.items()
    }
    if tensors:
        _write(path, tensors, {"step": step})


def load_optimizers(path: Path, optimizers: Sequence[torch.optim.Optimizer], step: int) -> bool:
    """Whether they go on where they were at that step; they begin anew where the file is missing, damaged, of another step or of others."""
    try:
        with safe_open(path, "pt") as file:
            found = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118
            at = json.loads((file.metadata() or {}).get("metadata", "{}")).get("step")
    except (OSError, SafetensorError):
        return False
    states: list[dict[int, dict[str, Tensor]]] = [{} for _ in optimizers]
    for key, value in found.items():
        i, parameter, name = key.split(".")
        if int(i) >= len(states):
            return False
        states[int(i)].setdefault(int(parameter), {})[name] = value
    parameters = [[p for group in optimizer.param_groups for p in group["params"]] for optimizer in optimizers]
    fits = at == step and all(
        number < len(own) and all(value.shape in (own[number].shape, ()) for value in moments.values())
        for own, state in zip(parameters, states, strict=True)
        for number, moments in state.items()
    )
    if fits:
        for optimizer, state in zip(optimizers, states, strict=True):
            optimizer.load_state_dict({"state": state, "param_groups": optimizer.state_dict()["param_groups"]})
    return fits


def _write(path: Path, tensors: dict[str, Tensor], metadata: Mapping[str, object]) -> None:
    """All of it or nothing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    save_file(tensors, partial, {"metadata": json.dumps(dict(metadata))})
    os.replace(partial, path)
