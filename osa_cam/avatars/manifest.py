"""avatar.toml: who an avatar is, who made it, who may use it, what it needs."""

from __future__ import annotations

import datetime
import json
import sys
from difflib import get_close_matches
from typing import Annotated, Any, Literal, get_args

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from osa_cam import __version__
from osa_cam.avatars import handles
from osa_cam.errors import AvatarError

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

Style = Literal["photo", "painted", "anime", "cel", "soft", "pencil", "other"]
Expression = Literal["neutral", "happy", "sad", "angry", "surprised"]
STYLES: tuple[Style, ...] = get_args(Style)
EXPRESSIONS: tuple[Expression, ...] = get_args(Expression)

JOINERS = "\u200c\u200d"  # invisible, and part of words and emoji
DEVICES = frozenset({"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))})


def _printable(text: str) -> str:
    """What could move a terminal's cursor, or turn the reading direction so that a name looks like another, is refused."""
    if not all(letter.isprintable() or letter in JOINERS for letter in text):
        raise ValueError("has letters that can't be printed: line breaks, control or direction marks")
    return text


def _file_name(text: str) -> str:
    if text in DEVICES:
        raise ValueError("is the name of a device on Windows")
    return text


Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80), AfterValidator(_printable)]
Sentence = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500), AfterValidator(_printable)]
Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]*$", max_length=40), AfterValidator(_file_name)]
Version = Annotated[str, StringConstraints(pattern=r"^(0|[1-9][0-9]{0,4})(\.(0|[1-9][0-9]{0,4})){2}$")]
Fraction = Annotated[float, Field(ge=0, le=1)]
Pixel = tuple[float, float]
Eye = tuple[float, float, float, float]


class Part(BaseModel):
    """A table of avatar.toml; unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class Consent(Part):
    """That a person agreed to be shown, or why nobody has to be asked."""

    person: Name = Field(description="who is shown")
    statement: Sentence = Field(description="what the person agreed to, or the ground on which the likeness may be used")
    date: datetime.date = Field(description="the day on which the statement was made")


class Needs(Part):
    """What has to be there for the avatar to work."""

    osa_cam: Version | None = Field(default=None, description="the oldest version of OSA Cam that shows it, as in 0.1.0")
    model: Name | None = Field(default=None, description="the model that delta.safetensors changes; needed where there is one")


class Defaults(Part):
    """How the avatar begins, until the user chooses otherwise."""

    expression: Expression | None = Field(default=None, description="the expression at rest, one of `expressions`")
    liveliness: Fraction | None = Field(default=None, description="how much it moves by itself, 0 (still) to 1")


class Handles(Part):
    """Where the face is in reference.png: (to the right, down) in pixels of the picture at 512 x 512; left is the picture's left."""

    left_eye: Eye = Field(description="left eye: centre, half its width, half its height")
    right_eye: Eye = Field(description="right eye, likewise")
    left_brow: tuple[Pixel, Pixel, Pixel] = Field(description="three points along the left brow, from left to right")
    right_brow: tuple[Pixel, Pixel, Pixel] = Field(description="three points along the right brow, from left to right")
    nose: Pixel = Field(description="tip of the nose")
    mouth: tuple[Pixel, Pixel, Pixel, Pixel, Pixel] = Field(
        description="left and right corner, and in the middle: upper lip's upper edge, lower lip's lower edge, where the lips meet"
    )
    jaw: tuple[Pixel, Pixel, Pixel, Pixel, Pixel] = Field(
        description="edge of the face from the left: below the ear, the jaw's corner, the chin, the other corner, below the other ear"
    )
    head: tuple[Pixel, Pixel, Pixel, Pixel, Pixel, Pixel, Pixel, Pixel] = Field(
        description="outline of the head with its hair, from the top clockwise in eighths of a turn"
    )

    @model_validator(mode="after")
    def _makes_a_face(self) -> Handles:
        try:
            self.points().check()
        except AvatarError as error:
            raise ValueError(str(error)) from error
        return self

    def points(self) -> handles.Handles:
        """As what moves pictures takes them."""
        return handles.Handles.from_dict(self.model_dump())


