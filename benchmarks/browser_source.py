"""What a picture with transparency costs on its way into a browser: `python -m benchmarks.browser_source` (needs Chromium, Linux).

For each encoding the CPU time a picture costs here and in all of Chromium's processes, the time the page's script takes, and the bytes.
Each is tried in turn, `--rounds` times; the medians are printed, one JSON line last.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import struct
import time
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
from aiohttp import web
from numpy.typing import NDArray

from osa_cam.avatars.library import load_avatar
from osa_cam.camera.web import straight
from tests.chromium import Chromium

FPS = 25
SETTLES_S = 2.0
Picture = NDArray[np.uint8]

PAGE = """<!doctype html><body style="margin:0;background:transparent"><canvas width=WIDTH height=HEIGHT></canvas><script>
const canvas = document.querySelector("canvas"), width = canvas.width, height = canvas.height;
const plain = {premultiplyAlpha: "none", colorSpaceConversion: "none"}, picture = (bytes) => createImageBitmap(new Blob([bytes]), plain);
let shown = 0, took = 0;
const makers = {
  pixels() {
    const context = canvas.getContext("2d");
    return (first, body) => context.putImageData(new ImageData(new Uint8ClampedArray(body.buffer, 4), width, height), 0, 0);
  },
  file() {
    const context = canvas.getContext("2d");
    return async (first, body) => {
      const bitmap = await createImageBitmap(new Blob([body]));
      context.clearRect(0, 0, width, height);
      context.drawImage(bitmap, 0, 0);
      bitmap.close();
    };
  },
  pair() {
    const gl = canvas.getContext("webgl", {antialias: false}), program = gl.createProgram();
    const add = (type, source) => { const shader = gl.createShader(type); gl.shaderSource(shader, source); gl.compileShader(shader);
      gl.attachShader(program, shader); };
    add(gl.VERTEX_SHADER, "attribute vec2 p; varying vec2 u;" +
      "void main() { u = vec2(p.x + 1., 1. - p.y) / 2.; gl_Position = vec4(p, 0, 1); }");
    add(gl.FRAGMENT_SHADER, "precision mediump float; varying vec2 u; uniform sampler2D c, a; void main() {" +
      "float alpha = texture2D(a, u).r; gl_FragColor = vec4(min(texture2D(c, u).rgb, alpha), alpha); }");
    gl.linkProgram(program); gl.useProgram(program);
    gl.bindBuffer(gl.ARRAY_BUFFER, gl.createBuffer());
    gl.bufferData(gl.ARRAY_BUFFER, new Float32Array([-1, -1, 3, -1, -1, 3]), gl.STATIC_DRAW);
    const place = gl.getAttribLocation(program, "p");
    gl.enableVertexAttribArray(place); gl.vertexAttribPointer(place, 2, gl.FLOAT, false, 0, 0);
    for (const [unit, name] of [[0, "c"], [1, "a"]]) {
      gl.activeTexture(gl.TEXTURE0 + unit); gl.bindTexture(gl.TEXTURE_2D, gl.createTexture());
      gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.LINEAR);
      gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_S, gl.CLAMP_TO_EDGE);
      gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_T, gl.CLAMP_TO_EDGE);
      gl.uniform1i(gl.getUniformLocation(program, name), unit);
    }
    return async (first, body) => {
      const both = await Promise.all([picture(body.subarray(0, first)), picture(body.subarray(first))]);
      both.forEach((bitmap, unit) => { gl.activeTexture(gl.TEXTURE0 + unit);
        gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGB, gl.RGB, gl.UNSIGNED_BYTE, bitmap); bitmap.close(); });
      gl.drawArrays(gl.TRIANGLES, 0, 3);
    };
  },
};
const draw = makers.KIND(), socket = new WebSocket(`ws://${location.host}/frames`);
socket.binaryType = "arraybuffer";
socket.onmessage = async (event) => {
  const before = performance.now();
  await draw(new DataView(event.data).getUint32(0, true), new Uint8Array(event.data, 4));
  took += performance.now() - before; shown += 1; socket.send("");
};
</script>"""


def jpeg(picture: Picture) -> bytes:
    return cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 90])[1].tobytes()


def webp(picture: Picture) -> bytes:
    return cv2.imencode(".webp", cv2.cvtColor(straight(picture), cv2.COLOR_RGBA2BGRA), [cv2.IMWRITE_WEBP_QUALITY, 80])[1].tobytes()


def png(picture: Picture) -> bytes:
    fast = [cv2.IMWRITE_PNG_COMPRESSION, 1, cv2.IMWRITE_PNG_STRATEGY, cv2.IMWRITE_PNG_STRATEGY_RLE]
    return cv2.imencode(".png", cv2.cvtColor(straight(picture), cv2.COLOR_RGBA2BGRA), fast)[1].tobytes()


def pair(picture: Picture) -> bytes:
    colour = jpeg(cv2.cvtColor(picture, cv2.COLOR_RGBA2BGR))
    return struct.pack("<I", len(colour)) + colour + jpeg(cv2.extractChannel(picture, 3))


def alone(encode: Callable[[Picture], bytes]) -> Callable[[Picture], bytes]:
    return lambda picture: bytes(4) + encode(picture)


ENCODINGS: dict[str, tuple[str, Callable[[Picture], bytes]]] = {
    "pixels": ("pixels", alone(lambda picture: straight(picture).tobytes())),
    "two JPEGs": ("pair", pair),
    "PNG": ("file", alone(png)),
    "WebP": ("file", alone(webp)),
}


def cpu_s(root: int) -> float:
    """Of a process and all that it started."""
    total, children = {}, {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        number = int(path.parent.name)
        children.setdefault(int(fields[1]), []).append(number)
        total[number] = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    found, rest = 0.0, [root]
    while rest:
        number = rest.pop()
        found += total.get(number, 0.0)
        rest += children.get(number, [])
    return found


async def measure(kind: str, encode: Callable[[Picture], bytes], picture: Picture, seconds: float) -> dict[str, float]:
    pictures = [np.roll(picture, 3 * step, 1) for step in range(5)]
    height, width = picture.shape[:2]
    sent = 0

    async def page(request: web.Request) -> web.Response:
        text = PAGE.replace("KIND", kind).replace("WIDTH", str(width)).replace("HEIGHT", str(height))
        return web.Response(text=text, content_type="text/html")

    async def frames(request: web.Request) -> web.WebSocketResponse:
        nonlocal sent
        socket = web.WebSocketResponse(compress=False)
        await socket.prepare(request)
        due = time.monotonic()
        while not socket.closed:
            message = encode(pictures[sent % 5])
            await socket.send_bytes(message)
            sent += 1
            await socket.receive()
            due = max(due + 1 / FPS, time.monotonic())
            await asyncio.sleep(due - time.monotonic())
        return socket

    app = web.Application()
    app.add_routes([web.get("/", page), web.get("/frames", frames)])
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    async with Chromium(width, height) as browser:
        await browser.go(f"http://127.0.0.1:{runner.addresses[0][1]}/")
        await asyncio.sleep(SETTLES_S)
        before = await browser.evaluate("[shown, took]"), cpu_s(browser.process.pid), time.process_time()
        await asyncio.sleep(seconds)
        here_s, there_s = time.process_time() - before[2], cpu_s(browser.process.pid) - before[1]
        after = await browser.evaluate("[shown, took]")
    shown, took = (new - old for new, old in zip(after, before[0], strict=True))
    await runner.cleanup()
    each = 1000.0 / shown
    return {"fps": shown / seconds, "here_ms": here_s * each, "browser_ms": there_s * each, "page_ms": took / shown}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=6.0)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--size", default="512x512")
    asked = parser.parse_args()
    width, height = map(int, asked.size.split("x"))
    picture = np.zeros((height, width, 4), np.uint8)
    side = min(width, height)
    left = (width - side) // 2
    picture[:, left : left + side] = cv2.resize(load_avatar(None).picture, (side, side))
    cv2.setNumThreads(1)
    found: dict[str, list[dict[str, float]]] = {name: [] for name in ENCODINGS}
    for _ in range(asked.rounds):
        for name, (kind, encode) in ENCODINGS.items():
            found[name].append(asyncio.run(measure(kind, encode, picture, asked.seconds)))
    figures = {}
    for name, rounds in found.items():
        figures[name] = {key: round(statistics.median(one[key] for one in rounds), 1) for key in rounds[0]}
        figures[name]["kilobytes"] = len(ENCODINGS[name][1](picture)) // 1000
        print(f"{name:<10} {figures[name]}")
    print(json.dumps({"size": asked.size, "rounds": asked.rounds, "encodings": figures}))


if __name__ == "__main__":
    main()
