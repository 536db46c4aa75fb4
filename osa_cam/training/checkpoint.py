"""Weights on disk: safetensors only, written whole or not at all."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
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
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    save_file(tensors, partial, {"metadata": json.dumps(dict(metadata))})
    os.replace(partial, path)


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
