"""`osa-cam soak` and `osa-cam sync-test`: is it still right after hours, and are sound and picture in step?"""

from __future__ import annotations

import json
import time
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from osa_cam.audio import cable
from osa_cam.config import Canvas, Sampling
from osa_cam.errors import ConfigError
from osa_cam.live import terminal
from osa_cam.live.open import open_camera, open_pipeline
from osa_cam.live.soak import ROLLOUT_S, Report, soak
from osa_cam.live.sync_test import Talk, live, of_file

Engine = Annotated[str, typer.Option(help="auto, onnxruntime or openvino.")]
Model = Annotated[str, typer.Option(help="A built-in model or a model's folder.")]
Json = Annotated[bool, typer.Option("--json", help="Print one line of JSON instead.")]


def soak_command(
    hours: Annotated[float, typer.Option(help="How long a talk.", min=0.01, max=1000.0)] = 8.0,
    real_time: Annotated[bool, typer.Option("--real-time", help="With the networks, as long as it takes.")] = False,
    engine: Engine = "auto",
    model: Model = "lite",
    as_json: Json = False,
) -> None:
    """Hold a talk of hours with clocks that drift, simulated or in real time; ends with 1 when anything grows beyond its limit."""
    seconds = 3600.0 * hours
    whole = seconds if real_time else 2 * seconds + min(seconds, ROLLOUT_S)
    started = time.monotonic()
    with terminal.progress("talking", whole, hidden=as_json) as advance:
        reports = soak(seconds, real_time, engine, model, advance)
    if as_json:
        typer.echo(json.dumps({"took_s": round(time.monotonic() - started, 1), "reports": [asdict(report) for report in reports]}))
    else:
        _show(reports)
    if any(report.broken for report in reports):
        raise typer.Exit(1)


def sync_test(
    video: Annotated[Path | None, typer.Argument(help="A video recorded elsewhere while this ran.", show_default="measure live")] = None,
    output: Annotated[str, typer.Option(help="The output that plays the delayed microphone.")] = cable.NAME,
    mic: Annotated[str | None, typer.Option(help="The microphone that hears it.", show_default="the one made for other programs")] = None,
    camera: Annotated[str, typer.Option(help="As of osa-cam run; null: nobody else looks.")] = "null",
    avatar: Annotated[str | None, typer.Option(help="A built-in avatar's id, or any picture.", show_default="the first")] = None,
    seconds: Annotated[float, typer.Option("--for", help="How long a talk.", min=12.0, max=600.0)] = 20.0,
    engine: Engine = "auto",
    model: Model = "lite",
    as_json: Json = False,
) -> None:
    """Measure by how much the delayed microphone is ahead of the picture, or behind it; ends with 1 when people notice.

    Live it holds a talk through the camera and the delayed microphone, and looks and listens. Record that with a meeting's or a
    streaming program, and give it the video to measure what arrives there.
    """
    if video is not None and not video.is_file():
        raise ConfigError(f"no file called {video}: give a video, or nothing to measure live")
    if video is None and mic is None and output != cable.NAME:
        raise ConfigError(f"--output {output}: name the microphone that hears it, too: --mic NAME; osa-cam devices lists them")
    pipeline, _ = open_pipeline(avatar, Sampling(), engine, model)
    canvas = Canvas()
    talk = Talk.render(pipeline, canvas, seconds)
    found = of_file(video, talk) if video is not None else live(pipeline, talk, open_camera(camera), canvas, output, mic)
    if as_json:
        typer.echo(json.dumps({**asdict(found), "offset_ms": found.offset_ms}))
    else:
        late = "after" if found.offset_ms > 0 else "before"
        verdict = "people notice" if found.noticed else "in step"
        typer.echo(f"the sound is heard {abs(found.offset_ms):.0f} ms {late} its picture: {verdict}")
    if found.noticed:
        raise typer.Exit(1)


def _show(reports: list[Report]) -> None:
    columns = ("latency grew by", "offset at most", "memory grew by", "colour drifted by", "face drifted by", "frames missed")
    rows = {
        f"clocks {2e6 * report.drift:+.0f} ppm apart": [
            f"{report.latency_growth_ms:.1f} ms",
            f"{abs(report.offset_ms):.1f} ms",
            *(
                "unknown" if share is None else f"{share:.2%}"
                for share in (report.memory_growth, report.colour_drift, report.identity_drift)
            ),
            f"{report.frames['missed']} of {report.frames['shown'] + report.frames['missed']}",
        ]
        for report in reports
    }
    terminal.table("talk", columns, rows)
    for report in reports:
        for line in report.broken:
            typer.echo(line)


def _percent(share: float | None) -> str:
    return "unknown" if share is None else f"{share:.2%}"
