"""delta.safetensors: what `osa-cam train fit` found that the model should know of one avatar. Numbers alone, no code.

They are added to what the reference net says of the avatar's picture, once, so every engine takes them.
Source: the format's description in huggingface/safetensors, README.md: header length, JSON header, bytes.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from osa_cam.media import LATENT_SIZE

Array = NDArray[np.float32]

LARGEST_HEADER = 256 * 1024  # bytes
MOST_TENSORS = 1024
MOST_DIMENSIONS = 6
PROBED = 64  # values of the features that a delta was learnt for: those of another picture, or of other weights, are others
TOLERANCE = 0.25  # of their deviation: engines round otherwise
LARGEST_VALUE = 100.0  # features lie within some tens
SHAPES = {
    "decoder_features": (LATENT_SIZE, LATENT_SIZE, 16),
    "denoiser_features": (64, LATENT_SIZE // 2, LATENT_SIZE // 2),
    "probe": (PROBED,),
}
BYTES_OF = {"F32": 4, "F16": 2, "BF16": 2, "I8": 1, "U8": 1}


@dataclass(frozen=True, eq=False)
class Delta:
    """decoder_features: [64, 64, 16] (height, width, channels); denoiser_features: [64, 32, 32]; probe: `probe_of` the features that the
    reference net gave when it was learnt."""

    decoder_features: Array
    denoiser_features: Array
    probe: Array

    def fits(self, decoder_features: Array) -> bool:
        """Whether it was learnt for the picture and the weights that these features [64, 64, 16] come from."""
        error = float(np.sqrt(np.square(probe_of(decoder_features) - self.probe).mean()))
        return error <= TOLERANCE * max(float(self.probe.std()), 1e-6)


def probe_of(decoder_features: Array) -> Array:
    """PROBED of the values, evenly spread."""
    return decoder_features.ravel()[:: decoder_features.size // PROBED][:PROBED].astype(np.float32)


def read_delta(content: bytes) -> Delta:
    """Raises ValueError: it isn't whole, holds something else, or numbers that no training gives."""
    names = check_weights(content)
    if sorted(names) != sorted(SHAPES):
        raise ValueError(f"holds {', '.join(sorted(names))}: it should hold {', '.join(SHAPES)}")
    size = 8 + int.from_bytes(content[:8], "little")
    header = json.loads(content[8:size])
    arrays = {}
    for name, shape in SHAPES.items():
        tensor = header[name]
        if tensor["dtype"] not in ("F16", "F32") or tuple(tensor["shape"]) != shape:
            raise ValueError(f"has {name} as {tensor['dtype']} {tensor['shape']}: it should be F16 or F32 {list(shape)}")
        begin, end = tensor["data_offsets"]
        array = np.frombuffer(content[size + begin : size + end], "<f2" if tensor["dtype"] == "F16" else "<f4").astype(np.float32)
        if not np.isfinite(array).all() or np.abs(array).max() > LARGEST_VALUE:
            raise ValueError(f"has {name} with numbers that no training gives")
        arrays[name] = array.reshape(shape)
    return Delta(**arrays)


def check_weights(content: bytes) -> list[str]:
    """The tensors' names. The bytes must be covered exactly, each once. Raises ValueError."""
    size = int.from_bytes(content[:8], "little")
    if len(content) < 8 or not 2 <= size <= min(LARGEST_HEADER, len(content) - 8):
        raise ValueError(f"says that its header has {size} bytes: it must have 2 to {LARGEST_HEADER}, and the file must hold them")
    try:
        header = json.loads(content[8 : 8 + size].decode("utf-8"), object_pairs_hook=_once)
    except RecursionError as error:
        raise ValueError("has a header that is nested too deeply") from error
    except ValueError as error:
        raise ValueError(f"has a header that can't be read: {error}") from error
    if not isinstance(header, dict):
        raise ValueError("has a header that is no table")
    notes = header.pop("__metadata__", {})
    if not isinstance(notes, dict) or not all(isinstance(note, str) for note in notes.values()):
        raise ValueError("has a __metadata__ that is more than texts")
    if not 1 <= len(header) <= MOST_TENSORS:
        raise ValueError(f"holds {len(header)} tensors: 1 to {MOST_TENSORS} are allowed")
    end = 0
    for begin, until, name in sorted(_place(name, tensor) for name, tensor in header.items()):
        if begin != end:
            raise ValueError(f"leaves a gap or overlaps before the tensor {name!r}")
        end = until
    if end != len(content) - 8 - size:
        raise ValueError(f"has {len(content) - 8 - size} bytes of numbers, its header tells of {end}")
    return list(header)


def _place(name: str, tensor: Any) -> tuple[int, int, str]:
    """Where its bytes begin and end, and its name."""
    if not isinstance(tensor, dict) or set(tensor) != {"dtype", "shape", "data_offsets"}:
        raise ValueError(f"says of the tensor {name!r} something other than dtype, shape and data_offsets")
    dtype, shape, offsets = tensor["dtype"], tensor["shape"], tensor["data_offsets"]
    if not isinstance(dtype, str) or dtype not in BYTES_OF:
        raise ValueError(f"has the tensor {name!r} of type {dtype!r}: {', '.join(BYTES_OF)} are allowed")
    if not _counts(shape) or len(shape) > MOST_DIMENSIONS or not _counts(offsets) or len(offsets) != 2:
        raise ValueError(f"has the tensor {name!r} of a shape or at a place that is none")
    if offsets[1] - offsets[0] != math.prod(shape) * BYTES_OF[dtype] or offsets[1] <= offsets[0]:
        raise ValueError(f"has the tensor {name!r} in a place that doesn't fit its shape {shape}")
    return offsets[0], offsets[1], name


def _counts(value: Any) -> bool:
    return isinstance(value, list) and all(type(number) is int and 0 <= number < 2**40 for number in value)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Two readers could take different ones of two entries with one name."""
    table = dict(pairs)
    if len(table) < len(pairs):
        raise ValueError("a name stands there twice")
    return table
