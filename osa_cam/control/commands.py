"""`osa-cam ctl`: the control interface's client, for hotkey tools, Stream Decks and scripts."""

from __future__ import annotations

import asyncio
import json
from typing import Annotated, Any

import typer
from rich.console import Console

from osa_cam.control.client import ask, find
from osa_cam.errors import InputError, OsaCamError
from osa_cam.media import FPS

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Control the avatar that is running.")
obs_app = typer.Typer(no_args_is_help=True, help="OBS Studio: bring its microphone in step with the picture.")
app.add_typer(obs_app, name="obs")

Json = Annotated[bool, typer.Option("--json", help="Print the answer as JSON.")]
Password = Annotated[
    str | None,
    typer.Option(envvar="OSA_CAM_OBS_PASSWORD", help="Of OBS's WebSocket server.", show_default="what OBS's settings say"),
]
Port = Annotated[int | None, typer.Option(help="Of OBS's WebSocket server.", show_default="what OBS's settings say")]


@app.command()
def status(as_json: Json = False, follow: Annotated[bool, typer.Option(help="Go on until Ctrl+C.")] = False) -> None:
    """What is going on."""
    if follow:
        asyncio.run(_follow(as_json))
        return
    _say_status(ask(find(), "GET", "/v1/status"), as_json)


@app.command()
def start() -> None:
    """Start the camera."""
    _say_status(ask(find(), "POST", "/v1/start"), False)


@app.command()
def stop() -> None:
    """Stop the camera."""
    _say_status(ask(find(), "POST", "/v1/stop"), False)


@app.command()
def mute() -> None:
    """Silence: the mouth closes, the face stays alive."""
    _say_status(ask(find(), "POST", "/v1/mute", {"muted": True}), False)


@app.command()
def unmute() -> None:
    """Be heard again."""
    _say_status(ask(find(), "POST", "/v1/mute", {"muted": False}), False)


@app.command("toggle-mute")
def toggle_mute() -> None:
    """Mute, or be heard again: for one key."""
    _say_status(ask(find(), "POST", "/v1/mute"), False)


@app.command("set")
def change(values: Annotated[list[str], typer.Argument(metavar="NAME=VALUE...")]) -> None:
    """Change settings: avatar=aiko expression=happy liveliness=0.8 background=blur badge=true camera=web fps=25 ..."""
    _say(ask(find(), "PATCH", "/v1/settings", dict(map(_pair, values))))


@app.command()
def settings() -> None:
    """All settings."""
    _say(ask(find(), "GET", "/v1/settings"))


@app.command()
def record() -> None:
    """Record into a new file in your videos; prints its name."""
    typer.echo(ask(find(), "POST", "/v1/record")["path"])


@app.command("stop-recording")
def stop_recording() -> None:
    """End the recording; prints the file's name."""
    typer.echo(ask(find(), "POST", "/v1/stop-recording")["path"])


@app.command()
def snapshot() -> None:
    """Write a picture, transparency kept, into your pictures; prints its name."""
    typer.echo(ask(find(), "POST", "/v1/snapshot")["path"])


@app.command()
def avatars(as_json: Json = False) -> None:
    """The avatars there are."""
    found = ask(find(), "GET", "/v1/avatars")
    if as_json:
        _say(found)
        return
    for avatar in found:
        typer.echo(f"{avatar['id']:<20} {avatar['name']}")


@app.command()
def devices() -> None:
    """Microphones and virtual cameras."""
    _say(ask(find(), "GET", "/v1/devices"))


@app.command()
def access(as_json: Json = False) -> None:
    """The address and the token that another program needs, and the addresses for a browser source."""
    found = find()
    if as_json:
        _say({"url": found.url, "token": found.token})
        return
    typer.echo(f"control         {found.url}v1/")
    typer.echo(f"token           {found.token}")
    typer.echo(f"browser source  {found.url}portrait/?transparent")
    typer.echo(f"whole picture   {found.url}camera/")
    typer.echo(f"MJPEG           {found.url}camera/stream.mjpg")


