"""What the programs that read a camera make of frames that do not say by which matrix their colours were made."""

import asyncio
import json
from pathlib import Path

import numpy as np
import pytest
from aiohttp import web
from av.video.reformatter import Colorspace

from osa_cam.camera.virtual import READERS_TAKE
from osa_cam.camera.yuv import Yuv420
from tests.chromium import CHROMIUM, Chromium

from .test_yuv import chart, error

pytestmark = [pytest.mark.slow, pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")]

LOOK = """(async () => {
  const stream = await navigator.mediaDevices.getUserMedia({video: {width: %d, height: %d}});
  const video = document.createElement("video");
  video.muted = true; video.srcObject = stream; await video.play();
  await new Promise(done => video.requestVideoFrameCallback(done));
  const canvas = document.createElement("canvas");
  canvas.width = video.videoWidth; canvas.height = video.videoHeight;
  const context = canvas.getContext("2d"); context.drawImage(video, 0, 0);
  return JSON.stringify([...context.getImageData(0, %d, canvas.width, 1).data]);
})()"""


async def seen_by_chromium(camera: Path, width: int, height: int) -> np.ndarray:
    """The middle row of what it shows, RGB; `camera`: a Y4M file in the place of a camera."""
    app = web.Application()

    async def page(request: web.Request) -> web.Response:
        return web.Response(text="a page", content_type="text/html")

    app.router.add_get("/", page)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    switches = ("--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream", f"--use-file-for-fake-video-capture={camera}")
    try:
        async with Chromium(640, 480, *switches) as browser:
            await browser.go(f"http://127.0.0.1:{runner.addresses[0][1]}/")
            while "a page" not in await browser.evaluate("document.body?.innerText ?? ''"):
                await asyncio.sleep(0.05)
            row = json.loads(await browser.evaluate(LOOK % (width, height, height // 2)))
    finally:
        await runner.cleanup()
    return np.array(row, np.uint8).reshape(1, width, 4)[..., :3]


@pytest.mark.parametrize(("width", "height"), [(640, 480), (1280, 720), (1920, 1080)])
def test_chromium_shows_the_colours_that_were_sent(tmp_path: Path, width: int, height: int) -> None:
    errors = {}
    for matrix in (Colorspace.ITU601, Colorspace.ITU709):
        picture = np.zeros((height, width, 4), np.uint8)
        picture[:, : 27 * 16] = chart(height)
        planes = np.ascontiguousarray(Yuv420(matrix).frame(picture).to_ndarray()).tobytes()
        camera = tmp_path / f"{matrix}.y4m"
        camera.write_bytes(f"YUV4MPEG2 W{width} H{height} F30:1 Ip A1:1 C420jpeg\n".encode() + (b"FRAME\n" + planes) * 4)
        errors[matrix] = error(asyncio.run(seen_by_chromium(camera, width, height))[:, : 27 * 16], 1)
    assert errors[READERS_TAKE] <= 4
    assert min(errors, key=lambda matrix: errors[matrix]) == READERS_TAKE
