"""Where a graph's time goes on the processor: the least time of each node, on one thread, summed up and listed.

python benchmarks/nodes.py [FILE.onnx ...] [--stride 2] [--runs 60] [--longest 15]

A node takes a fraction of a millisecond, so that even on a busy machine some of its runs are disturbed by nobody: two graphs can be
compared by these sums where whole runs can't. Threads would divide most of it; what they cost is not in it. Ends in one line of JSON.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter, defaultdict
from pathlib import Path
from tempfile import TemporaryDirectory

import onnxruntime as ort

from osa_cam.engines.model import MODELS, wave_feed
from osa_cam.engines.onnxruntime import FRAMES_AXIS, PROCESSOR, WARNING, OnnxRuntimeEngine

LIVE = [MODELS / "lite" / name for name in ("audio.onnx", "denoise.int8.onnx", "decode.int8.onnx")]


def least_times(path: Path, frames: int, runs: int) -> dict[tuple[str, str], float]:
    """(operator, node) -> milliseconds."""
    with TemporaryDirectory() as folder:
        options = ort.SessionOptions()
        options.intra_op_num_threads = 1
        options.log_severity_level = WARNING
        options.enable_profiling = True
        options.profile_file_prefix = str(Path(folder) / path.stem)
        options.add_session_config_entry("session.set_denormal_as_zero", "1")
        options.add_free_dimension_override_by_name(FRAMES_AXIS, frames)
        session = ort.InferenceSession(path.read_bytes(), options, providers=[PROCESSOR])
        feed = wave_feed(OnnxRuntimeEngine(path, frames, 1))
        for _ in range(runs):
            session.run(None, feed)
        events = json.loads(Path(session.end_profiling()).read_text(encoding="utf-8"))
    times: dict[tuple[str, str], list[float]] = defaultdict(list)
    for event in events:
        if event.get("cat") == "Node" and event["name"].endswith("_kernel_time"):
            times[event["args"]["op_name"], event["name"].removesuffix("_kernel_time")].append(event["dur"] / 1e3)
    return {node: min(durations) for node, durations in times.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("graphs", nargs="*", type=Path, default=LIVE)
    parser.add_argument("--stride", type=int, default=2)
    parser.add_argument("--runs", type=int, default=60)
    parser.add_argument("--longest", type=int, default=15)
    options = parser.parse_args()
    sums = {}
    for path in options.graphs:
        times = least_times(path, options.stride, options.runs)
        by_operator: Counter[str] = Counter()
        for (operator, _), milliseconds in times.items():
            by_operator[operator] += milliseconds  # type: ignore[assignment]
        sums[path.name] = round(sum(times.values()), 2)
        print(f"\n{path.name}: {sums[path.name]} ms in {len(times)} nodes: ", end="")
        print(", ".join(f"{operator} {milliseconds:.2f}" for operator, milliseconds in by_operator.most_common(10)))
        print("| ms | operator | node |\n|---|---|---|")
        for (operator, node), milliseconds in sorted(times.items(), key=lambda item: -item[1])[: options.longest]:
            print(f"| {milliseconds:.2f} | {operator} | {node} |")
    print()
    print(json.dumps({"benchmark": "nodes", "stride": options.stride, "least_ms_on_one_thread": sums}))


if __name__ == "__main__":
    main()
