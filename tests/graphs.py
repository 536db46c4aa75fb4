"""A model of the contract of docs/graphs.md whose behaviour is known: the mouth opens with the loudness, pictures pass through."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from osa_cam.media import LATENT_CHANNELS

F32, U8 = TensorProto.FLOAT, TensorProto.UINT8
MOUTH = LATENT_CHANNELS.index("mouth")
STRENGTH = 500


def write_model(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, graph in {"audio": audio(), "reference": reference(), "denoise": denoise(), "decode": decode()}.items():
        onnx.save(graph, folder / f"{name}.onnx")
    manifest = {"format": 1, "name": "test", "latent_scale": [1.0] * 11, "strength": STRENGTH, "steps": 1, "trained": {}}
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return folder


def audio() -> onnx.ModelProto:
    """Every number of a token is the mean of its two mel frames."""
    nodes = [
        helper.make_node("Reshape", ["mel", "pairs"], ["halves"]),
        helper.make_node("ReduceMean", ["halves", "last"], ["mean"], keepdims=1),
        helper.make_node("Expand", ["mean", "wide"], ["tokens"]),
    ]
    constants = [ints("pairs", 1, 64, 160), ints("last", 2), ints("wide", 1, 64, 128)]
    return model("audio", nodes, [tensor("mel", F32, 1, 128, 80)], [tensor("tokens", F32, 1, 64, 128)], constants)


def reference() -> onnx.ModelProto:
    """Features that say nothing but that they are of this picture: its mean."""
    nodes = [
        helper.make_node("Cast", ["picture"], ["real"], to=F32),
        helper.make_node("ReduceMean", ["real", "all"], ["mean"], keepdims=1),
        helper.make_node("Expand", ["mean", "decoder_shape"], ["decoder_features"]),
        helper.make_node("Expand", ["mean", "denoiser_shape"], ["denoiser_features"]),
    ]
    constants = [ints("all", 0, 1, 2, 3), ints("decoder_shape", 1, 64, 64, 16), ints("denoiser_shape", 1, 64, 32, 32)]
    outputs = [tensor("decoder_features", F32, 1, 64, 64, 16), tensor("denoiser_features", F32, 1, 64, 32, 32)]
    return model("reference", nodes, [tensor("picture", U8, 1, 512, 512, 4)], outputs, constants)


def denoise() -> onnx.ModelProto:
    """z_0 = a tenth of z_t, so that the strides hang together, and in the mouth's channel the mean of the frame's last tokens."""
    only_mouth = np.zeros((1, len(LATENT_CHANNELS), 1, 1), np.float32)
    only_mouth[0, MOUTH] = 1
    kept = np.full((1, len(LATENT_CHANNELS), 1, 1), 0.1, np.float32)
    kept[0, :4] = 0
    kept[0, MOUTH] = 0
    nodes = [
        helper.make_node("Slice", ["audio", "from", "to", "axis"], ["newest"]),
        helper.make_node("ReduceMean", ["newest", "token_axes"], ["loud"], keepdims=1),
        helper.make_node("Reshape", ["loud", "as_frames"], ["loud4"]),
        helper.make_node("Mul", ["loud4", "only_mouth"], ["mouth"]),
        helper.make_node("Mul", ["z_t", "kept"], ["rest"]),
        helper.make_node("ReduceMean", ["denoiser_features", "feature_axes"], ["f"], keepdims=1),
        helper.make_node("ReduceMean", ["expression", "pair"], ["e"], keepdims=1),
        helper.make_node("Add", ["e", "liveliness"], ["el"]),
        helper.make_node("ReduceMean", ["drive", "pair"], ["d"], keepdims=1),
        helper.make_node("Add", ["el", "d"], ["eld"]),
        helper.make_node("Add", ["eld", "timestep"], ["elt"]),
        helper.make_node("Reshape", ["elt", "ones"], ["elt4"]),
        helper.make_node("Add", ["f", "elt4"], ["every"]),
        helper.make_node("Mul", ["every", "nothing"], ["zero"]),
        helper.make_node("Add", ["mouth", "rest"], ["both"]),
        helper.make_node("Add", ["both", "zero"], ["new"]),
        helper.make_node("ReduceMean", ["past16", "past_axes"], ["before16"], keepdims=0),
        helper.make_node("ReduceMean", ["past8", "past_axes"], ["before8"], keepdims=0),
        helper.make_node("Add", ["before16", "before8"], ["before"]),
        helper.make_node("Mul", ["before", "nothing"], ["none"]),
        helper.make_node("Add", ["new", "none"], ["z_0"]),
        helper.make_node("Identity", ["past16"], ["left16"]),
        helper.make_node("Identity", ["past8"], ["left8"]),
    ]
    constants = [
        ints("from", 6), ints("to", 8), ints("axis", 1), ints("token_axes", 1, 2), ints("as_frames", -1, 1, 1, 1),
        ints("feature_axes", 0, 1, 2, 3), ints("past_axes", 0, 1, 2, 3, 4), ints("pair", 0, 1), ints("ones", 1, 1, 1, 1),
        floats("only_mouth", only_mouth), floats("kept", kept), floats("nothing", np.zeros((1, 1, 1, 1), np.float32)),
    ]  # fmt: skip
    inputs = [
        tensor("z_t", F32, "frames", 11, 64, 64), tensor("timestep", F32, 1), tensor("audio", F32, "frames", 8, 128),
        tensor("denoiser_features", F32, 1, 64, 32, 32), tensor("expression", F32, 1, 5), tensor("liveliness", F32, 1, 1),
        tensor("drive", F32, "frames", 13), *past("past"),
    ]  # fmt: skip
    return model("denoise", nodes, inputs, [tensor("z_0", F32, "frames", 11, 64, 64), *past("left")], constants)


def past(kind: str) -> list[onnx.ValueInfoProto]:
    return [tensor(f"{kind}16", F32, 1, 4, 256, 16, 16), tensor(f"{kind}8", F32, 1, 4, 384, 8, 8)]


def decode() -> onnx.ModelProto:
    """The warped picture, its red the brighter the wider the mouth."""
    red = np.zeros((1, 1, 1, 4), np.float32)
    red[..., 0] = 100
    nodes = [
        helper.make_node("Slice", ["z", "mouth", "after", "axis"], ["opening"]),
        helper.make_node("ReduceMean", ["opening", "all"], ["wide"], keepdims=1),
        helper.make_node("ReduceMean", ["warped_features", "all"], ["features"], keepdims=1),
        helper.make_node("Mul", ["features", "nothing"], ["zero"]),
        helper.make_node("Add", ["wide", "zero"], ["amount"]),
        helper.make_node("Mul", ["amount", "red"], ["tint"]),
        helper.make_node("Cast", ["warped"], ["real"], to=F32),
        helper.make_node("Add", ["real", "tint"], ["tinted"]),
        helper.make_node("Clip", ["tinted", "low", "high"], ["kept"]),
        helper.make_node("Cast", ["kept"], ["picture"], to=U8),
    ]
    constants = [
        ints("mouth", MOUTH), ints("after", MOUTH + 1), ints("axis", 1), ints("all", 0, 1, 2, 3), floats("red", red),
        floats("nothing", np.zeros((1, 1, 1, 1), np.float32)), floats("low", np.float32(0)), floats("high", np.float32(255)),
    ]  # fmt: skip
    inputs = [tensor("z", F32, 1, 11, 64, 64), tensor("warped", U8, 1, 512, 512, 4), tensor("warped_features", F32, 1, 64, 64, 16)]
    return model("decode", nodes, inputs, [tensor("picture", U8, 1, 512, 512, 4)], constants)


def tensor(name: str, kind: int, *shape: int | str) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(name, kind, shape)


def ints(name: str, *numbers: int) -> onnx.TensorProto:
    return numpy_helper.from_array(np.array(numbers, np.int64), name)


def floats(name: str, numbers: np.ndarray | np.float32) -> onnx.TensorProto:
    return numpy_helper.from_array(np.asarray(numbers, np.float32), name)


def model(name: str, nodes: list, inputs: list, outputs: list, constants: list) -> onnx.ModelProto:
    graph = helper.make_graph(nodes, name, inputs, outputs, constants)
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
    onnx.checker.check_model(made)
    return made
