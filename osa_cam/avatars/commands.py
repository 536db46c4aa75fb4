"""`osa-cam avatars ...`"""

from __future__ import annotations

import datetime
import json
import shlex
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from pydantic import ValidationError
from rich.console import Console
from rich.table import Table
from rich.text import Text

from osa_cam.avatars import library
from osa_cam.avatars.library import Found, find, packs
from osa_cam.avatars.manifest import STYLES, AvatarManifest, Consent, explain
from osa_cam.avatars.pack import REFERENCE, SUFFIX, THUMBNAIL, Pack, pack_bytes, read_manifest, read_pack, write_whole
from osa_cam.errors import AvatarError

if TYPE_CHECKING:
    from osa_cam.avatars.keys import Standing

app = typer.Typer(help="List, show, make, install and remove portraits.", no_args_is_help=True, add_completion=False)

Json = Annotated[bool, typer.Option("--json", help="Print one line of JSON instead.")]
PackPath = Annotated[Path, typer.Argument(metavar="PACK", help=f"An {SUFFIX} file, or the folder of a pack.")]
Name = Annotated[str, typer.Argument(metavar="AVATAR", help="An avatar's id, or a pack.")]
Out = Annotated[Path, typer.Option("--out", "-o", help=f"The {SUFFIX} file to write.")]
Sign = Annotated[bool, typer.Option("--sign", help="Sign it with your own key.")]


@app.command("list")
def list_all(as_json: Json = False) -> None:
    """List the built-in and the installed avatars."""
    rows = [_row(found) for found in packs().values()]
    if as_json:
        typer.echo(json.dumps(rows))
        return
    table = Table("avatar", "name", "version", "style", "licence", "from")
    for row in rows:
        if "problem" in row:
            table.add_row(row["id"], Text(f"can't be read: osa-cam avatars validate {row['path']}", "red"), *[""] * 3, row["from"])
        else:
            table.add_row(*(Text(str(row[key])) for key in ("id", "name", "version", "style", "licence", "from")))
    Console().print(table)


def _row(found: Found) -> dict[str, Any]:
    where = {"from": found.kind, "path": str(found.path)}
    try:
        return {**read_manifest(found.path).model_dump(mode="json"), "id": found.id, **where}
    except AvatarError as error:
        return {"id": found.id, **where, "problem": str(error)}


@app.command()
def show(name: Name, as_json: Json = False) -> None:
    """Show all that a pack says of itself."""
    from osa_cam.avatars.keys import standing

    found = find(name)
    pack = _read(found)
    stands = standing(pack)
    if as_json:
        signed = pack.signature.public_key if pack.signature else None
        sizes = {file: len(content) for file, content in pack.files.items()}
        about = {"from": found.kind, "path": str(found.path), "files": sizes, "author_is": stands, "public_key": signed}
        typer.echo(json.dumps({**pack.manifest.model_dump(mode="json"), **about}))
        return
    _print_pack(pack, stands, found)


def _print_pack(pack: Pack, stands: Standing, found: Found) -> None:
    manifest = pack.manifest
    rows = {
        "name": f"{manifest.name} ({manifest.id} {manifest.version})",
        "description": manifest.description,
        "author": manifest.author if found.kind == "built-in" else f"{manifest.author} ({_tells(pack, stands)})",
        "licence": manifest.licence,
        "style": manifest.style,
        "real person": _consent(manifest.consent),
        "expressions": ", ".join(manifest.expressions),
        "credits": "\n".join(manifest.credits),
        "needs": ", ".join(f"{key} {value}" for key, value in manifest.needs.model_dump(exclude_none=True).items()),
        "begins": ", ".join(f"{key} {value}" for key, value in manifest.defaults.model_dump(exclude_none=True).items()),
        "files": ", ".join(f"{name} {len(content) / 1000:.1f} kB" for name, content in pack.files.items()),
        "from": f"{found.kind}: {found.path}",
    }
    table = Table.grid(padding=(0, 2))
    for title, value in rows.items():
        if value:
            table.add_row(Text(title, "bold"), Text(value))
    Console().print(table)


def _tells(pack: Pack, stands: Standing) -> str:
    key = pack.signature.public_key if pack.signature else ""
    return {
        "unsigned": "not signed: anybody could have written this name",
        "unknown key": f"not verified; signed with the key {key}, which you don't trust yet",
        "another's key": f"not verified: signed with the key {key}, which you know under another name",
        "verified": "verified",
    }[stands]


