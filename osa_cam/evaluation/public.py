"""Features of public networks, where somebody has put them on disk as ONNX; nothing is fetched and nothing stands in for them.

inception.onnx: pictures float32 [n, 3, 299, 299], RGB, 0 to 1 -> features [n, d], for FID;
i3d.onnx: videos float32 [n, 3, 16, 224, 224], RGB, 0 to 1 -> features [n, d], for FVD.
What else a network wants of its numbers belongs into its graph.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np

from osa_cam.errors import TrainingError
from osa_cam.evaluation.distances import Features
from osa_cam.evaluation.painter import Pictures

NETWORKS = {"fid": ("inception.onnx", 299), "fvd": ("i3d.onnx", 224)}  # column: file, side in pixels
FRAMES = 16  # of a video
GREY = 0.5


class PublicFeatures:
    """folder: where the networks lie; None: none are used. Raises TrainingError where the folder holds none of them."""

    def __init__(self, folder: Path | None = None) -> None:
        self._sessions: dict[str, Any] = {}
        if folder is None:
            return
        import onnxruntime

        for key, (name, _) in NETWORKS.items():
            if (folder / name).is_file():
                try:
                    self._sessions[key] = onnxruntime.InferenceSession(str(folder / name), providers=["CPUExecutionProvider"])
                except Exception as error:  # onnxruntime's errors share no base but this
                    raise TrainingError(f"{folder / name} can't be loaded: {error}") from error
        if not self._sessions:
            raise TrainingError(f"{folder} holds neither {' nor '.join(name for name, _ in NETWORKS.values())}.")

    def of(self, pictures: Pictures) -> dict[str, Features]:
        """Column -> features of a clip's pictures [frames, 512, 512, 4]."""
        return {key: self._features(key, session, pictures) for key, session in self._sessions.items()}

    def _features(self, key: str, session: Any, pictures: Pictures) -> Features:
        name, side = NETWORKS[key]
        small = np.stack([cv2.resize(picture, (side, side), interpolation=cv2.INTER_AREA) for picture in pictures]).astype(np.float32) / 255
        planes = (small[..., :3] + GREY * (1 - small[..., 3:])).transpose(0, 3, 1, 2)
        if key == "fvd":
            videos = len(planes) // FRAMES
            planes = planes[: videos * FRAMES].reshape(videos, FRAMES, 3, side, side).transpose(0, 2, 1, 3, 4)
        argument = session.get_inputs()[0].name
        rows = [session.run(None, {argument: np.ascontiguousarray(item[None])})[0] for item in planes]
        features = np.concatenate(rows).astype(np.float64)
        if features.ndim != 2 or len(features) != len(planes):
            raise TrainingError(f"{name} gives {list(features.shape)}: it should give one row of features an item.")
        return features
