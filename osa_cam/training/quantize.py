"""Float32 graphs -> int8 graphs beside them: static quantisation, calibrated on drawn sets.

Activations are unsigned with one scale a tensor, weights signed with one scale an output channel (Jacob et al. 2018, section 2;
Krishnamoorthi 2018, section 3). Weights keep to 7 bits: processors without VNNI add two products in 16 bits, which 8 would overflow.
"""

from __future__ import annotations

import json
import logging
import os
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import onnx
import onnxruntime as ort  # type: ignore[import-untyped]
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import CalibrationMethod, QuantType  # type: ignore[import-untyped]
from onnxruntime.quantization.calibrate import TensorData, TensorsData  # type: ignore[import-untyped]
from onnxruntime.quantization.qdq_quantizer import QDQQuantizer  # type: ignore[import-untyped]
from torch import nn

from osa_cam.engines.base import live_threads
from osa_cam.engines.model import load_model, open_graph, probe
from osa_cam.engines.onnxruntime import WARNING, OnnxRuntimeEngine
from osa_cam.errors import TrainingError
from osa_cam.networks.autoencoder import Decoder
from osa_cam.networks.denoiser import Denoiser
from osa_cam.networks.sizes import ModelSize
from osa_cam.synth.sets import open_set
from osa_cam.training.calibration import Feed, decode_losses, decode_stills, denoise_losses, roll_out
from osa_cam.training.decode_blocks import DecodeInBlocks
from osa_cam.training.denoise_passes import DenoiseInFewPasses
from osa_cam.training.export import HALF, OUTPUTS, SMALL, example_inputs, load_weights, write_graph, write_manifest

log = logging.getLogger(__name__)

Range = tuple[float, float]
Values = NDArray[np.float32]

BEND = 7.0  # beyond it a sigmoid is a byte's 0 or 255
SILU_FLOOR = -6.0  # below it SiLU is within 0.015 of nothing, and features of flat areas lie as low as -50
TAILS = (0.0, 1e-5, 1e-4, 3e-4, 1e-3)  # shares of a tensor's values, cut off at either end
SAMPLES = 20_000  # values of a tensor that are looked at in every feed
FRAMES = 2  # of each person
STRIDE_STEP = 4  # strides that follow each other look alike
DECODE_OPERATORS = ("Conv", "Sigmoid", "Mul", "Add", "AveragePool", "Resize", "Concat", "Transpose", "Reshape")
DENOISE_OPERATORS = ("Conv",)  # products of a row a frame cost nothing, and modulation wants its precision
DECODE_KEPT = "/fine/"  # the beginning of its nodes' names
DENOISE_KEPT = "/out/"  # flow and shares of small parts in one tensor: 255 steps are too few for both
LEAST_PSNR = 33.0  # dB
LEAST_R = 0.98