def _consent(consent: Consent | None) -> str:
    return f"{consent.person}, {consent.date}: {consent.statement}" if consent else "no"


@app.command()
def validate(pack: PackPath, as_json: Json = False) -> None:
    """Check a pack, and say what is wrong with it; ends with 2 when something is."""
    try:
        found = read_pack(pack)
    except AvatarError as error:
        if not as_json:
            raise
        typer.echo(json.dumps({"valid": False, "problem": str(error)}))
        raise typer.Exit(error.exit_code) from error
    if as_json:
        typer.echo(json.dumps({"valid": True, "id": found.manifest.id, "version": found.manifest.version}))
    else:
        typer.echo(f"{pack} is a pack: {found.manifest.name} ({found.manifest.id} {found.manifest.version})")


@app.command()
def install(
    pack: PackPath, force: Annotated[bool, typer.Option("--force", help="Replace whatever has the same id.")] = False, as_json: Json = False
) -> None:
    """Install a pack, or the newer version of one."""
    from osa_cam.avatars.keys import standing

    found = read_pack(pack)
    path = library.install(found, force)
    manifest = found.manifest
    if as_json:
        typer.echo(json.dumps({"id": manifest.id, "version": manifest.version, "path": str(path), "author_is": standing(found)}))
        return
    typer.echo(f"{manifest.name} {manifest.version} by {manifest.author} ({_tells(found, standing(found))})")
    typer.echo(f"next: osa-cam run --avatar {manifest.id}")


@app.command()
def remove(name: Annotated[str, typer.Argument(metavar="AVATAR", help="An installed avatar's id.")]) -> None:
    """Remove an installed avatar."""
    typer.echo(f"removed {library.remove(name)}")


@app.command()
def export(name: Name, out: Out, signed: Sign = False) -> None:
    """Write an avatar, or the folder of a pack, as one file to give away."""
    _write(out, _read(find(name)), signed)


@app.command()
def thumbnail(folders: Annotated[list[Path], typer.Argument(metavar="FOLDER...", help="Folders of packs.")]) -> None:
    """Draw thumbnail.png from reference.png in the folder of a pack."""
    from osa_cam.avatars.picture import png_bytes, read_rgba

    for folder in folders:
        write_whole(folder / THUMBNAIL, png_bytes(library.draw_thumbnail(read_rgba(folder / REFERENCE))))
        typer.echo(str(folder / THUMBNAIL))


@app.command()
def create(
    picture: Annotated[Path, typer.Argument(help="A PNG, JPEG or WebP: a face seen from in front.")],
    out: Out,
    name: Annotated[str | None, typer.Option(help="Shown to people.", show_default="asked for")] = None,
    author: Annotated[str | None, typer.Option(help="Who made the picture.", show_default="asked for")] = None,
    licence: Annotated[str | None, typer.Option(help="Its licence, as in CC-BY-4.0.", show_default="asked for")] = None,
    style: Annotated[str | None, typer.Option(help=f"One of {', '.join(STYLES)}.", show_default="asked for")] = None,
    person: Annotated[str | None, typer.Option(help="The real person it shows.")] = None,
    consent: Annotated[str | None, typer.Option(help="What that person agreed to.")] = None,
    nobody: Annotated[bool, typer.Option("--nobody", help="It shows no real person, though it looks like a photo.")] = False,
    face: Annotated[
        str | None,
        typer.Option(
            metavar="N|X,Y,SIZE",
            help="Which of several faces; or its middle and its height from hairline to chin, in pixels.",
            show_default="the only one",
        ),
    ] = None,
    without_background: Annotated[bool, typer.Option("--cut-out", help="Make the background transparent.")] = False,
    identifier: Annotated[str | None, typer.Option("--id", help="What commands call it.", show_default="made of the name")] = None,
    version: Annotated[str, typer.Option(help="Three numbers with dots between them.")] = "1.0.0",
    description: Annotated[str | None, typer.Option(help="One sentence about it.")] = None,
    signed: Sign = False,
) -> None:
    """Make a pack of a picture."""
    from osa_cam.avatars.create import id_of, make_pack
    from osa_cam.avatars.face import handles_in
    from osa_cam.avatars.framing import parse_face, portrait

    reference = portrait(picture, None if face is None else parse_face(face), without_background)  # first: who types wants to know early
    handles = handles_in(reference)
    name = name or _ask("name", "The avatar's name")
    author = author or _ask("author", "Who made the picture")
    licence = licence or _ask("licence", "The picture's licence (as in CC-BY-4.0, or: all rights reserved)")
    style = style or _ask("style", f"How it is drawn ({', '.join(STYLES)})", STYLES)
    agreed = _ask_consent(style, person, consent, nobody)
    try:
        manifest = AvatarManifest.model_validate(
            {
                "id": identifier or id_of(name),
                "name": name,
                "version": version,
                "author": author,
                "licence": licence,
                "style": style,
                "description": description,
                "real_person": agreed is not None,
                "consent": agreed,
                "handles": None if handles is None else handles.to_dict(),
            }
        )
    except ValidationError as error:
        raise AvatarError(explain(error)) from error
    _write(out, make_pack(reference, manifest), signed)
    typer.echo(f"next: osa-cam avatars install {shlex.quote(str(out))}")


