"""How fast people in three dimensions are put together and drawn; one JSON line.

    LP_NUM_THREADS=0 python benchmarks/heads.py [--people 6]

LP_NUM_THREADS=0 keeps Mesa's software rendering on the calling core. Times are of this process alone (CPU time), milliseconds;
a frame of a still costs draw, labels and parts, a frame of a clip labels alone.
"""

from __future__ import annotations

import json
import resource
import time
from collections.abc import Callable
from typing import Annotated, TypeVar

import cv2
import numpy as np
import typer

from osa_cam.synth.head3d.draw import context
from osa_cam.synth.head3d.head import Head, Person
from osa_cam.synth.pose import pose

Result = TypeVar("Result")


def main(
    people: Annotated[int, typer.Option()] = 6, frames: Annotated[int, typer.Option()] = 12, first: Annotated[int, typer.Option()] = 0
) -> None:
    cv2.setNumThreads(1)
    poses = [pose(headYaw=float(yaw), jawOpen=0.3 * (k % 2)) for k, yaw in enumerate(np.linspace(-25, 25, frames))]
    times: dict[str, list[float]] = {"person": [], "draw": [], "labels": [], "parts": []}

    def clock(name: str, work: Callable[[], Result]) -> Result:
        start = time.process_time()
        made = work()
        times[name].append(1000 * (time.process_time() - start))
        return made

    vertices = []
    for seed in range(first, first + people):
        head = clock("person", lambda seed=seed: Head(Person.from_seed(seed)))
        head.draw(poses[0])
        head.labels(poses[0], pose())
        vertices.append(head.vertices)
        for one in poses:
            clock("draw", lambda head=head, one=one: head.draw(one))
            clock("labels", lambda head=head, one=one: head.labels(one, pose()))
            clock("parts", lambda head=head, one=one: head.parts(one))
    for name, values in times.items():
        p50, p95 = np.percentile(values, [50, 95])
        print(f"{name:8} p50 {p50:6.1f} ms   p95 {p95:6.1f} ms   {1000 / p50:5.1f}/s")
    medians = {f"{name}_ms": round(float(np.median(values)), 1) for name, values in times.items()}
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(json.dumps({"renderer": context().info["GL_RENDERER"], **medians, "vertices": max(vertices), "peak_mib": peak}))


if __name__ == "__main__":
    typer.run(main)
