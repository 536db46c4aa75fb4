"""The user's own signing key, and the keys of authors whom the user trusts; both lie beside the installed packs."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import platformdirs

from osa_cam.avatars.pack import Pack, write_whole
from osa_cam.avatars.signature import public_text
from osa_cam.errors import AvatarError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

Standing = Literal["unsigned", "unknown key", "another's key", "verified"]


def own_key_path() -> Path:
    return _folder() / "own.pem"


def make_key(author: str, passphrase: str) -> str:
    """Makes the user's key, trusts it under the author's name, gives its public half. An empty passphrase leaves it open on the disk.

    Raises AvatarError when there is one: packs signed with it could never be replaced by new versions.
    """
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    if own_key_path().exists():
        raise AvatarError(f"{own_key_path()} is there already: sign with it, or move it away to begin with a new one")
    key = Ed25519PrivateKey.generate()
    lock = serialization.BestAvailableEncryption(passphrase.encode()) if passphrase else serialization.NoEncryption()
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, lock)
    trust(public_text(key), author)
    write_whole(own_key_path(), pem, mode=0o600)
    return public_text(key)


def load_key(ask_passphrase: Callable[[], str]) -> Ed25519PrivateKey:
    """The user's own; the passphrase is asked for only when the key has one. Raises AvatarError."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    path = own_key_path()
    try:
        pem = path.read_bytes()
    except OSError as error:
        raise AvatarError(f"there is no key to sign with at {path}: osa-cam avatars keygen makes one") from error
    try:
        passphrase = ask_passphrase().encode() if b"ENCRYPTED" in pem else None
        key = load_pem_private_key(pem, passphrase)
    except ValueError as error:
        raise AvatarError(f"{path} can't be opened: the passphrase is wrong or the file damaged") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise AvatarError(f"{path} is no ed25519 key: osa-cam avatars keygen makes one, after this one is moved away")
    return key


def trusted() -> dict[str, str]:
    """Public key -> author. Raises AvatarError when the file can't be read."""
    path = _folder() / "trusted.json"
    try:
        table = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise AvatarError(f"{path} can't be read: {error}; mend it or delete it") from error
    if not isinstance(table, dict) or not all(isinstance(author, str) for author in table.values()):
        raise AvatarError(f"{path} is no table of keys and authors: mend it or delete it")
    return table


def trust(public_key: str, author: str) -> None:
    """From now on packs with this key and this author's name count as verified. Raises AvatarError."""
    try:
        right = len(base64.b64decode(public_key, validate=True)) == 32
    except ValueError:
        right = False
    if not right:
        raise AvatarError(f"{public_key!r} is no public key: it has 44 letters and ends in =; osa-cam avatars show PACK prints a pack's")
    table = {**trusted(), public_key: author}
    write_whole(_folder() / "trusted.json", json.dumps(table, ensure_ascii=False, indent=1).encode())


def standing(pack: Pack) -> Standing:
    """What a pack's signature says of its author. Raises AvatarError when the trusted keys can't be read."""
    if pack.signature is None:
        return "unsigned"
    author = trusted().get(pack.signature.public_key)
    if author is None:
        return "unknown key"
    return "verified" if author == pack.manifest.author else "another's key"


def _folder() -> Path:
    return platformdirs.user_data_path("osa-cam", appauthor=False) / "keys"