class AvatarManifest(Part):
    """avatar.toml, format 1."""

    format: Literal[1] = Field(default=1, description="version of this layout; a higher one needs a newer OSA Cam")
    id: Id = Field(description="lower-case letters, digits and hyphens; packs with the same id replace each other")
    name: Name = Field(description="shown to people")
    version: Version = Field(description="three numbers with dots between them, as in 1.0.0; a newer one replaces an older one")
    author: Name = Field(description="who made the picture")
    licence: Name = Field(description="SPDX name of the picture's licence, as in CC-BY-4.0, or 'all rights reserved'")
    style: Style = Field(description="how it is drawn")
    description: Sentence | None = Field(default=None, description="one sentence about the avatar")
    real_person: bool = Field(description="whether the picture shows somebody who lives or lived; then [consent] is needed")
    expressions: tuple[Expression, ...] = Field(default=EXPRESSIONS, min_length=1, description="the expressions that suit it")
    credits: tuple[Sentence, ...] = Field(default=(), max_length=32, description="others who have a part in it, a line each")
    consent: Consent | None = Field(default=None, description="the person's consent")
    needs: Needs = Field(default=Needs(), description="what has to be there for it to work")
    defaults: Defaults = Field(default=Defaults(), description="how it begins, until the user chooses otherwise")
    handles: Handles | None = Field(default=None, description="where the face is")

    @model_validator(mode="after")
    def _agrees(self) -> AvatarManifest:
        if self.real_person and self.consent is None:
            raise ValueError("real_person is true, so a [consent] table is needed: person, statement and date")
        if self.consent is not None and not self.real_person:
            raise ValueError("there is a [consent] table, so real_person must be true")
        if len(set(self.expressions)) < len(self.expressions):
            raise ValueError("expressions names one twice")
        if self.defaults.expression not in (None, *self.expressions):
            raise ValueError(f"defaults.expression is {self.defaults.expression!r}, which is none of its expressions")
        return self

    @property
    def version_numbers(self) -> tuple[int, ...]:
        """For comparison: 1.10.0 is newer than 1.9.0."""
        return numbers(self.version)


def numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def parse_manifest(content: bytes) -> AvatarManifest:
    """Raises AvatarError, which names the field and what belongs there."""
    try:
        table = tomllib.loads(content.decode("utf-8"))
    except RecursionError as error:
        raise AvatarError("avatar.toml: nested too deeply") from error
    except ValueError as error:  # TOMLDecodeError and UnicodeDecodeError are among them
        raise AvatarError(f"avatar.toml is not TOML in UTF-8: {error}") from error
    try:
        manifest = AvatarManifest.model_validate(table)
    except ValidationError as error:
        raise AvatarError(f"avatar.toml: {explain(error)}") from error
    needed = manifest.needs.osa_cam
    if needed and numbers(needed) > numbers(__version__):
        raise AvatarError(f"{manifest.name} needs OSA Cam {needed}, this is {__version__}: get the newer one")
    return manifest


def explain(error: ValidationError) -> str:
    """The first complaint: the field, what is wrong with it, what it should be."""
    first = error.errors()[0]
    where, place = ".".join(map(str, first["loc"])), [str(step) for step in first["loc"]]
    part, field = AvatarManifest, None
    for step in place:
        if step not in part.model_fields:
            break
        field = part.model_fields[step]
        part = next((kind for kind in (field.annotation, *get_args(field.annotation)) if _is_part(kind)), part)
    if first["type"] == "extra_forbidden":
        near = get_close_matches(place[-1], part.model_fields, 1)
        return f"{where} is no field of it" + (f": did you mean {near[0]}?" if near else "; osa-cam avatars schema lists them")
    if first["type"] == "missing":
        return f"{where} is missing: {field.description if field else 'osa-cam avatars schema tells more'}"
    message = first["msg"].removeprefix("Value error, ")
    return (f"{where}: " if where else "") + message + (f" ({field.description})" if field and field.description else "")


def _is_part(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, Part)


def to_toml(manifest: AvatarManifest) -> str:
    """The text of avatar.toml, tables last, each credit a line; what is left at its default is left out."""
    lines: list[str] = []
    tables: list[str] = []
    for key, value in {"format": manifest.format, **manifest.model_dump(exclude_defaults=True)}.items():
        if isinstance(value, dict):
            tables += ["", f"[{key}]", *(f"{name} = {_literal(item)}" for name, item in value.items())]
        else:
            lines.append(f"{key} = {_literal(value)}")
    return "\n".join([*lines, *tables]) + "\n"


def _literal(value: Any) -> str:
    if isinstance(value, list | tuple):
        items = [_literal(item) for item in value]
        whole = f"[{', '.join(items)}]"
        return whole if len(whole) < 100 else "\n    ".join(["[", *(f"{item}," for item in items)]) + "\n]"
    if isinstance(value, datetime.date):
        return value.isoformat()
    return json.dumps(value, ensure_ascii=False)  # strings, numbers and truth are written alike in both
