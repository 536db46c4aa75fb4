"""The command line. Only what a command needs is loaded, when it runs."""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from importlib import import_module
from itertools import chain
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import typer

from osa_cam.errors import AudioError, CameraError, ConfigError, OsaCamError, TrainingError
from osa_cam.live import terminal

app = typer.Typer(
    name="osa-cam", help="A voice in, a speaking portrait out of a virtual camera.", no_args_is_help=True, add_completion=False
)

Avatar = Annotated[str | None, typer.Option(help="A built-in avatar's id, or any picture.", show_default="the first")]
Engine = Annotated[str, typer.Option(help="auto, onnxruntime, openvino, tensorrt, cuda, directml or coreml.")]
Steps = Annotated[int | None, typer.Option(help="Network evaluations a stride.", show_default="the model's own")]
Seed = Annotated[int, typer.Option(help="The same seed gives the same video.")]
Size = Annotated[str, typer.Option(help="WIDTHxHEIGHT, both even.")]
Behind = Annotated[str, typer.Option("--background", help="transparent, blur, a colour's name, #rrggbb, or a picture.")]
FitOption = Annotated[str, typer.Option("--fit", help="letterbox: all of the portrait; crop: as much as fills the picture.")]
Badge = Annotated[bool, typer.Option("--badge", help="Mark the picture: AI avatar.")]
Watermark = Annotated[bool, typer.Option("--watermark/--no-watermark", help="An invisible mark that osa-cam detect finds.")]
Model = Annotated[str, typer.Option(help="A built-in model or a model's folder.")]
Json = Annotated[bool, typer.Option("--json", help="Print one line of JSON instead.")]


def _say_version(asked: bool) -> None:
    if asked:
        from osa_cam import __version__

        print(f"osa-cam {__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[bool, typer.Option("--version", is_eager=True, callback=_say_version, help="Say the version and end.")] = False,
) -> None:
    pass


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
    fit: FitOption = "letterbox",
    badge: Badge = False,
    watermark: Watermark = True,
    model: Model = "lite",
    as_json: Json = False,
) -> None:
    """Make a video of the avatar speaking a file."""
    from osa_cam.audio.file import duration_s
    from osa_cam.hooks.registry import installed
    from osa_cam.live.clock import SystemClock
    from osa_cam.live.open import Opener
    from osa_cam.live.render import render as frames_of
    from osa_cam.live.settings import Settings
    from osa_cam.media import FPS

    settings = Settings().changed(size=size, background=background, fit=fit, badge=badge, watermark=watermark, avatar=avatar, engine=engine)
    _check_sampling(steps, seed)
    pipeline, provider, _ = Opener(SystemClock(), installed().load(), model, steps, seed).pipeline(settings)
    started = time.monotonic()
    made = 0
    with terminal.progress(f"{audio.name} -> {out.name}", duration_s(audio), hidden=as_json) as advance:
        for _ in frames_of(audio, out, pipeline, settings.canvas()):
            made += 1
            advance(1 / FPS)
    took = time.monotonic() - started
    figures = {
        "out": str(out.resolve()),
        "frames": made,
        "seconds": round(took, 2),
        "times_real_time": round(made / FPS / took, 2),
        "ms_per_frame": round(pipeline.stages.ms_per_frame(pipeline.stride), 2),
        "engine": provider,
    }
    if as_json:
        print(json.dumps(figures))
    else:
        print(f"{figures['out']}: {made / FPS:.1f} s of video in {took:.1f} s ({provider})")


@app.command()
def run(
    mic: Annotated[str | None, typer.Option(help="A microphone, a file played at its real speed, or silence.")] = None,
    camera: Annotated[str, typer.Option(help="auto, a virtual camera's name, pipewire, file:OUT.mp4, web or null.")] = "auto",
    avatar: Avatar = None,
    fps: Annotated[int, typer.Option(help="25 or 30.")] = 30,
    size: Size = "1280x720",
    background: Behind = "#22262e",
    fit: FitOption = "letterbox",
    badge: Badge = False,
    watermark: Watermark = True,
    delayed_mic: Annotated[
        str | None, typer.Option(metavar="DEVICE", help="Play the microphone, in step with the picture, on this output.")
    ] = None,
    record: Annotated[Path | None, typer.Option(help="Write picture and sound to this MP4 as well.")] = None,
    seconds: Annotated[float | None, typer.Option("--for", help="End after this many seconds.", min=0.1)] = None,
    stats: Annotated[Path | None, typer.Option(help="Write the run's figures to this file.")] = None,
    engine: Engine = "auto",
    steps: Steps = None,
    seed: Seed = 0,
    model: Model = "lite",
) -> None:
    """Speak through the avatar, live; osa-cam ctl steers it from elsewhere."""
    from osa_cam.control.server import ControlServer
    from osa_cam.hooks.registry import installed
    from osa_cam.live.clock import SystemClock
    from osa_cam.live.open import Opener, check_sound
    from osa_cam.live.settings import Settings
    from osa_cam.live.studio import Studio

    if stats is not None and not stats.parent.is_dir():
        raise ConfigError(f"--stats {stats}: {stats.parent} is no folder")
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    canvas = {"size": size, "fps": fps, "background": background, "fit": fit, "badge": badge, "watermark": watermark}
    settings = Settings().changed(microphone=mic, delayed_microphone=delayed_mic, camera=camera, avatar=avatar, engine=engine, **canvas)
    _check_sampling(steps, seed)
    check_sound(mic, delayed_mic)
    clock, plugins = SystemClock(), installed()
    studio = Studio(settings, clock=clock, plugins=plugins, open=Opener(clock, plugins, model, steps, seed))
    server, status = ControlServer(studio), studio.status()
    try:
        studio.start()
        terminal.wait_for_start(studio)
        if camera == "auto" and isinstance(studio.error, CameraError):
            _warn(f"{studio.error}\nUntil then the avatar is shown in a browser.")
            studio.change(camera="web")
            terminal.wait_for_start(studio)
        if studio.error is None:
            if record is not None:
                studio.record(record)
            status = studio.status()
            print(f"{status.microphone} -> {status.camera}   {status.engine}   Ctrl+C ends it", file=sys.stderr)
            try:
                server.open()
            except OsaCamError as error:
                _warn(f"{error}\nThe avatar speaks all the same; osa-cam ctl finds nobody.")
            terminal.watch(studio, clock.now() + seconds if seconds else None)
    except KeyboardInterrupt:
        pass
    finally:
        server.close()
        studio.close()
    if studio.error is not None:
        raise studio.error
    if stats is not None:
        run_of = {"engine": status.engine, "microphone": status.microphone, "camera": status.camera, "fps": fps}
        figures = {**run_of, **studio.statistics.summary(), "stages_ms": studio.stages.summary()}
        _write(stats, json.dumps(figures, indent=2) + "\n")


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

    from osa_cam.hooks.registry import installed
    from osa_cam.live.clock import SystemClock
    from osa_cam.live.doctor import examine
    from osa_cam.live.plugins import checks as checks_of_plugins

    checks = []
    for check in chain(examine(mic, avatar, engine, model, SystemClock()), checks_of_plugins(installed().load())):
        checks.append(check)
        if not as_json:
            terminal.verdict(check)
    if as_json:
        print(json.dumps([asdict(check) for check in checks]))
    if any(check.verdict == "failed" for check in checks):
        raise typer.Exit(1)


