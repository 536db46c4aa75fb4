"""Who signed a pack, and that nobody changed it since. Ed25519 (RFC 8032) through `cryptography`, which is loaded only where it is used."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from osa_cam.errors import AvatarError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

PURPOSE = "OSA Cam avatar pack 1"  # so that a signature made for something else is worth nothing here


class Signature(BaseModel):
    """signature.json; unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    algorithm: Literal["ed25519"] = Field(default="ed25519", description="how it is signed")
    public_key: str = Field(pattern=r"^[A-Za-z0-9+/]{43}=$", description="32 bytes in base64")
    signature: str = Field(pattern=r"^[A-Za-z0-9+/]{86}==$", description="64 bytes in base64, over what `signed_message` gives")


def signed_message(files: Mapping[str, bytes]) -> bytes:
    """The purpose, then a line for each file, sorted by name: SHA-256 in hexadecimal, a space, the name."""
    lines = [f"{hashlib.sha256(content).hexdigest()} {name}" for name, content in sorted(files.items())]
    return "\n".join([PURPOSE, *lines, ""]).encode("ascii")


def sign(files: Mapping[str, bytes], key: Ed25519PrivateKey) -> Signature:
    """files: all of the pack but signature.json."""
    return Signature(public_key=public_text(key), signature=base64.b64encode(key.sign(signed_message(files))).decode("ascii"))


def public_text(key: Ed25519PrivateKey) -> str:
    """The key that others check with, 44 letters of base64."""
    return base64.b64encode(key.public_key().public_bytes_raw()).decode("ascii")


def check_signature(content: bytes, files: Mapping[str, bytes]) -> Signature:
    """Raises AvatarError when it doesn't fit the files."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        found = Signature.model_validate_json(content)
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(found.public_key))
        key.verify(base64.b64decode(found.signature), signed_message(files))
    except InvalidSignature:
        raise AvatarError("it was changed after it was signed: get it anew from its author") from None
    except ValidationError as error:
        first = error.errors()[0]
        raise AvatarError(f"signature.json: {'.'.join(map(str, first['loc'])) or 'the file'}: {first['msg']}") from error
    except ValueError as error:
        raise AvatarError(f"signature.json: {error}") from error
    return found