@app.command()
def openapi() -> None:
    """Print the OpenAPI document of the control interface."""
    from osa_cam import __version__
    from osa_cam.control.openapi import openapi as document

    _say(document(__version__))


@obs_app.command("status")
def obs_status(password: Password = None, port: Port = None) -> None:
    """Is OBS there, which microphones has it, and does it hold its own virtual camera?"""
    from osa_cam.control.obs import Obs

    async def look() -> None:
        async with Obs(_address(password, port)) as obs:
            typer.echo(f"OBS {(await obs.ask('GetVersion'))['obsVersion']}")
            for found in await obs.microphones():
                typer.echo(f"{found.name}: delayed by {found.offset_ms} ms")
            if await obs.holds_its_camera():
                _warn(VIRTUAL_CAMERA)

    asyncio.run(look())


@obs_app.command("sync")
def obs_sync(
    microphone: Annotated[str | None, typer.Option(help="OBS's name for it.", show_default="the first")] = None,
    password: Password = None,
    port: Port = None,
) -> None:
    """Delay OBS's microphone by as much as the picture is later than the sound, measured now."""
    from osa_cam.control.obs import Obs

    latency_ms = ask(find(), "GET", "/v1/status")["latency_ms"]
    if not latency_ms:
        raise OsaCamError("how late the picture is has not been measured yet: start the camera and speak some words first")

    async def delay() -> None:
        async with Obs(_address(password, port)) as obs:
            names = [found.name for found in await obs.microphones()]
            if not names:
                raise OsaCamError("OBS has no microphone: add one in its settings under Audio, or as the source Audio Input Capture")
            if microphone is not None and microphone not in names:
                raise InputError(f"OBS has no microphone called {microphone!r}; there is {', '.join(names)}")
            # A frame stands while its own sound is heard, from its beginning: a frame before its end, which is what is measured.
            found = await obs.delay(microphone or names[0], latency_ms + 1000 / FPS)
            typer.echo(f"{found.name}: delayed by {found.offset_ms} ms, as much as the picture")
            if await obs.holds_its_camera():
                _warn(VIRTUAL_CAMERA)

    asyncio.run(delay())


VIRTUAL_CAMERA = (
    "OBS's own virtual camera runs. On Windows and macOS it is the one that OSA Cam writes to: stop it in OBS (Controls, Stop Virtual "
    "Camera), or show the avatar inside OBS with the browser source that osa-cam ctl access names."
)


async def _follow(as_json: bool) -> None:
    import aiohttp

    found = find()
    headers = {"Authorization": f"Bearer {found.token}"}
    try:
        async with aiohttp.ClientSession(headers=headers) as client, client.ws_connect(f"{found.url}v1/events") as socket:
            async for message in socket:
                _say_status(json.loads(message.data), as_json)
    except aiohttp.ClientError as error:
        raise OsaCamError(f"OSA Cam does not answer on {found.url}: start it with osa-cam app or osa-cam run") from error


def _address(password: str | None, port: int | None) -> Any:
    from osa_cam.control.obs import ObsAddress, obs_address, obs_folder

    known = obs_address(obs_folder())
    return ObsAddress(port or known.port, known.password if password is None else password)


def _pair(text: str) -> tuple[str, Any]:
    """`fps=25` -> ("fps", 25): what is no JSON is text."""
    name, equals, value = text.partition("=")
    if not equals:
        raise InputError(f"{text!r}: write it as NAME=VALUE, for example expression=happy")
    try:
        return name, json.loads(value)
    except ValueError:
        return name, value


def _say(answer: Any) -> None:
    typer.echo(json.dumps(answer, indent=2, ensure_ascii=False))


def _say_status(now: dict[str, Any], as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(now, ensure_ascii=False))
        return
    said = [now["state"], now["message"], now["avatar"], now["expression"]]
    if now["latency_ms"]:
        said.append(f"{now['latency_ms']:.0f} ms from the sound to the picture")
    typer.echo(", ".join(str(part) for part in said if part))


def _warn(text: str) -> None:
    Console(stderr=True).print(f"osa-cam: {text}", soft_wrap=True, highlight=False)