def _somebody_answers() -> bool:
    return sys.stdin.isatty()


def _ask(option: str, question: str, choices: tuple[str, ...] = ()) -> str:
    """Again until the answer is one of the choices, where there are any."""
    if not _somebody_answers():
        raise AvatarError(f"--{option} is missing: {question[0].lower()}{question[1:]}")
    answer = str(typer.prompt(question))
    while choices and answer not in choices:
        answer = str(typer.prompt(question))
    return answer


def _ask_consent(style: str, person: str | None, consent: str | None, nobody: bool) -> dict[str, Any] | None:
    """The [consent] table, or None for a picture that shows nobody."""
    if nobody:
        if person or consent:
            raise AvatarError("--nobody says that no real person is shown, --person and --consent that one is: leave one of them away")
        return None
    if not person and not consent:
        if _somebody_answers():
            if not typer.confirm("Does the picture show a real person?", default=style == "photo"):
                return None
        elif style == "photo":
            raise AvatarError(
                "whom does the photo show, and did they agree? Give --person NAME and --consent TEXT, or --nobody if it shows nobody real"
            )
        else:
            return None
    person = person or _ask("person", "Who is shown")
    consent = consent or _ask("consent", f"What {person} agreed to, or why nobody has to be asked")
    return {"person": person, "statement": consent, "date": datetime.date.today()}


@app.command()
def keygen(
    author: Annotated[str, typer.Option(help="Your name as it stands in your packs.")],
    passphrase: Annotated[bool, typer.Option("--passphrase", help="Ask for one, which signing will then ask for.")] = False,
) -> None:
    """Make the key that signs your packs."""
    from osa_cam.avatars.keys import make_key, own_key_path

    public = make_key(author, str(typer.prompt("Passphrase", hide_input=True, confirmation_prompt=True)) if passphrase else "")
    typer.echo(f"{own_key_path()} is your key: keep a copy, and give it to nobody")
    typer.echo(f"tell people this, where they know you: {public}")


@app.command()
def trust(
    public_key: Annotated[str, typer.Argument(help="As the author tells it on a page of theirs.")],
    author: Annotated[str, typer.Option(help="The author's name as it stands in the packs.")],
) -> None:
    """Take packs signed with a key for an author's own."""
    from osa_cam.avatars.keys import trust as remember

    remember(public_key, author)
    typer.echo(f"packs by {author} signed with this key are shown as verified")


@app.command()
def schema() -> None:
    """Print the JSON Schema of avatar.toml."""
    typer.echo(json.dumps(AvatarManifest.model_json_schema(), indent=2))


def _read(found: Found) -> Pack:
    if found.kind == "picture":
        raise AvatarError(f"{found.path} is a picture, no pack: osa-cam avatars create makes one of it")
    return read_pack(found.path)


def _write(out: Path, pack: Pack, signed: bool) -> None:
    if out.suffix.lower() != SUFFIX:
        raise AvatarError(f"--out {out}: call it {out.with_suffix(SUFFIX).name}")
    if not out.parent.is_dir():
        raise AvatarError(f"--out {out}: {out.parent} is no folder")
    if signed:
        from osa_cam.avatars.keys import load_key, standing
        from osa_cam.avatars.signature import sign

        key = load_key(lambda: str(typer.prompt("Passphrase of your key", hide_input=True)))
        pack = replace(pack, signature=sign(pack.files, key))
        typer.echo(f"{pack.manifest.author} ({_tells(pack, standing(pack))})")
    content = pack_bytes(pack)
    write_whole(out, content)
    typer.echo(f"{out}: {pack.manifest.name} ({pack.manifest.id} {pack.manifest.version}), {len(content) / 1000:.0f} kB")
