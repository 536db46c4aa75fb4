import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from osa_cam.control.obs import Microphone, Obs, ObsAddress, obs_address, proof
from osa_cam.errors import InputError, OsaCamError

from .obs_server import ObsServer


def talk(server: ObsServer, about: Callable[[Obs], Awaitable[Any]], password: str | None = None) -> Any:
    async def whole() -> Any:
        async with Obs(ObsAddress(server.port, server.password if password is None else password)) as obs:
            return await about(obs)

    return asyncio.run(whole())


@pytest.mark.parametrize("password", ["", "a secret ü"])
def test_sets_the_offset_and_reads_it_back(password: str) -> None:
    with ObsServer(password) as server:
        assert talk(server, lambda obs: obs.microphones()) == [Microphone("Mic/Aux", 0), Microphone("Second", 20)]
        assert talk(server, lambda obs: obs.delay("Second", 359.4)) == Microphone("Second", 359)
        assert server.offsets == {"Desktop Audio": 0, "Mic/Aux": 0, "Second": 359}
        assert talk(server, lambda obs: obs.delay("Mic/Aux", 1e6)).offset_ms == 20_000, "OBS takes no more"


def test_says_when_obs_holds_its_camera() -> None:
    with ObsServer() as server:
        assert talk(server, lambda obs: obs.holds_its_camera()) is False
        server.holds_camera = True
        assert talk(server, lambda obs: obs.holds_its_camera()) is True


def test_a_wrong_password_and_a_refusal_say_so() -> None:
    with ObsServer("right") as server:
        with pytest.raises(InputError, match="password"):
            talk(server, lambda obs: obs.microphones(), "wrong")
        with pytest.raises(OsaCamError, match="No source was found"):
            talk(server, lambda obs: obs.delay("nothing", 1))


def test_no_obs_says_what_to_do(unused_port: int) -> None:
    async def look() -> None:
        async with Obs(ObsAddress(unused_port)):
            pass

    with pytest.raises(OsaCamError, match="Enable WebSocket server"):
        asyncio.run(look())


def test_the_proof_is_the_one_of_the_protocol() -> None:
    """The example of the protocol's own page."""
    salt, challenge = "lM1GncleQOaCu9lT1yeUZhFYnqhsLLP1G5lAGo3ixaI=", "+IxH4CnCiqpX1rM9scsNynZzbOe4KhDeYcTNS3PDaeY="
    assert proof("supersecretpassword", salt, challenge) == "1Ct943GAT+6YQUUX47Ia/ncufilbe6+oD6lY+5kaCu4="


def test_finds_port_and_password_in_the_settings_of_obs(tmp_path: Path) -> None:
    assert obs_address(tmp_path) == ObsAddress(4455, "")
    (tmp_path / "global.ini").write_text("﻿[General]\na=1\n[OBSWebSocket]\nServerPort=4460\nServerPassword=100%;#x\n", "utf-8")
    assert obs_address(tmp_path) == ObsAddress(4460, "100%;#x")
    newer = tmp_path / "plugin_config" / "obs-websocket" / "config.json"
    newer.parent.mkdir(parents=True)
    newer.write_text(json.dumps({"server_port": 4470, "server_password": "newer"}))
    assert obs_address(tmp_path) == ObsAddress(4470, "newer")
    newer.write_text("no JSON")
    (tmp_path / "global.ini").write_bytes(b"\xff\xfe broken")
    assert obs_address(tmp_path) == ObsAddress(4455, "")
