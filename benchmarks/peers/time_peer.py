"""What a frame costs in any program that makes a video of a sound file: the slope between two lengths of sound.

python benchmarks/peers/time_peer.py --slope 10 30 --fps 25 --sound talk.wav -- COMMAND WITH {sound} AND {out}

The command runs for both lengths in turn, `--times` times each. What it costs to start, and to look at the picture, is in both and falls
out. Ends in one line of JSON.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import time
import wave
from pathlib import Path
from tempfile import TemporaryDirectory


def cut(sound: Path, seconds: float, out: Path) -> Path:
    """The beginning of a WAV file, repeated where it is shorter."""
    with wave.open(str(sound)) as source:
        parameters, wanted = source.getparams(), round(seconds * source.getframerate())
        samples = source.readframes(source.getnframes())
    width = parameters.nchannels * parameters.sampwidth
    if not samples:
        sys.exit(f"{sound} is empty: give some seconds of speech")
    samples = (samples * (wanted * width // len(samples) + 1))[: wanted * width]
    with wave.open(str(out), "wb") as target:
        target.setparams(parameters)
        target.writeframes(samples)
    return out


def run(command: list[str], sound: Path, folder: Path) -> tuple[float, float]:
    """Wall and CPU seconds of the command and all that it starts."""
    words = [word.replace("{sound}", str(sound)).replace("{out}", str(folder / "out")) for word in command]
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    finished = subprocess.run(words, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False)
    wall = time.perf_counter() - started
    if finished.returncode:
        sys.exit(f"{words[0]} ended with {finished.returncode}:\n{finished.stderr[-2000:]}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--slope", type=float, nargs=2, default=(10.0, 30.0), metavar="SECONDS", help="the two lengths")
    parser.add_argument("--fps", type=float, default=25.0, help="of the video that the peer makes")
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument("--sound", type=Path, required=True, help="a WAV file")
    parser.add_argument("command", nargs="+", help="behind --")
    options = parser.parse_args()
    short, long = sorted(options.slope)
    if short == long:
        parser.error("--slope wants two different lengths")
    if shutil.which(options.command[0]) is None:
        parser.error(f"there is no program {options.command[0]}")
    load = os.getloadavg()[0]
    slopes: list[tuple[float, float]] = []
    with TemporaryDirectory() as name:
        sounds = [cut(options.sound, seconds, Path(name) / f"{seconds:g}.wav") for seconds in (short, long)]
        for turn in range(options.times):
            times = []
            for sound in sounds:
                place = Path(name) / f"{turn}-{sound.stem}"
                place.mkdir()
                times.append(run(options.command, sound, place))
                shutil.rmtree(place)
            frames = (long - short) * options.fps
            slopes.append(((times[1][0] - times[0][0]) / frames * 1e3, (times[1][1] - times[0][1]) / frames * 1e3))
    wall, cpu = zip(*slopes, strict=True)
    if statistics.median(wall) <= 0:
        sys.exit("the longer sound took no longer than the shorter: give --slope lengths that lie further apart, on a quieter machine")
    figures = {"median": statistics.median(wall), "least": min(wall), "most": max(wall), "cpu_median": statistics.median(cpu)}
    told = {name: round(value, 2) for name, value in figures.items()}
    print("| ms a frame, median | least | most | CPU ms a frame |\n|---|---|---|---|")
    print(f"| {told['median']} | {told['least']} | {told['most']} | {told['cpu_median']} |")
    loads = {"load_before": load, "load_after": os.getloadavg()[0]}
    print(json.dumps({"benchmark": "peer", "command": options.command, "ms_per_frame": told, **loads}))


if __name__ == "__main__":
    main()
