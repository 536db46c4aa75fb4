"""The parameters that pose a portrait: the ARKit blendshapes by name, then head and body.

A pose is a float32 vector of len(POSE_NAMES); a motion is [frames, len(POSE_NAMES)] at 25 fps.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

# Apple ARKit, ARFaceAnchor.BlendShapeLocation. Each is 0 (neutral) to 1 (fully on). Left is the portrait's own left.
BLENDSHAPES = (
    "browDownLeft",
    "browDownRight",
    "browInnerUp",
    "browOuterUpLeft",
    "browOuterUpRight",
    "cheekPuff",
    "cheekSquintLeft",
    "cheekSquintRight",
    "eyeBlinkLeft",
    "eyeBlinkRight",
    "eyeLookDownLeft",
    "eyeLookDownRight",
    "eyeLookInLeft",
    "eyeLookInRight",
    "eyeLookOutLeft",
    "eyeLookOutRight",
    "eyeLookUpLeft",
    "eyeLookUpRight",
    "eyeSquintLeft",
    "eyeSquintRight",
    "eyeWideLeft",
    "eyeWideRight",
    "jawForward",
    "jawLeft",
    "jawOpen",
    "jawRight",
    "mouthClose",
    "mouthDimpleLeft",
    "mouthDimpleRight",
    "mouthFrownLeft",
    "mouthFrownRight",
    "mouthFunnel",
    "mouthLeft",
    "mouthLowerDownLeft",
    "mouthLowerDownRight",
    "mouthPressLeft",
    "mouthPressRight",
    "mouthPucker",
    "mouthRight",
    "mouthRollLower",
    "mouthRollUpper",
    "mouthShrugLower",
    "mouthShrugUpper",
    "mouthSmileLeft",
    "mouthSmileRight",
    "mouthStretchLeft",
    "mouthStretchRight",
    "mouthUpperUpLeft",
    "mouthUpperUpRight",
    "noseSneerLeft",
    "noseSneerRight",
    "tongueOut",
)
HEAD = (
    "headYaw",  # degrees, -25 to 25, positive turns to the portrait's own left (the picture's right)
    "headPitch",  # degrees, -20 to 20, positive looks down
    "headRoll",  # degrees, -20 to 20, positive tilts clockwise as seen in the picture
    "headX",  # picture widths, -0.1 to 0.1, positive moves to the picture's right
    "headY",  # picture heights, -0.1 to 0.1, positive moves down
    "headScale",  # log2 of the size, -0.3 to 0.3
    "breath",  # 0 (out) to 1 (in): lifts the shoulders
    "hairLag",  # degrees, -10 to 10: how far loose hair hangs behind the head's yaw
)
POSE_NAMES = BLENDSHAPES + HEAD
POSE_INDEX = {name: i for i, name in enumerate(POSE_NAMES)}

EXPRESSIONS = ("neutral", "happy", "sad", "angry", "surprised")


def pose(**values: float) -> NDArray[np.float32]:
    """A pose with the named values set and the rest neutral; raises KeyError for an unknown name."""
    vector = np.zeros(len(POSE_NAMES), np.float32)
    for name, value in values.items():
        vector[POSE_INDEX[name]] = value
    return vector
