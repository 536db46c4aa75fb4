"""Our detector of faces beside MediaPipe's face mesh, on drawn people never trained on, by kind, and on any other picture.

    python benchmarks/faces.py draw faces --faces datasets/faces/validation
    python benchmarks/faces.py find faces ours
    python -m venv mesh && mesh/bin/pip install mediapipe==0.10.21      # wants another numpy than OSA Cam
    mesh/bin/python benchmarks/faces.py find faces mediapipe
    python benchmarks/faces.py table faces

`find` looks at every picture of the folder, so put your own beside the drawn ones: of those without true points `table` tells how far
apart the two detectors are. Errors are means over the 13 points of eyes and mouth, in hundredths of its height, where a face is found.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np

TRUE = "true.json"
NEAR = 0.3  # of the face's height: what is found further away is another face
# The mesh's vertices for `avatars.face.POINTS[:13]`: each eye's left, right, top and bottom; the mouth's corners, edges and line.
MESH = [[33], [133], [159], [145], [362], [263], [386], [374], [61], [291], [0], [17], [13, 14]]


def draw(folder: Path, faces: Path, each: int) -> None:
    """KIND-NUMBER.png and their true points: so many pictures a kind of drawn people never trained on, and of each being."""
    from osa_cam.synth.beings.being import KINDS, being_of
    from osa_cam.synth.face_points import face_points
    from osa_cam.synth.faces import read_faces
    from osa_cam.synth.looks.backgrounds import background
    from osa_cam.synth.people import FIRST_SEED
    from osa_cam.synth.portrait.portrait import reference_pose

    drawn = read_faces(faces)
    people = [
        (style, picture, points)
        for style in sorted(set(drawn.styles))
        for picture, points in [(drawn.picture[k], drawn.points[k]) for k, own in enumerate(drawn.styles) if own == style][:each]
    ]
    for kind in KINDS:
        for seed in range(FIRST_SEED["test"], FIRST_SEED["test"] + each):
            being, pose = being_of(kind, seed), reference_pose(np.random.default_rng(seed))
            picture = being.draw(pose)
            found = face_points(being, pose, picture)
            if found is not None:
                people.append((kind, picture, found))
    folder.mkdir(parents=True, exist_ok=True)
    true: dict[str, list[list[float]]] = {}
    rng = np.random.default_rng(0)
    for number, (kind, picture, points) in enumerate(people):
        behind = cv2.resize(background(rng, 256), picture.shape[:2][::-1]).astype(np.float32)
        rgb = picture[..., :3] + behind * (1 - picture[..., 3:] / 255)
        name = f"{kind.replace(' ', '-')}-{number}.png"
        cv2.imwrite(str(folder / name), np.ascontiguousarray(rgb.round().clip(0, 255).astype(np.uint8)[..., ::-1]))
        true[name] = points[:13].round(2).tolist()
    (folder / TRUE).write_text(json.dumps(true))


def ours() -> Callable[[Any], list[Any]]:
    from osa_cam.avatars.face import find_faces

    return lambda rgb: [face.points[:13] for face in find_faces(np.dstack([rgb, np.full(rgb.shape[:2], 255, np.uint8)]))]


def mediapipe() -> Callable[[Any], list[Any]]:
    from mediapipe.python.solutions.face_mesh import FaceMesh

    mesh = FaceMesh(static_image_mode=True, max_num_faces=4, refine_landmarks=True)

    def look(rgb: Any) -> list[Any]:
        height, width = rgb.shape[:2]
        found = mesh.process(rgb).multi_face_landmarks or []
        all_points = [np.array([(p.x * width, p.y * height) for p in face.landmark]) - 0.5 for face in found]
        return [np.array([points[vertices].mean(0) for vertices in MESH]) for points in all_points]

    return look


def find(folder: Path, detector: str) -> None:
    look = {"ours": ours, "mediapipe": mediapipe}[detector]()
    answers: dict[str, Any] = {}
    seconds = []
    for path in sorted(path for path in folder.iterdir() if path.suffix.lower() in (".png", ".jpg", ".jpeg")):
        rgb = np.ascontiguousarray(cv2.imread(str(path))[..., ::-1])
        began = time.perf_counter()
        faces = look(rgb)
        seconds.append(time.perf_counter() - began)
        answers[path.name] = [np.asarray(face, float).round(2).tolist() for face in faces]
    (folder / f"{detector}.json").write_text(json.dumps(answers))
    print(json.dumps({"detector": detector, "pictures": len(answers), "ms_p50": round(1000 * float(np.median(seconds)), 1)}))


def height_of(points: Any) -> tuple[Any, float]:
    """A face's middle and its height from hairline to chin, as `avatars.face.face_of` has them."""
    left, right, mouth = points[0:4].mean(0), points[4:8].mean(0), points[8:10].mean(0)
    eyes = (left + right) / 2
    return (eyes + mouth) / 2, 2.8 * max(float(np.linalg.norm(mouth - eyes)), 0.8 * float(np.linalg.norm(right - left)))


def distance(faces: list[Any], wanted: Any) -> float | None:
    """Of the nearest face found; None where none is there."""
    middle, height = height_of(wanted)
    near = [points for points in map(np.array, faces) if np.linalg.norm(height_of(points)[0] - middle) < NEAR * height]
    return min((100 * float(np.linalg.norm(points - wanted, axis=1).mean()) / height for points in near), default=None)


def table(folder: Path) -> None:
    true = {name: np.array(points) for name, points in json.loads((folder / TRUE).read_text()).items()}
    said = {
        name: json.loads((folder / f"{name}.json").read_text()) for name in ("ours", "mediapipe") if (folder / f"{name}.json").is_file()
    }
    kinds = sorted({name.rpartition("-")[0] for name in true})
    print("| kind | pictures | " + " | ".join(f"{name} finds | error" for name in said) + " |")
    print("|---|---|" + "---|---|" * len(said))
    figures: dict[str, Any] = {}
    for kind in [*kinds, "all"]:
        own = [name for name in true if kind in ("all", name.rpartition("-")[0])]
        cells = []
        for detector, answers in said.items():
            errors = [error for name in own if (error := distance(answers[name], true[name])) is not None]
            share, error = len(errors) / len(own), float(np.mean(errors)) if errors else float("nan")
            figures.setdefault(kind, {})[detector] = {"found": round(share, 3), "error": round(error, 2)}
            cells.append(f"{100 * share:.0f} % | {error:.1f}")
        print(f"| {kind.replace('-', ' ')} | {len(own)} | " + " | ".join(cells) + " |")
    for name in sorted(set(said.get("ours", {})) - set(true)):
        one, other = (said.get(detector, {}).get(name, []) for detector in ("ours", "mediapipe"))
        apart = distance(one, np.array(other[0])) if other else None
        figures[name] = {"ours": len(one), "mediapipe": len(other), "apart": None if apart is None else round(apart, 2)}
    print(json.dumps(figures))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    for name in ("draw", "find", "table"):
        command = commands.add_parser(name)
        command.add_argument("folder", type=Path)
        if name == "draw":
            command.add_argument("--faces", type=Path, required=True, help="faces that `osa-cam train face` drew")
            command.add_argument("--each", type=int, default=16, help="pictures of a kind")
        elif name == "find":
            command.add_argument("detector", choices=("ours", "mediapipe"))
    arguments = vars(parser.parse_args())
    {"draw": draw, "find": find, "table": table}[arguments.pop("command")](**arguments)


if __name__ == "__main__":
    main()
