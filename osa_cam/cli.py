"""The command line. Only what a command needs is loaded, when it runs."""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from osa_cam.errors import AudioError, CameraError, ConfigError, OsaCamError, TrainingError
from osa_cam.live import terminal

if TYPE_CHECKING:
    from osa_cam.audio.source import Source
    from osa_cam.config import Canvas, Sampling
    from osa_cam.live.pipeline import Pipeline

app = typer.Typer(
    name="osa-cam", help="A voice in, a speaking portrait out of a virtual camera.", no_args_is_help=True, add_completion=False
)
avatars_app = typer.Typer(help="The portraits there are.", no_args_is_help=True)
app.add_typer(avatars_app, name="avatars")

Avatar = Annotated[str | None, typer.Option(help="A built-in avatar's id, or any picture.", show_default="the first")]
Engine = Annotated[str, typer.Option(help="auto or onnxruntime.")]
Steps = Annotated[int | None, typer.Option(help="Network evaluations a stride.", show_default="the model's own")]
Seed = Annotated[int, typer.Option(help="The same seed gives the same video.")]
Size = Annotated[str, typer.Option(help="WIDTHxHEIGHT, both even.")]
Behind = Annotated[str, typer.Option("--background", help="transparent, blur, a colour's name, #rrggbb, or a picture.")]
Model = Annotated[str, typer.Option(help="A built-in model or a model's folder.")]
Json = Annotated[bool, typer.Option("--json", help="Print one line of JSON instead.")]

CLOSES_WITHIN_S = 2.0
FILE_CLOSES_WITHIN_S = 60.0  # a recording's index is written at its end
LIVE_CLOCK_HZ = (25, 30)


@app.command()
def demo(
    out: Annotated[Path, typer.Option("-o", "--out", help="The video to write.")] = Path("osa-cam-demo.mp4"),
    avatar: Avatar = None,
    model: Model = "lite",
) -> None:
    """Render the built-in clip of speech with a built-in avatar."""
    speech = Path(__file__).parent / "assets" / "demo.opus"
    render(speech, out, avatar=avatar, model=model)


@app.command()
def render(
    audio: Annotated[Path, typer.Argument(help="Any audio or video file.")],
    out: Annotated[Path, typer.Option("-o", "--out", help="The video to write, .mp4.")],
    avatar: Avatar = None,
    engine: Engine = "auto",
    steps: Steps = None,
    seed: Seed = 0,
    size: Size = "1280x720",
    background: Behind = "#22262e",
    model: Model = "lite",
    as_json: Json = False,
) -> None:
    """Make a video of the avatar speaking a file."""
    from osa_cam.audio.file import duration_s
    from osa_cam.live.render import render as frames_of
    from osa_cam.media import FPS, STRIDE

    canvas, sampling = _settings(size, background, steps, seed)
    pipeline, provider = _pipeline(avatar, sampling, engine, model)
    started = time.monotonic()
    made = 0
    with terminal.progress(f"{audio.name} -> {out.name}", duration_s(audio), hidden=as_json) as advance:
        for _ in frames_of(audio, out, pipeline, canvas):
            made += 1
            advance(1 / FPS)
    took = time.monotonic() - started
    figures = {
        "out": str(out.resolve()),
        "frames": made,
        "seconds": round(took, 2),
        "times_real_time": round(made / FPS / took, 2),
        "ms_per_frame": round(pipeline.stages.ms_per_frame(STRIDE), 2),
        "engine": provider,
    }
    if as_json:
        print(json.dumps(figures))
    else:
        print(f"{figures['out']}: {made / FPS:.1f} s of video in {took:.1f} s ({provider})")


