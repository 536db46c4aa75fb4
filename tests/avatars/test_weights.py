import struct
from typing import Any

import pytest

from osa_cam.avatars.weights import check_weights
from tests.avatars.samples import weights

TWO: dict[str, tuple[str, list[int]]] = {"a": ("F16", [2, 3]), "b": ("F32", [4])}


def test_names_in_their_order() -> None:
    assert check_weights(weights(TWO)) == ["a", "b"]
    assert check_weights(weights({"scalar": ("F32", [])})) == ["scalar"]


def test_a_file_by_safetensors_itself() -> None:
    numpy = pytest.importorskip("safetensors.numpy", reason="safetensors is not installed (extra `train`)")
    import numpy as np

    content = numpy.save({"up": np.ones((3, 4), np.float16), "down": np.ones((4, 3), np.float32)}, {"rank": "3"})
    assert sorted(check_weights(content)) == ["down", "up"]


@pytest.mark.parametrize(
    ("header", "says"),
    [
        ({"a": {"dtype": "F16", "shape": [2, 3], "data_offsets": [0, 11]}}, "doesn't fit its shape"),
        ({"a": {"dtype": "F16", "shape": [2, 4], "data_offsets": [0, 16]}}, "gap or overlaps"),
        ({"a": {"dtype": "F16", "shape": [1, 3], "data_offsets": [6, 12]}}, "gap or overlaps"),
        ({"a": {"dtype": "F16", "shape": [2, 3], "data_offsets": [12, 0]}}, "doesn't fit"),
        ({"a": {"dtype": "F16", "shape": [-2, -3], "data_offsets": [0, 12]}}, "a shape or at a place"),
        ({"a": {"dtype": "F16", "shape": [2, 3.0], "data_offsets": [0, 12]}}, "a shape or at a place"),
        ({"a": {"dtype": "F16", "shape": [True, 6], "data_offsets": [0, 12]}}, "a shape or at a place"),
        ({"a": {"dtype": "F16", "shape": [1] * 7, "data_offsets": [0, 12]}}, "a shape or at a place"),
        ({"a": {"dtype": "F16", "shape": [2**50], "data_offsets": [0, 12]}}, "a shape or at a place"),
        ({"a": {"dtype": "F64", "shape": [2, 3], "data_offsets": [0, 12]}}, "of type 'F64'"),
        ({"a": {"dtype": ["F16"], "shape": [2, 3], "data_offsets": [0, 12]}}, "of type"),
        ({"a": {"dtype": "F16", "shape": [2, 3]}}, "something other"),
        ({"a": [0, 12]}, "something other"),
        ({"c": {"dtype": "I8", "shape": [4], "data_offsets": [28, 32]}}, "its header tells of 32"),
        ({"__metadata__": {"made": 5}}, "more than texts"),
        ({"__metadata__": ["made"]}, "more than texts"),
    ],
)
def test_headers_that_are_refused(header: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        check_weights(weights(TWO, header))


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "has 0 bytes"),
        (struct.pack("<Q", 2**60) + b"{}", "has 1152921504606846976 bytes"),
        (struct.pack("<Q", 1_000_000) + bytes(1_000_000), "has 1000000 bytes"),
        (struct.pack("<Q", 2) + b"[]", "no table"),
        (struct.pack("<Q", 2) + b"{}", "holds 0 tensors"),
        (struct.pack("<Q", 2) + b"{a", "can't be read"),
        (struct.pack("<Q", 2) + b"\xff\xfe", "can't be read"),
        (struct.pack("<Q", 90_000) + b"[" * 90_000, "nested|read"),
        (struct.pack("<Q", 20) + b'{"a": 1, "a": 2}    ', "twice"),
        (struct.pack("<Q", 6000) + b'{"a": ' + b"9" * 5993 + b"}", "can't be read|something other"),
        (weights({f"t{n}": ("I8", [1]) for n in range(1025)}), "holds 1025 tensors"),
        (weights(TWO)[:-1], "27 bytes of numbers"),
        (weights(TWO) + b"x", "29 bytes of numbers"),
        (weights({"a": ("F32", [0])}), "doesn't fit"),
    ],
)
def test_files_that_are_refused(content: bytes, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        check_weights(content)
