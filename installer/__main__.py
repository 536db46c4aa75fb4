"""`python -m installer COMMAND`, from the root of the repository."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from installer import freeze as freezing
from installer.freeze import BUILD, FROZEN, ROOT

app = typer.Typer(help="Freeze the program, pack it, try the package, release.", no_args_is_help=True, add_completion=False)

DIST = ROOT / "dist"
Out = Annotated[Path, typer.Option(help="The folder to write to.")]
Shot = Annotated[Path, typer.Option(help="Where the window's picture goes.")]


@app.command()
def freeze(
    python: Annotated[
        Path | None, typer.Option(help="An interpreter whose environment is frozen as it is.", show_default="a new one")
    ] = None,
) -> None:
    """Make the frozen program in build/installer/frozen."""
    freezing.freeze(python or freezing.environment(BUILD / "venv"))


@app.command()
def sizes() -> None:
    """Say what each part of the frozen program takes."""
    for name, size in freezing.sizes(FROZEN).items():
        typer.echo(f"{size / 1e6:8.1f} MB  {name}")
    typer.echo(f"{freezing.size(FROZEN) / 1e6:8.1f} MB  in all")


@app.command()
def smoke(screenshot: Shot = BUILD / "window.png") -> None:
    """Start the frozen program as it lies in build/: render, plugins, doctor, window."""
    import tempfile

    from installer.smoke import Installed
    from installer.smoke import smoke as tried

    with tempfile.TemporaryDirectory() as home:
        typer.echo(json.dumps(tried(Installed(str(FROZEN / "osa-cam"), home=home), screenshot)))


@app.command()
def deb(out: Out = DIST) -> None:
    """Pack the frozen program for Debian and Ubuntu."""
    from installer.linux.deb import build

    typer.echo(build(_frozen(), out))


@app.command()
def trial(package: Path, screenshot: Shot = BUILD / "window-debian.png") -> None:
    """Install a .deb into a bare Debian, use it, purge it; as root."""
    from installer.linux.trial import trial as tried

    typer.echo(json.dumps(tried(package, screenshot)))


@app.command()
def archive(out: Out = DIST) -> None:
    """Pack the frozen program for other distributions, to unpack anywhere."""
    from installer.linux.portable import archive as packed

    typer.echo(packed(_frozen(), out))


@app.command()
def appimage(
    runtime: Annotated[Path, typer.Option(help="The type-2 runtime that the AppImage project publishes for this machine.")], out: Out = DIST
) -> None:
    """Pack the frozen program as one file that runs on most distributions."""
    from installer.linux.portable import app_image

    typer.echo(app_image(_frozen(), out, runtime))


@app.command()
def setup(out: Out = DIST) -> None:
    """Pack the frozen program as a setup program; on Windows."""
    from installer.windows.setup import build

    typer.echo(build(_frozen(), out))


@app.command()
def dmg(
    identity: Annotated[str, typer.Option(help="Of a Developer ID in the keychain.", show_default="for this Mac alone")] = "-",
    out: Out = DIST,
) -> None:
    """Sign the app bundle and pack it as a disk image; on macOS."""
    from installer.macos.dmg import build

    _frozen()
    typer.echo(build(out, identity))


@app.command()
def release(tag: Annotated[bool, typer.Option("--tag", help="Set the tag once everything is built.")] = False, out: Out = DIST) -> None:
    """Check that this commit can be released, then build wheel, sdist, .deb and archive with their checksums."""
    from installer.release import release as made

    for path in made(out, tag):
        typer.echo(path)


def _frozen() -> Path:
    if not FROZEN.is_dir():
        raise typer.BadParameter("nothing is frozen yet: python -m installer freeze")
    return FROZEN


if __name__ == "__main__":
    app()