@app.command()
def run(
    mic: Annotated[str | None, typer.Option(help="A microphone, a file played at its real speed, or silence.")] = None,
    camera: Annotated[str, typer.Option(help="auto, a virtual camera's name, file:OUT.mp4, web or null.")] = "auto",
    avatar: Avatar = None,
    fps: Annotated[int, typer.Option(help="25 or 30.")] = 30,
    size: Size = "1280x720",
    background: Behind = "#22262e",
    seconds: Annotated[float | None, typer.Option("--for", help="End after this many seconds.", min=0.1)] = None,
    stats: Annotated[Path | None, typer.Option(help="Write the run's figures to this file.")] = None,
    engine: Engine = "auto",
    steps: Steps = None,
    seed: Seed = 0,
    model: Model = "lite",
) -> None:
    """Speak through the avatar, live."""
    from osa_cam.live.clock import SystemClock
    from osa_cam.live.open import open_camera
    from osa_cam.live.session import Session

    if fps not in LIVE_CLOCK_HZ:
        raise ConfigError(f"fps {fps}: choose one of {', '.join(map(str, LIVE_CLOCK_HZ))}")
    if stats is not None and not stats.parent.is_dir():
        raise ConfigError(f"--stats {stats}: {stats.parent} is no folder")
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    canvas, sampling = _settings(size, background, steps, seed)
    clock = SystemClock()
    source = _source(mic, clock)
    pipeline, provider = _pipeline(avatar, sampling, engine, model)
    chosen = open_camera(camera)
    session = Session(pipeline, source, chosen, canvas, fps, clock)
    try:
        session.start()
    except CameraError as error:
        if camera != "auto":
            raise
        _warn(f"{error}\nUntil then the avatar is shown in a browser.")
        chosen = open_camera("web")
        session = Session(pipeline, _source(mic, clock), chosen, canvas, fps, clock)
        session.start()
    print(f"{source.name} -> {chosen.name}   {provider}   Ctrl+C ends it", file=sys.stderr)
    try:
        terminal.watch(session, clock.now() + seconds if seconds else None)
    except KeyboardInterrupt:
        pass
    finally:
        session.close(FILE_CLOSES_WITHIN_S if camera.startswith("file:") else CLOSES_WITHIN_S)
        if stats is not None:
            figures = {
                "engine": provider,
                "camera": chosen.name,
                "fps": fps,
                **session.statistics.summary(),
                "stages_ms": pipeline.stages.summary(),
            }
            _write(stats, json.dumps(figures, indent=2) + "\n")


@app.command()
def bench(
    seconds: Annotated[float, typer.Option(help="How much speech.", min=1.0)] = 10.0,
    avatar: Avatar = None,
    engine: Engine = "auto",
    steps: Steps = None,
    model: Model = "lite",
    as_json: Json = False,
) -> None:
    """Measure this machine: how long a frame takes, and whether live use will do."""
    from osa_cam.config import Sampling
    from osa_cam.live.bench import measure

    figures = measure(avatar, Sampling(steps=steps), engine, model, seconds)
    if as_json:
        print(json.dumps(figures))
        return
    terminal.table("stage (ms)", ("p50", "p95", "p99"), {name: list(times.values()) for name, times in figures["stages_ms"].items()})
    verdict = "live use will do" if figures["ms_per_frame"] < 40 else "too slow for live use: a frame has 40 ms"
    print(f"{figures['ms_per_frame']} ms a frame, {figures['engine']}: {verdict}")


@app.command()
def doctor(
    mic: Annotated[str | None, typer.Option(help="A microphone.", show_default="the system's")] = None,
    avatar: Avatar = None,
    engine: Engine = "auto",
    model: Model = "lite",
    as_json: Json = False,
) -> None:
    """Try all that a live run needs, and say what mends it; ends with 1 when something fails."""
    from dataclasses import asdict

    from osa_cam.live.clock import SystemClock
    from osa_cam.live.doctor import examine

    checks = []
    for check in examine(mic, avatar, engine, model, SystemClock()):
        checks.append(check)
        if not as_json:
            terminal.verdict(check)
    if as_json:
        print(json.dumps([asdict(check) for check in checks]))
    if any(check.verdict == "failed" for check in checks):
        raise typer.Exit(1)


