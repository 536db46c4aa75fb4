"""The page that draws the newest picture; `?transparent` leaves its background out, `?latency` shows the figures."""

PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>OSA Cam</title>
<style>
html, body { margin: 0; height: 100%; overflow: hidden; background: #22262e }
.transparent, .transparent body { background: transparent }
canvas { width: 100%; height: 100%; object-fit: contain; display: block }
output { position: fixed; left: 12px; bottom: 12px; padding: 4px 10px; border-radius: 6px; background: #000a; color: #fff;
  font: 14px/1.5 system-ui, sans-serif; font-variant-numeric: tabular-nums }
output:empty { display: none }
</style>
<canvas width="16" height="9"></canvas>
<output></output>
<script>
"use strict";
const asked = new URLSearchParams(location.search);
document.documentElement.classList.toggle("transparent", asked.has("transparent"));
const canvas = document.querySelector("canvas"), context = canvas.getContext("2d");
const figures = document.querySelector("output");
const statistics = { shown: 0, number: 0, browser_ms: NaN, latency_ms: NaN, fps: 0 };
let since = performance.now(), before = 0;

function draw(message) {
  const head = new DataView(message, 0, 24);
  const width = head.getUint16(4, true), height = head.getUint16(6, true);
  if (!width) return context.clearRect(0, 0, canvas.width, canvas.height);
  if (canvas.width !== width || canvas.height !== height) [canvas.width, canvas.height] = [width, height];
  context.putImageData(new ImageData(new Uint8ClampedArray(message, 24), width, height), 0, 0);
  statistics.shown += 1;
  statistics.number = head.getUint32(0, true);
  statistics.browser_ms = performance.timeOrigin + performance.now() - head.getFloat64(8, true);
  statistics.latency_ms = head.getFloat32(16, true) + statistics.browser_ms;
}

function count() {
  const now = performance.now();
  statistics.fps = (statistics.shown - before) * 1000 / (now - since);
  [since, before] = [now, statistics.shown];
  if (!asked.has("latency")) return;
  const all = Number.isNaN(statistics.latency_ms) ? "" : `, ${statistics.latency_ms.toFixed()} ms from the sound`;
  figures.value = `${statistics.fps.toFixed(1)} pictures a second, ${statistics.browser_ms.toFixed()} ms to the browser${all}`;
}
setInterval(count, 1000);

function connect() {
  const socket = new WebSocket(`ws://${location.host}${location.pathname}frames`);
  socket.binaryType = "arraybuffer";
  socket.onmessage = (event) => { draw(event.data); socket.send(""); };
  // OSA Cam was closed: nothing stands still on the stream, and the page is back when OSA Cam is.
  socket.onclose = () => { context.clearRect(0, 0, canvas.width, canvas.height); setTimeout(connect, 1000); };
}
connect();
</script>
"""
