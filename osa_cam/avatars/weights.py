"""delta.safetensors, checked and never loaded: numbers that training may add to a model's, no code.

Source: the format's description in huggingface/safetensors, README.md: header length, JSON header, bytes.
"""

from __future__ import annotations

import json
import math
from typing import Any

LARGEST_HEADER = 256 * 1024  # bytes
MOST_TENSORS = 1024
MOST_DIMENSIONS = 6
BYTES_OF = {"F32": 4, "F16": 2, "BF16": 2, "I8": 1, "U8": 1}


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
