"""A float32 graph as TensorRT wants it: static, folded, and in float16 but for what float16 can't hold.

TensorRT takes each tensor's type from the graph, and Turing multiplies matrices in float16 alone, so the graph itself has to say it.
"""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from osa_cam.engines.base import no_graph, read_graph
from osa_cam.errors import EngineError

INSTALL = "pip install 'osa-cam[tensorrt]'"

# Sums over a whole map, and exponentials.
EXACT_OPERATORS = ("InstanceNormalization", "LayerNormalization", "ReduceMean", "Softmax", "Cos", "Sin", "GridSample")
# What leads to these stays exact too: 999 rad of a timestep, places in a picture of 512 pixels.
EXACT_SOURCES = ("Cos", "Sin", "GridSample")


def half(path: Path, frames: int) -> bytes:
    """The graph for strides of `frames`, inputs and outputs as they were.

    Raises ModelError when it can't be read, EngineError without the package `onnx`.
    """
    try:
        import onnx
    except ImportError as error:
        raise EngineError(f"the package onnx is not installed ({error}): {INSTALL}") from error
    model = onnx.shape_inference.infer_shapes(onnx.load_model_from_string(_folded(path, frames)))
    _halve(model.graph)
    onnx.checker.check_model(model)
    return bytes(model.SerializeToString())


def _halve(graph: Any) -> None:
    """Each node computes in one type; a Cast stands wherever a tensor is wanted in another than it has."""
    from onnx import TensorProto, helper, numpy_helper

    single, half = TensorProto.FLOAT, TensorProto.FLOAT16
    exact = _ancestors(graph, EXACT_SOURCES) | {node.name for node in graph.node if node.op_type in EXACT_OPERATORS}
    weights = {tensor.name: tensor for tensor in graph.initializer}
    outputs = {value.name for value in graph.output}
    floats = {v.name for v in (*graph.value_info, *graph.input, *graph.output) if v.type.tensor_type.elem_type == single}
    floats |= {name for name, tensor in weights.items() if tensor.data_type == single}
    has = dict.fromkeys(floats, single)
    there: dict[tuple[str, int], str] = {}  # (tensor, type) -> its name in that type
    nodes: list[Any] = []

    def wanted(name: str, kind: int) -> str:
        if name not in floats or has[name] == kind:
            return there.get((name, kind), name)
        if (name, kind) not in there:
            there[name, kind] = f"{name}.{'half' if kind == half else 'single'}"
            if name in weights:
                array = numpy_helper.to_array(weights[name]).astype(np.float16)
                graph.initializer.append(numpy_helper.from_array(array, there[name, kind]))
            else:
                nodes.append(helper.make_node("Cast", [name], [there[name, kind]], name=there[name, kind], to=kind))
        return there[name, kind]

    for node in list(graph.node):
        kind = single if node.name in exact else half
        for i, name in enumerate(node.input):
            if not (node.op_type == "Resize" and i > 0):  # its scales are float32 whatever it scales
                node.input[i] = wanted(name, kind)
        nodes.append(node)
        if node.op_type == "Cast" and kind == half and node.output[0] in floats:
            node.ClearField("attribute")
            node.attribute.append(helper.make_attribute("to", half))
        for i, name in enumerate(node.output):
            if name not in floats or kind == single:
                continue
            has[name] = half
            if name in outputs:
                node.output[i] = there[name, half] = f"{name}.half"
                nodes.append(helper.make_node("Cast", [node.output[i]], [name], name=f"{name}.single", to=single))
    del graph.node[:], graph.value_info[:]
    graph.node.extend(nodes)
    read = {name for node in nodes for name in node.input}
    for name, tensor in weights.items():
        if name not in read:
            graph.initializer.remove(tensor)


def _folded(path: Path, frames: int) -> bytes:
    """With all computed that depends on weights and shapes alone. ONNX Runtime does so when it loads a graph, and can write it down."""
    import onnxruntime as ort  # type: ignore[import-untyped]

    from osa_cam.engines.onnxruntime import FRAMES_AXIS, WARNING

    options = ort.SessionOptions()
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_ENABLE_BASIC  # no operators of its own
    options.log_severity_level = WARNING
    options.intra_op_num_threads = 1
    options.add_free_dimension_override_by_name(FRAMES_AXIS, frames)
    graph = read_graph(path)
    with TemporaryDirectory() as folder:
        folded = Path(folder) / "folded.onnx"
        options.optimized_model_filepath = str(folded)
        try:
            ort.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
        except Exception as error:  # a class of its own for each status, all straight below Exception
            raise no_graph(path, str(error).splitlines()[0]) from error
        return folded.read_bytes()


def _ancestors(graph: Any, operators: tuple[str, ...]) -> set[str]:
    """Names of the nodes that what such operators are given comes from, but for the reading of constants."""
    producer = {name: node for node in graph.node for name in node.output}
    found: set[str] = set()
    waiting = [name for node in graph.node if node.op_type in operators for name in node.input]
    while waiting:
        node = producer.get(waiting.pop())
        if node is not None and node.name not in found:
            found.add(node.name)
            waiting.extend(node.input)
    return found