def quantize_model(folder: Path, size: ModelSize, sets: Path) -> dict[str, dict[str, float]]:
    """Adds the int8 graphs of decode and denoise to a model's folder and tells what they cost, by graph.

    sets: folder of drawn sets, of which stills/validation and clips/validation are used: every other person and clip to
    calibrate, the rest to measure. Raises TrainingError without sets, or where a graph is of another size or comes out bad.
    """
    manifest = folder / "manifest.json"
    model = load_model(folder, "onnxruntime", int8=False)
    stills = list(decode_stills(model, sets / "stills/validation", FRAMES))
    clips = sets / "clips/validation"
    count = len(open_set(clips)["latents"])
    strides = [feed for clip in range(0, count, 2) for feed in roll_out(model, model.denoise, clips, clip).feeds[::STRIDE_STEP]]
    with TemporaryDirectory(dir=folder) as name:
        drafts = Path(name)  # a twin that is refused must not take the place of an older one
        for graph, network in _rearranged(folder, size).items():
            write_graph(drafts / f"{graph}.onnx", network, example_inputs(size)[graph], OUTPUTS[graph])
        still_feeds = [still.feed for i, still in enumerate(stills) if i // FRAMES % 2 == 0]
        paths = {graph: drafts / f"{graph}.int8.onnx" for graph in ("decode", "denoise")}
        quantize(drafts / "decode.onnx", paths["decode"], still_feeds, DECODE_OPERATORS, DECODE_KEPT)
        quantize(drafts / "denoise.onnx", paths["denoise"], strides, DENOISE_OPERATORS, DENOISE_KEPT)
        engines = {graph: open_graph(path, OnnxRuntimeEngine) for graph, path in paths.items()}
        losses = {
            "decode": decode_losses(model.decode, engines["decode"], [still for i, still in enumerate(stills) if i // FRAMES % 2]),
            "denoise": denoise_losses(model, model.denoise, engines["denoise"], clips, range(1, count, 2)),
        }
        if losses["decode"]["psnr_between"] < LEAST_PSNR or losses["denoise"]["mouth_r_between"] < LEAST_R:
            raise TrainingError(f"int8 changes the model too much: {losses}. Leave it at float32, or calibrate on more data.")
        for path in paths.values():
            os.replace(path, folder / path.name)
    told = json.loads(manifest.read_text(encoding="utf-8"))
    told["int8"] = {graph: {"loss": losses[graph], "probe": probe(engine).tolist()} for graph, engine in engines.items()}
    write_manifest(folder, told)
    return losses


def _rearranged(folder: Path, size: ModelSize) -> dict[str, nn.Module]:
    decoder, denoiser = Decoder(size.autoencoder), Denoiser(size.denoiser)
    load_weights(folder, "decode", decoder, "network.")
    load_weights(folder, "denoise", denoiser, "")
    return {"decode": DecodeInBlocks(decoder), "denoise": DenoiseInFewPasses(denoiser)}


def quantize(graph: Path, out: Path, feeds: Sequence[Feed], operators: Sequence[str], keep: str) -> None:
    """Writes an int8 twin of a float32 graph; operators: the types that become int8; keep: how the names of nodes begin that stay
    float.

    Of the ranges that TAILS give, those are taken whose output is nearest to the float graph's.
    """
    model = _folded(graph)
    values = _sample(model, feeds)
    few = feeds[:: max(len(feeds) // 6, 1)]
    target = _outputs(model, few)
    best = np.inf
    for tail in TAILS:
        made = _quantized(model, ranges(model, values, tail), operators, keep)
        error = float(np.mean([np.square(a - b).mean() for a, b in zip(_outputs(made, few), target, strict=True)]))
        log.info("%s: ranges without %g at either end: mean squared error %.4g", graph.stem, tail, error)
        if error < best:
            best = error
            onnx.save(made, str(out))


def _quantized(model: onnx.ModelProto, found: Mapping[str, Range], operators: Sequence[str], keep: str) -> onnx.ModelProto:
    data = {name: TensorData(lowest=np.float32(low), highest=np.float32(high)) for name, (low, high) in found.items()}
    copy = onnx.ModelProto()
    copy.CopyFrom(model)
    quantizer = QDQQuantizer(
        copy,
        per_channel=True,
        reduce_range=True,
        weight_qType=QuantType.QInt8,
        activation_qType=QuantType.QUInt8,
        tensors_range=TensorsData(CalibrationMethod.MinMax, data),
        nodes_to_quantize=[],
        nodes_to_exclude=[n.name for n in model.graph.node if n.name.startswith(keep)],
        op_types_to_quantize=list(operators),
        extra_options={},
    )
    quantizer.quantize_model()
    made: onnx.ModelProto = quantizer.model.model
    _keep_bytes(made.graph)
    _fuse_silu(made)
    _halve(made.graph)
    helper.set_model_props(made, {"precision": "int8"})
    return made


def _outputs(model: onnx.ModelProto, feeds: Sequence[Feed]) -> list[Values]:
    session = ort.InferenceSession(model.SerializeToString(), _quiet(), providers=["CPUExecutionProvider"])
    return [session.run(None, dict(feed))[0].astype(np.float32) for feed in feeds]  # the first is what the others serve


def _quiet() -> ort.SessionOptions:
    options = ort.SessionOptions()
    options.intra_op_num_threads = live_threads()
    options.log_severity_level = WARNING
    return options


def _folded(graph: Path) -> onnx.ModelProto:
    """The graph with everything computed that depends on weights alone, and the shape of every tensor."""
    with TemporaryDirectory() as folder:
        options = _quiet()
        options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_ENABLE_BASIC
        options.optimized_model_filepath = str(Path(folder) / graph.name)
        ort.InferenceSession(graph.read_bytes(), options, providers=["CPUExecutionProvider"])
        return onnx.shape_inference.infer_shapes(onnx.load(options.optimized_model_filepath))


def ranges(model: onnx.ModelProto, values: Mapping[str, Values], tail: float) -> dict[str, Range]:
    """The range of every float tensor, zero in it, without the share `tail` of its values at either end.

    Two kinds are known beforehand: what was or becomes a picture reaches from 0 to 255, and nothing far below zero matters to a SiLU.
    """
    graph = model.graph
    kinds = _kinds(model)
    producer = {name: node for node in graph.node for name in node.output}
    readers: dict[str, list[str]] = defaultdict(list)
    for node in graph.node:
        for name in node.input:
            readers[name].append(node.op_type)

    def was_picture(name: str) -> bool:
        made_by = producer.get(name)
        while made_by is not None and made_by.op_type in ("Transpose", "Reshape"):
            made_by = producer.get(made_by.input[0])
        return made_by is not None and made_by.op_type == "Cast" and kinds[made_by.input[0]] == TensorProto.UINT8

    found: dict[str, Range] = {}
    for name, sample in values.items():
        low, high = np.quantile(sample, (tail, 1 - tail))
        found[name] = min(float(low), 0.0), max(float(high), 0.0)
        if was_picture(name) or readers[name] == ["Clip"]:
            found[name] = 0.0, 255.0
    silu = {name for name in found if sorted(readers[name]) == ["Mul", "Sigmoid"]}
    floors = dict.fromkeys(silu, SILU_FLOOR)
    for node in graph.node:
        if node.op_type == "Sigmoid" and node.input[0] not in silu:
            low, high = found[node.input[0]]
            found[node.input[0]] = max(low, -BEND), min(high, BEND)
    for node in graph.node:
        if node.op_type == "Add" and node.output[0] in silu and all(name in found for name in node.input):
            for name, other in (node.input, node.input[::-1]):
                if len(readers[name]) == 1:
                    floors[name] = SILU_FLOOR - found[other][1]
    for name, floor in floors.items():
        low, high = found[name]
        found[name] = max(low, floor), high
    return found


def _kinds(model: onnx.ModelProto) -> dict[str, int]:
    graph = model.graph
    return {v.name: v.type.tensor_type.elem_type for v in [*graph.value_info, *graph.input, *graph.output]}


def _sample(model: onnx.ModelProto, feeds: Iterable[Feed]) -> dict[str, Values]:
    """Values of every inner tensor and of every float input."""
    kinds = _kinds(model)
    inner = [name for node in model.graph.node for name in node.output if kinds.get(name) == TensorProto.FLOAT]
    watched = onnx.ModelProto()
    watched.CopyFrom(model)
    outputs = {output.name for output in model.graph.output}
    watched.graph.output.extend(helper.make_empty_tensor_value_info(name) for name in inner if name not in outputs)
    options = _quiet()
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_DISABLE_ALL  # fusing would hide tensors
    session = ort.InferenceSession(watched.SerializeToString(), options, providers=["CPUExecutionProvider"])
    rng = np.random.default_rng(0)
    kept: dict[str, list[Values]] = defaultdict(list)
    for feed in feeds:
        given = {name: array for name, array in feed.items() if array.dtype == np.float32}
        for name, array in [*zip(inner, session.run(inner, dict(feed)), strict=True), *given.items()]:
            flat = np.asarray(array, np.float32).ravel()
            kept[name].append(flat if flat.size <= SAMPLES else flat[rng.integers(0, flat.size, SAMPLES)])
    together = {name: np.concatenate(parts) for name, parts in kept.items()}
    return {name: sample for name, sample in together.items() if sample.size}  # a long stride leaves nothing of its past


def _keep_bytes(graph: onnx.GraphProto) -> None:
    """A picture of bytes is int8 already: takes out where it became float to be cut into the same 255 steps again."""
    producer = {name: node for node in graph.node for name in node.output}
    constant = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}

    def in_bytes(node: onnx.NodeProto) -> bool:
        return bool(constant[node.input[1]] == 1 and constant[node.input[2]] == 0)

    instead: dict[str, str] = {}
    for node in graph.node:
        before = producer.get(node.input[0]) if node.input else None
        if before is None:
            continue
        if node.op_type == "QuantizeLinear" and before.op_type == "Cast" and in_bytes(node):
            instead[node.output[0]] = before.input[0]
        elif node.op_type == "Cast" and before.op_type == "Clip":
            widened = producer[before.input[0]]
            if widened.op_type == "DequantizeLinear" and in_bytes(widened):
                instead[node.output[0]] = widened.input[0]
    for node in graph.node:
        for i, name in enumerate(node.input):
            node.input[i] = instead.get(name, name)
    while True:
        read = {name for node in graph.node for name in node.input} | {output.name for output in graph.output}
        idle = [node for node in graph.node if not read & set(node.output)]
        if not idle:
            return
        for node in idle:
            graph.node.remove(node)


def _fuse_silu(model: onnx.ModelProto) -> None:
    """x * sigmoid(x) in float as the runtime's one operator: by itself it finds only what no bytes lead to."""
    graph = model.graph
    readers: dict[str, list[onnx.NodeProto]] = defaultdict(list)
    for node in graph.node:
        for name in node.input:
            readers[name].append(node)
    for sigmoid in [node for node in graph.node if node.op_type == "Sigmoid"]:
        (x,), (mul, *others) = sigmoid.input, readers[sigmoid.output[0]]
        if mul.op_type == "Mul" and not others and x in mul.input:
            graph.node.remove(sigmoid)
            mul.op_type, mul.domain = "QuickGelu", "com.microsoft"
            mul.attribute.append(helper.make_attribute("alpha", 1.0))
            del mul.input[:]
            mul.input.append(x)
    model.opset_import.append(helper.make_opsetid("com.microsoft", 1))


def _halve(graph: onnx.GraphProto) -> None:
    """Stores what stayed float as float16, which the runtime widens once, when it loads."""
    casts = []
    for tensor in list(graph.initializer):
        if tensor.data_type == TensorProto.FLOAT and np.prod(tensor.dims) >= SMALL:
            graph.initializer.remove(tensor)
            graph.initializer.append(numpy_helper.from_array(numpy_helper.to_array(tensor).astype(np.float16), tensor.name + HALF))
            casts.append(helper.make_node("Cast", [tensor.name + HALF], [tensor.name], to=TensorProto.FLOAT))
    for i, cast in enumerate(casts):
        graph.node.insert(i, cast)
