import threading

import numpy as np

from osa_cam.audio.ring import Ring


def block(start: int, n: int) -> np.ndarray:
    return np.repeat(np.arange(start, start + n, dtype=np.float32)[:, None], 2, axis=1)


def test_reads_what_was_written_with_its_stamp() -> None:
    ring = Ring(8, 2)
    ring.write(block(0, 3), 1.0)
    ring.write(block(3, 3), 2.0)
    samples, stamp = ring.read()
    assert samples[:, 0].tolist() == [0, 1, 2, 3, 4, 5]
    assert stamp == (6, 2.0)
    assert len(ring.read()[0]) == 0
    ring.write(block(6, 5), 3.0)  # over the end
    assert ring.read()[0][:, 1].tolist() == [6, 7, 8, 9, 10]
    assert ring.dropped == 0


def test_a_late_reader_loses_the_oldest_and_it_is_counted() -> None:
    ring = Ring(8, 2)
    for start in range(0, 30, 5):
        ring.write(block(start, 5), float(start))
    assert ring.read()[0][:, 0].tolist() == list(range(22, 30))
    assert ring.dropped == 22


def test_a_block_longer_than_the_ring_keeps_its_end() -> None:
    ring = Ring(4, 2)
    ring.write(block(0, 10), 0.0)
    assert ring.read()[0][:, 0].tolist() == [6, 7, 8, 9]
    assert ring.dropped == 6


def test_a_reader_beside_a_writer_never_sees_a_torn_block() -> None:
    ring, got = Ring(480, 1), []
    written = threading.Event()

    def write() -> None:
        for start in range(0, 40_000, 40):
            ring.write(np.arange(start, start + 40, dtype=np.float32)[:, None], 0.0)
        written.set()

    thread = threading.Thread(target=write)
    thread.start()
    while True:
        ended = written.is_set()
        got.append(ring.read()[0][:, 0])
        if ended:
            break
    thread.join()
    for samples in got:
        assert np.all(np.diff(samples) == 1)
    assert sum(map(len, got)) + ring.dropped == 40_000
