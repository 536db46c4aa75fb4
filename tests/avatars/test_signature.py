import base64
import json
import os
import stat
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from osa_cam.avatars import keys, library
from osa_cam.avatars.pack import Pack, check_pack, pack_bytes, read_pack
from osa_cam.avatars.signature import check_signature, public_text, sign, signed_message
from osa_cam.errors import AvatarError
from tests.avatars.samples import a_pack, a_whole_pack, zipped

# RFC 8032, section 7.1, test 2: a key, its public half, and its signature over the byte 0x72.
SECRET = bytes.fromhex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb")
PUBLIC = bytes.fromhex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")
OVER_72 = "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"


@pytest.fixture
def key() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(SECRET)


def signed(pack: Pack, key: Ed25519PrivateKey) -> Pack:
    return replace(pack, signature=sign(pack.files, key))


def test_the_scheme_is_the_one_of_the_rfc(key: Ed25519PrivateKey) -> None:
    assert base64.b64decode(public_text(key)) == PUBLIC
    assert key.sign(b"\x72").hex() == OVER_72


def test_what_is_signed_names_every_file() -> None:
    assert signed_message({"b": b"", "a": b"abc"}).decode().splitlines() == [
        "OSA Cam avatar pack 1",
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad a",
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855 b",
    ]


def test_any_change_after_signing_is_noticed(key: Ed25519PrivateKey, tmp_path: Path) -> None:
    pack = signed(a_whole_pack(), key)
    assert pack.signature is not None
    signature = pack.signature.model_dump_json().encode()
    assert check_signature(signature, pack.files) == pack.signature
    without = {name: content for name, content in pack.files.items() if name != "delta.safetensors"}
    renamed = {**pack.files, "avatar.toml": pack.files["avatar.toml"].replace(b"Mira", b"Myra")}
    other_picture = {**pack.files, "reference.png": a_pack().files["thumbnail.png"]}
    for files in (without, renamed, other_picture):
        with pytest.raises(AvatarError, match="changed after it was signed"):
            check_signature(signature, files)
    path = tmp_path / "x.osavatar"
    path.write_bytes(zipped([*renamed.items(), ("signature.json", signature)]))
    with pytest.raises(AvatarError, match=r"x\.osavatar: it was changed after it was signed"):
        read_pack(path)


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"algorithm": "rsa"}, "algorithm"),
        ({"public_key": "short"}, "public_key"),
        ({"signature": "A" * 86 + "=="}, "changed after"),
        ({"public_key": "A" * 43 + "="}, "changed after"),
        ({"note": "x"}, "note"),
    ],
)
def test_signatures_that_are_none(key: Ed25519PrivateKey, changed: dict[str, str], says: str) -> None:
    pack = a_pack()
    files = {**pack.files, "signature.json": json.dumps({**sign(pack.files, key).model_dump(), **changed}).encode()}
    with pytest.raises(AvatarError, match=says):
        check_pack(files)
    with pytest.raises(AvatarError, match=r"signature\.json"):
        check_pack({**pack.files, "signature.json": b"\xff"})


def test_an_author_is_verified_once_the_key_is_trusted(key: Ed25519PrivateKey) -> None:
    pack = a_pack()
    assert keys.standing(pack) == "unsigned"
    pack = signed(pack, key)
    assert keys.standing(pack) == "unknown key"
    keys.trust(public_text(key), "Somebody Else")
    assert keys.standing(pack) == "another's key"
    keys.trust(public_text(key), "Zoë Ito")
    assert keys.standing(pack) == "verified"


@pytest.mark.parametrize("passphrase", ["", "correct horse"])
def test_the_own_key_signs_and_is_trusted(passphrase: str) -> None:
    public = keys.make_key("Zoë Ito", passphrase)
    path = keys.own_key_path()
    if sys.platform != "win32":
        assert stat.S_IMODE(os.stat(path).st_mode) == 0o600
    assert (b"ENCRYPTED" in path.read_bytes()) == bool(passphrase)
    loaded = keys.load_key(lambda: passphrase)
    assert public_text(loaded) == public
    assert keys.standing(signed(a_pack(), loaded)) == "verified"
    with pytest.raises(AvatarError, match="there already"):
        keys.make_key("Zoë Ito", passphrase)
    assert public_text(keys.load_key(lambda: passphrase)) == public


def test_keys_that_can_not_be_used() -> None:
    with pytest.raises(AvatarError, match="keygen makes one"):
        keys.load_key(str)
    keys.make_key("Zoë Ito", "right")
    with pytest.raises(AvatarError, match="passphrase is wrong"):
        keys.load_key(lambda: "wrong")
    keys.own_key_path().write_bytes(b"lost")
    with pytest.raises(AvatarError, match="can't be opened"):
        keys.load_key(str)
    for wrong in ("", "x", "A" * 44, "A" * 42 + "=="):
        with pytest.raises(AvatarError, match="no public key"):
            keys.trust(wrong, "Zoë Ito")
    (keys.own_key_path().parent / "trusted.json").write_text("[")
    with pytest.raises(AvatarError, match=r"trusted\.json"):
        keys.standing(signed(a_pack(), Ed25519PrivateKey.generate()))


def test_nobody_takes_a_signed_packs_place(key: Ed25519PrivateKey) -> None:
    library.install(signed(a_pack(), key))
    library.install(signed(a_pack(version="1.1.0"), key))
    for stranger in (a_pack(version="9.0.0"), signed(a_pack(version="9.0.0"), Ed25519PrivateKey.generate())):
        with pytest.raises(AvatarError, match="signed with a key that this pack isn't signed with"):
            library.install(stranger)
    assert library.manifests()["mira"].version == "1.1.0"
    library.install(a_pack(version="9.0.0"), force=True)
    library.install(signed(a_pack(version="9.0.1"), key))
    assert pack_bytes(read_pack(library.user_folder() / "mira.osavatar")) == pack_bytes(signed(a_pack(version="9.0.1"), key))