@app.command()
def devices(as_json: Json = False) -> None:
    """List microphones and virtual cameras."""
    from osa_cam.audio import microphone
    from osa_cam.camera.virtual import FIX, loopbacks

    cameras = [{"name": label, "device": device} for device, label in loopbacks().items()]
    missing = []
    try:
        microphones = [{"name": str(found), "channels": found.channels, "sample_rate": found.sample_rate} for found in microphone.devices()]
    except AudioError as error:
        microphones = []
        missing.append(str(error))
    if sys.platform == "linux" and not cameras:
        missing.append(f"There is no virtual camera on this machine. {FIX['linux']}")
    if as_json:
        print(json.dumps({"microphones": microphones, "cameras": cameras, "missing": missing}))
        return
    terminal.table(
        "microphone", ("channels", "Hz"), {str(found["name"]): [found["channels"], found["sample_rate"]] for found in microphones}
    )
    terminal.table("virtual camera", ("device",), {found["name"]: [found["device"]] for found in cameras})
    for line in missing:
        _warn(line)


@avatars_app.command("list")
def avatars_list(as_json: Json = False) -> None:
    """List the built-in avatars."""
    from osa_cam.avatars.library import manifests

    found = manifests()
    if as_json:
        print(json.dumps([{**manifest.model_dump(), "id": key} for key, manifest in found.items()]))
        return
    terminal.table("avatar", ("name", "style", "licence"), {key: [m.name, m.style, m.licence] for key, m in found.items()})


WORKSHOP = {
    "train": ("osa_cam.training.commands", "app", "Train the networks, stage by stage."),
    "eval": ("osa_cam.evaluation.commands", "evaluate", "Measure a model as the paper does."),
}


def _add_workshop() -> None:
    """Commands whose bodies, and help, live where torch is; a user's installation has neither."""
    for name, (module, attribute, summary) in WORKSHOP.items():

        def forward(context: typer.Context, module: str = module, attribute: str = attribute) -> None:
            try:
                found = getattr(import_module(module), attribute)
            except ImportError as error:
                raise TrainingError(
                    f"{context.info_name} needs packages that are not installed ({error}): pip install 'osa-cam[train]'"
                ) from error
            command = found
            if not isinstance(found, typer.Typer):
                command = typer.Typer(add_completion=False)
                command.command()(found)
            command(args=context.args, prog_name=f"osa-cam {context.info_name}")

        forward.__annotations__ = {"context": typer.Context}
        settings = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}
        app.command(name, help=summary, context_settings=settings)(_only_context(forward))


def _only_context(forward: Any) -> Any:
    def body(context: typer.Context) -> None:
        forward(context)

    return body


_add_workshop()


def main() -> None:
    """The entry point: an error of ours is one line and its exit code."""
    # Before numpy loads: its threads would spin against the networks' for a matrix of a few kilobytes.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    try:
        app()
    except OsaCamError as error:
        print(f"osa-cam: {error}", file=sys.stderr)
        sys.exit(error.exit_code)


def _settings(size: str, background: str, steps: int | None, seed: int) -> tuple[Canvas, Sampling]:
    from osa_cam.config import Background, Canvas, Sampling, parse_size

    try:
        width, height = parse_size(size)
        return Canvas(width, height, Background.parse(background)), Sampling(steps, seed)
    except ValueError as error:
        raise ConfigError(str(error)) from error


def _pipeline(avatar: str | None, sampling: Sampling, engine: str, model: str) -> tuple[Pipeline, str]:
    from osa_cam.live.open import open_pipeline

    pipeline, loaded = open_pipeline(avatar, sampling, engine, Path(model) if Path(model).is_dir() else model)
    return pipeline, loaded.denoise.provider


def _source(mic: str | None, clock: Any) -> Source:
    from osa_cam.live.open import open_source

    try:
        return open_source(mic, clock)
    except AudioError as error:
        if mic is not None:
            raise
        _warn(f"{error}\nUntil then the avatar idles.")
        return open_source("silence", clock)


def _write(path: Path, text: str) -> None:
    """Whole or not at all. Raises ConfigError."""
    part = path.with_name(f".{path.name}.part")
    try:
        part.write_text(text, encoding="utf-8")
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise ConfigError(f"{path} can't be written: {error.strerror}; is the disk full?") from error


def _warn(message: str) -> None:
    print(f"osa-cam: {message}", file=sys.stderr)
