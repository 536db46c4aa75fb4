"""Our use of CUDA, against a runtime that fails on misuse; and that it does fail."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from osa_cam.engines.cuda import ANSWERS_WITHIN_S, Cuda, CudaError
from osa_cam.errors import EngineError
from tests.engines.fake_cuda import POISON, Error, FakeRuntime, Kind, Misuse


def quick(runtime: FakeRuntime) -> Cuda:
    return Cuda(runtime, sleep=lambda seconds: None)


def test_the_card_is_told() -> None:
    cuda = quick(FakeRuntime(capability=(12, 0), driver=13010))
    assert (cuda.name, cuda.capability, cuda.driver) == ("Fake RTX", 120, 13010)


@pytest.mark.parametrize(
    ("runtime", "says"),
    [
        (FakeRuntime(devices=0), "no NVIDIA GPU"),
        (FakeRuntime(driver=12040), "driver is missing or too old.*newest driver"),
        (FakeRuntime(capability=(6, 1)), r"Fake RTX \(compute capability 6.1\) is too old: TensorRT needs 7.5"),
    ],
)
def test_no_card_an_old_one_or_an_old_driver(runtime: FakeRuntime, says: str) -> None:
    with pytest.raises(EngineError, match=says):
        quick(runtime)


def test_bytes_go_there_and_back_and_all_is_freed() -> None:
    runtime = FakeRuntime()
    cuda = quick(runtime)
    there, back, device = cuda.pinned(64), cuda.pinned(64), cuda.device(64)
    stream, event = cuda.stream(), cuda.event()
    there[:] = np.arange(64)
    cuda.upload(device, there, stream)
    cuda.download(back, device, stream)
    cuda.call("cudaEventRecord", event, stream)
    assert (back == POISON).all(), "nothing is there before the event"
    cuda.wait(event)
    assert np.array_equal(back, np.arange(64))
    cuda.close()
    assert runtime.left == 0


def test_a_graph_runs_what_was_captured_each_time_it_is_launched() -> None:
    runtime = FakeRuntime()
    cuda = quick(runtime)
    there, back, device, stream, event = cuda.pinned(8), cuda.pinned(8), cuda.device(8), cuda.stream(), cuda.event()

    def work() -> None:
        cuda.upload(device, there, stream)
        cuda.download(back, device, stream)

    graph = cuda.graph(stream, work)
    runtime.steady = True
    for value in (1, 2, 3):
        there[:] = value
        cuda.call("cudaGraphLaunch", graph, stream)
        cuda.call("cudaEventRecord", event, stream)
        cuda.wait(event)
        assert (back == value).all()
    cuda.close()
    assert runtime.left == 0


def test_a_capture_that_fails_is_ended() -> None:
    runtime = FakeRuntime()
    cuda = quick(runtime)
    stream = cuda.stream()

    def work() -> None:
        raise CudaError("TensorRT could not start a run")

    with pytest.raises(CudaError, match="could not start"):
        cuda.graph(stream, work)
    cuda.device(8)  # allowed again
    cuda.close()
    assert runtime.left == 0


def test_a_card_that_hangs_is_given_up_in_time() -> None:
    runtime, now = FakeRuntime(slow=10**9), [0.0]

    def sleep(seconds: float) -> None:
        now[0] += 0.01

    cuda = Cuda(runtime, sleep=sleep, now=lambda: now[0])
    stream, event = cuda.stream(), cuda.event()
    cuda.call("cudaEventRecord", event, stream)
    with pytest.raises(CudaError, match="did not answer"):
        cuda.wait(event)
    assert now[0] < ANSWERS_WITHIN_S + 0.1 < 1.0


def test_an_error_is_told_in_words() -> None:
    runtime = FakeRuntime()
    cuda = quick(runtime)
    runtime.fail["cudaMalloc"] = Error.cudaErrorMemoryAllocation
    with pytest.raises(CudaError, match="memory is full: end what else uses the card") as caught:
        cuda.device(8)
    assert caught.value.code == "cudaErrorMemoryAllocation"


def use_after_free(cuda: Cuda) -> None:
    there, device, stream, event = cuda.pinned(8), cuda.device(8), cuda.stream(), cuda.event()
    cuda.upload(device, there, stream)
    cuda.call("cudaFree", device)
    cuda.call("cudaEventRecord", event, stream)
    cuda.wait(event)


def wrong_size(cuda: Cuda) -> None:
    cuda.upload(cuda.device(8), cuda.pinned(9), cuda.stream())


def pageable(cuda: Cuda) -> None:
    cuda.upload(cuda.device(8), np.zeros(8, np.uint8), cuda.stream())


def wrong_way(cuda: Cuda) -> None:
    cuda.call("cudaMemcpyAsync", cuda.pinned(8).ctypes.data, cuda.device(8), 8, Kind.cudaMemcpyHostToDevice, cuda.stream())


def unknown(cuda: Cuda) -> None:
    cuda.call("cudaMemcpySoon", 1)


def never_recorded(cuda: Cuda) -> None:
    cuda.wait(cuda.event())


def time_too_early(cuda: Cuda) -> None:
    begin, end, stream = cuda.event(), cuda.event(), cuda.stream()
    cuda.call("cudaEventRecord", begin, stream)
    cuda.elapsed_ms(begin, end)


def allocates_in_a_graph(cuda: Cuda) -> None:
    cuda.graph(cuda.stream(), lambda: cuda.device(8) and None)


def freed_twice(cuda: Cuda) -> None:
    cuda.call("cudaFree", cuda.device(8))
    cuda.close()


@pytest.mark.parametrize(
    "misuse",
    [use_after_free, wrong_size, pageable, wrong_way, unknown, never_recorded, time_too_early, allocates_in_a_graph, freed_twice],
)
def test_the_fake_fails_on_misuse(misuse: Callable[[Cuda], None]) -> None:
    with pytest.raises(Misuse):
        misuse(quick(FakeRuntime()))
