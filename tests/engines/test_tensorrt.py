"""TensorRT's engines over the fake GPU: the numbers of ONNX Runtime, two runs at a time, nothing allocated, the cache and its faults."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from osa_cam.engines.base import Argument
from osa_cam.engines.cuda import Cuda
from osa_cam.engines.half import half
from osa_cam.engines.model import CONTRACT, MODELS, ON_GPU, PAINT, wave_feed
from osa_cam.engines.onnxruntime import OnnxRuntimeEngine
from osa_cam.engines.plan_cache import PlanCache
from osa_cam.engines.tensorrt import TensorRtEngine, build_plan, load_tensorrt
from osa_cam.errors import EngineError, ModelError, ShapeError
from tests import graphs
from tests.engines.fake_cuda import Error, FakeRuntime
from tests.engines.fake_tensorrt import FakeTensorRt

FRAMES = 2
TOLERANCE = 1e-2  # of the values' own size: float16 against float32


class Bench:
    """A graph of tests/graphs.py on the processor and on the fake GPU."""

    def __init__(self, folder: Path) -> None:
        self.path = graphs.write_model(folder / "Modèle 日本") / "denoise.onnx"
        self.wanted = OnnxRuntimeEngine(self.path, FRAMES, 1)
        self.runtime = FakeRuntime()
        self.cuda = Cuda(self.runtime, sleep=lambda seconds: None)
        self.trt = FakeTensorRt(self.runtime)
        self.cache = PlanCache(folder / "cache")
        self.told: list[str] = []

    def open(self, kept: tuple[str, ...] = (), stop: threading.Event | None = None) -> TensorRtEngine:
        engine = TensorRtEngine(
            self.path, FRAMES, self.cuda, self.wanted.inputs, self.wanted.outputs, kept, self.cache, self.trt, self.told.append, stop
        )
        self.runtime.steady = True
        return engine

    def feeds(self, seed: int) -> dict[str, np.ndarray]:
        rng = np.random.default_rng(seed)
        return {argument.name: rng.standard_normal(argument.shape).astype(argument.dtype) for argument in self.wanted.inputs}


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    bench = Bench(tmp_path)
    yield bench
    bench.cuda.close()
    assert bench.runtime.left == 0, "something was not given back to the GPU"


def near(made: dict[str, np.ndarray], wanted: dict[str, np.ndarray]) -> bool:
    return all(np.abs(made[name] - wanted[name]).max() <= TOLERANCE * np.abs(wanted[name]).max() for name in wanted)


def test_it_gives_what_onnx_runtime_gives_and_says_what_it_is(bench: Bench) -> None:
    engine = bench.open()
    for seed in range(5):
        assert near(engine.infer(bench.feeds(seed)), bench.wanted.infer(bench.feeds(seed)))
    assert engine.provider == "TensorRT-RTX 1.7.fake, float16, on Fake RTX"
    assert engine.gpu_ms > 0
    with pytest.raises(ShapeError, match="z_t"):
        engine.infer(bench.feeds(0) | {"z_t": np.zeros((3, 11, 64, 64), np.float32)})


def test_two_runs_are_under_way_and_each_has_a_place_of_its_own(bench: Bench) -> None:
    engine = bench.open()
    feeds = [bench.feeds(seed) for seed in range(6)]
    first, second = engine.submit(feeds[0]), engine.submit(feeds[1])
    with pytest.raises(EngineError, match="under way"):
        engine.submit(feeds[2])
    for k in (2, 3, 4, 5):
        assert near(engine.collect(first), bench.wanted.infer(feeds[k - 2]))
        first, second = second, engine.submit(feeds[k])
    assert near(engine.collect(first), bench.wanted.infer(feeds[4]))
    assert near(engine.collect(second), bench.wanted.infer(feeds[5]))
    with pytest.raises(EngineError, match="not under way"):
        engine.collect(second)
    assert len({stream for _, stream in bench.runtime.log}) == 2, "each half has its stream"


def test_a_run_is_one_launch_of_a_graph(bench: Bench) -> None:
    engine = bench.open()
    launches, copies = bench.runtime.calls["cudaGraphLaunch"], bench.runtime.calls["cudaMemcpyAsync"]
    engine.infer(bench.feeds(0))
    assert bench.runtime.calls["cudaGraphLaunch"] == launches + 1
    assert bench.runtime.calls["cudaMemcpyAsync"] == copies, "the copies are in the graph"


def test_without_graphs_it_runs_all_the_same(bench: Bench) -> None:
    bench.runtime.fail["cudaGraphInstantiate"] = Error.cudaErrorStreamCaptureUnsupported
    assert near(bench.open().infer(bench.feeds(0)), bench.wanted.infer(bench.feeds(0)))


def test_what_is_kept_is_copied_once_and_again_when_it_changes(bench: Bench) -> None:
    engine = bench.open(kept=("denoiser_features",))
    feeds = bench.feeds(0)
    for _ in range(4):  # both halves
        engine.infer(feeds)
    copies = bench.runtime.calls["cudaMemcpyAsync"]
    assert near(engine.infer(feeds), bench.wanted.infer(feeds))
    assert bench.runtime.calls["cudaMemcpyAsync"] == copies
    other = feeds | {"denoiser_features": feeds["denoiser_features"] + 3}
    assert near(engine.infer(other), bench.wanted.infer(other))
    assert bench.runtime.calls["cudaMemcpyAsync"] == copies + 1


def test_results_are_the_callers(bench: Bench) -> None:
    engine = bench.open()
    first = engine.infer(bench.feeds(0))["z_0"]
    copy = first.copy()
    for seed in range(1, 4):
        engine.infer(bench.feeds(seed))
    assert np.array_equal(first, copy)


def test_a_second_start_builds_nothing(bench: Bench) -> None:
    bench.open()
    bench.runtime.steady = False
    assert near(bench.open().infer(bench.feeds(0)), bench.wanted.infer(bench.feeds(0)))
    assert bench.trt.built == 1 and bench.trt.loaded_kernels == [b"kernels"]
    assert any("building the engine for denoise, 50 %" in text for text in bench.told)


@pytest.mark.parametrize("fault", ["broken", "refused"])
def test_an_engine_that_is_broken_or_refused_is_built_again(bench: Bench, fault: str) -> None:
    bench.open()
    bench.runtime.steady = False
    if fault == "broken":
        (path,) = bench.cache.folder.glob("*.plan")
        path.write_bytes(path.read_bytes()[:-5])
    else:
        bench.trt.refuse = True
    bench.open()
    assert bench.trt.built == 2
    bench.runtime.steady = False
    bench.open()
    assert bench.trt.built == 2, "it was kept"


def test_a_build_can_be_ended_and_leaves_nothing(bench: Bench) -> None:
    stop = threading.Event()
    stop.set()
    with pytest.raises(EngineError, match="ended"):
        bench.open(stop=stop)
    assert not list(bench.cache.folder.glob("*.plan"))


def test_a_graph_that_cant_be_built_is_told_with_the_reason(bench: Bench) -> None:
    bench.trt.says_no = True
    with pytest.raises(EngineError, match="can't build denoise: no such operator"):
        bench.open()


@pytest.mark.parametrize("spoil", [lambda held: held[: len(held) // 2], lambda held: b"not a graph", lambda held: b""])
def test_a_file_that_is_no_graph(bench: Bench, spoil) -> None:
    bench.path.write_bytes(spoil(bench.path.read_bytes()))
    with pytest.raises((ModelError, EngineError), match="denoise"):
        bench.open()


def test_a_graph_of_another_shape(bench: Bench) -> None:
    inputs = tuple(Argument(a.name, (9, *a.shape[1:]), a.dtype) if a.name == "z_t" else a for a in bench.wanted.inputs)
    with pytest.raises(EngineError, match="z_t"):
        TensorRtEngine(bench.path, FRAMES, bench.cuda, inputs, bench.wanted.outputs, cache=bench.cache, trt=bench.trt, tell=print)


def test_a_lost_gpu_is_an_error_and_closing_is_safe(bench: Bench) -> None:
    engine = bench.open()
    bench.runtime.fail["cudaGraphLaunch"] = Error.cudaErrorIllegalAddress
    with pytest.raises(EngineError, match="cudaErrorIllegalAddress"):
        engine.infer(bench.feeds(0))
    engine.close()
    with pytest.raises(EngineError, match="closed"):
        engine.infer(bench.feeds(0))


@pytest.mark.parametrize("graph", ["audio", "denoise", "paint"])
def test_half_precision_costs_no_more_than_it_may(graph: str, tmp_path: Path) -> None:
    """The very graphs that a GPU runs, computed by ONNX Runtime, which rounds to float16 where they say so."""
    path = MODELS / "lite" / f"{graph}.onnx"
    (tmp_path / f"{graph}.onnx").write_bytes(half(path, FRAMES))
    wanted, made = OnnxRuntimeEngine(path, FRAMES, 1), OnnxRuntimeEngine(tmp_path / f"{graph}.onnx", FRAMES, 1)
    assert wanted.inputs == made.inputs and wanted.outputs == made.outputs
    feeds = wave_feed(wanted)
    exact, rounded = wanted.infer(feeds), made.infer(feeds)
    for name, array in exact.items():
        error = np.square(rounded[name].astype(np.float64) - array).mean() ** 0.5
        assert 0 < error < TOLERANCE * array.std(), name


def test_what_paints_on_gpus_has_the_contract_of_the_documents() -> None:
    engine = OnnxRuntimeEngine(MODELS / "lite" / "paint.onnx", 1, 1)
    assert ({*engine.inputs}, engine.outputs) == ({*PAINT[0]}, PAINT[1])
    assert ON_GPU.keys() <= CONTRACT.keys()


@pytest.mark.slow
@pytest.mark.parametrize("capability", [75, 86, 89, 120])
@pytest.mark.parametrize("graph", ["audio", "reference", "denoise", "paint", "encode"])
def test_every_network_builds_for_every_card(graph: str, capability: int) -> None:
    """Needs no GPU: an operator that TensorRT lacks fails here."""
    trt = pytest.importorskip("tensorrt_rtx", reason="the extra `tensorrt` is not installed")
    told: list[str] = []
    plan = build_plan(trt, half(MODELS / "lite" / f"{graph}.onnx", FRAMES), graph, capability, told.append, threading.Event())
    assert len(plan) > 100_000
    assert load_tensorrt() is trt


@pytest.mark.slow
def test_a_real_build_can_be_ended() -> None:
    trt = pytest.importorskip("tensorrt_rtx", reason="the extra `tensorrt` is not installed")
    stop = threading.Event()
    with pytest.raises(EngineError, match="ended"):
        build_plan(trt, half(MODELS / "lite" / "denoise.onnx", FRAMES), "denoise", 86, lambda text: stop.set(), stop)
