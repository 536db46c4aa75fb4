"""No socket but loopback: every address that Python hands to the system is looked at, in a process of its own."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

WATCHED = """
import asyncio, ipaddress, json, sys, urllib.request

addresses = []

def watch(event, arguments):
    if event in ("socket.bind", "socket.connect", "socket.sendto", "socket.sendmsg"):
        addresses.append([event, arguments[-1] if event != "socket.sendmsg" else arguments[1]])
    elif event in ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"):
        addresses.append([event, [arguments[0], 0]])

sys.addaudithook(watch)

from osa_cam.camera.web import WebCamera
from osa_cam.control.client import ask, find
from osa_cam.control.obs import Obs, ObsAddress
from osa_cam.control.server import ControlServer
from osa_cam.errors import OsaCamError
from osa_cam.live.settings import Settings
from osa_cam.live.studio import Studio

studio = Studio(Settings(microphone="silence", camera="null"))
server, camera = ControlServer(studio, port=0), WebCamera(0)
server.open()
camera.open(64, 64, 25)
ask(find(), "GET", "/v1/status")
ask(find(), "GET", "/v1/avatars")
urllib.request.urlopen(camera.url).read()

async def look():
    async with Obs(ObsAddress(1)):
        pass

try:
    asyncio.run(look())
except OsaCamError:
    pass

listening = []
for name in ("tcp", "tcp6", "udp", "udp6"):
    try:
        lines = open(f"/proc/self/net/{name}").read().splitlines()[1:]
    except OSError:
        continue
    import os
    own = {os.readlink(f"/proc/self/fd/{fd}") for fd in os.listdir("/proc/self/fd") if os.path.exists(f"/proc/self/fd/{fd}")}
    listening += [name + " " + line.split()[1] for line in lines if f"socket:[{line.split()[9]}]" in own]

camera.close()
server.close()
studio.close()
print(json.dumps({"addresses": addresses, "listening": listening}, default=repr))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="an event loop on Windows makes itself a pair of sockets")
def test_no_socket_but_loopback_is_opened() -> None:
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    finished = subprocess.run([sys.executable, "-c", WATCHED], capture_output=True, text=True, timeout=120, env=environment, check=False)
    assert finished.returncode == 0, finished.stderr
    found = json.loads(finished.stdout.splitlines()[-1])
    events = {event for event, _ in found["addresses"]}
    assert {"socket.bind", "socket.connect"} <= events, "the servers and their clients were seen"
    hosts = {address[0] for _, address in found["addresses"] if isinstance(address, list)}
    assert hosts == {"127.0.0.1"}, found["addresses"]
    if sys.platform == "linux":
        assert len(found["listening"]) >= 2
        assert all(line.split()[1].startswith("0100007F:") for line in found["listening"]), found["listening"]