@app.command()
def devices(as_json: Json = False) -> None:
    """List microphones, outputs and virtual cameras."""
    from osa_cam.audio import devices as sound
    from osa_cam.camera.virtual import FIX, loopbacks

    cameras = [{"name": label, "device": device} for device, label in loopbacks().items()]
    missing = []
    microphones: list[dict[str, Any]] = []
    outputs: list[dict[str, Any]] = []
    try:
        for there, listed in ((sound.devices(), microphones), (sound.outputs(), outputs)):
            listed += [{"name": str(found), "channels": found.channels, "sample_rate": found.sample_rate} for found in there]
    except AudioError as error:
        missing.append(str(error))
    if sys.platform == "linux" and not cameras:
        missing.append(f"There is no virtual camera on this machine. {FIX['linux']}")
    if as_json:
        print(json.dumps({"microphones": microphones, "outputs": outputs, "cameras": cameras, "missing": missing}))
        return
    for what, listed in (("microphone", microphones), ("output", outputs)):
        terminal.table(what, ("channels", "Hz"), {found["name"]: [found["channels"], found["sample_rate"]] for found in listed})
    terminal.table("virtual camera", ("device",), {found["name"]: [found["device"]] for found in cameras})
    for line in missing:
        _warn(line)


class Elsewhere(NamedTuple):
    """A command, or a group of them, that is loaded when it is called; extra: what it needs beyond a plain installation."""

    module: str
    attribute: str
    summary: str
    extra: str = ""


ELSEWHERE = {
    "bench": Elsewhere("osa_cam.live.bench_command", "bench", "Measure this machine: how long does a frame take?"),
    "avatars": Elsewhere("osa_cam.avatars.commands", "app", "List, show, make, install and remove portraits."),
    "plugins": Elsewhere("osa_cam.hooks.commands", "app", "List, disable, enable and begin plugins."),
    "soak": Elsewhere("osa_cam.live.commands", "soak_command", "Hold a talk of hours; does anything grow or drift?"),
    "sync-test": Elsewhere("osa_cam.live.commands", "sync_test", "Measure whether sound and picture are in step."),
    "ctl": Elsewhere("osa_cam.control.commands", "app", "Control the avatar that is running."),
    "app": Elsewhere("osa_cam_ui.__main__", "main", "Open the window and the tray's icon.", "app"),
    "train": Elsewhere("osa_cam.training.commands", "app", "Train the networks, stage by stage.", "train"),
    "detect": Elsewhere("osa_cam.generation.detector", "command", "Look for OSA Cam's invisible mark in a video or picture."),
    "eval": Elsewhere("osa_cam.evaluation.commands", "evaluate", "Measure a model as the paper does.", "train"),
}


def _add_elsewhere(name: str, found: Elsewhere) -> None:
    def forward(context: typer.Context) -> None:
        command = _load(name, found)
        if not isinstance(command, typer.Typer):
            body, command = command, typer.Typer(add_completion=False)
            command.command()(body)
        command(args=context.args, prog_name=f"osa-cam {name}")

    settings = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}
    app.command(name, help=found.summary, context_settings=settings)(forward)


def _load(name: str, found: Elsewhere) -> Any:
    """Raises TrainingError or ConfigError when packages are missing."""
    try:
        return getattr(import_module(found.module), found.attribute)
    except ImportError as error:
        needs = f"osa-cam {name} needs packages that are not installed ({error}): "
        kind = TrainingError if found.extra == "train" else ConfigError
        raise kind(needs + (f"pip install 'osa-cam[{found.extra}]'" if found.extra else "pip install --force-reinstall osa-cam")) from error


for _name, _found in ELSEWHERE.items():
    _add_elsewhere(_name, _found)


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


def _check_sampling(steps: int | None, seed: int) -> None:
    """Raises ConfigError."""
    from osa_cam.config import Sampling

    try:
        Sampling(steps, seed)
    except ValueError as error:
        raise ConfigError(str(error)) from error


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
