"""Every part of the frozen program has a licence and a text; what they mean together is said as it is."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pytest

from installer import licences
from installer.licences import Part


@pytest.fixture(scope="module")
def edition() -> str:
    try:
        distribution("PySide6_Essentials")
    except PackageNotFoundError:
        pytest.skip("the extra app is not installed")
    return "osa-cam[app]"


def test_every_distribution_states_a_licence_and_has_its_text(edition: str) -> None:
    found = {
        there.name.lower().replace("_", "-"): licences.part_of(there) for there in licences.installed(edition) if there.name != "osa-cam"
    }
    assert {"numpy", "av", "pyvirtualcam", "pyside6-essentials", "shiboken6", "onnxruntime", "cryptography"} <= set(found)
    assert "GPLv2" in found["pyvirtualcam"].licence
    assert "LGPL-3.0-only" in found["pyside6-essentials"].licence
    for part in found.values():
        assert all(path.stat().st_size > 100 for path in part.texts.values()), part


def test_what_nothing_requires_is_not_listed(edition: str) -> None:
    found = {there.name.lower() for there in licences.installed(edition)}
    assert not {"torch", "pytest", "ruff", "skia-python", "openvino"} & found


def test_every_library_of_the_wheels_is_known(edition: str, tmp_path: Path) -> None:
    site = Path(str(distribution("numpy").locate_file("")))
    inside = tmp_path / "_internal"
    inside.mkdir()
    for folder in ("av.libs", "numpy.libs", "opencv_python_headless.libs"):
        if (site / folder).is_dir():
            (inside / folder).symlink_to(site / folder)
    found = {part.name.partition("-")[0]: part.licence for part in licences.libraries(tmp_path)}
    assert found.get("av.libs/libx264", "GPL-2.0-or-later") == "GPL-2.0-or-later"


def test_an_unknown_library_stops_the_build(tmp_path: Path) -> None:
    library = tmp_path / "_internal" / "av.libs" / "libnobody-0123abcd.so.1"
    library.parent.mkdir(parents=True)
    library.touch()
    with pytest.raises(ValueError, match="look its licence up"):
        licences.libraries(tmp_path)


@pytest.mark.parametrize(
    ("licence", "against"),
    [
        ("Apache-2.0", True),
        ("Apache-2.0 AND MIT", True),
        ("LGPL-3.0-or-later", True),
        ("GPL-3.0-only", True),
        ("LGPL-3.0-only OR GPL-2.0-only OR GPL-3.0-only", False),
        ("Apache-2.0 OR BSD-3-Clause", False),
        ("GPL-3.0-or-later WITH GCC-exception-3.1", False),
        ("GPL-2.0-or-later", False),
        ("LGPL-2.1-or-later", False),
        ("MIT", False),
        ("GNU General Public License v2 (GPLv2)", False),
    ],
)
def test_what_does_not_go_with_version_2_of_the_gpl_is_named(licence: str, against: bool) -> None:
    assert (licences.disputed([Part("it", "1", licence)]) == ["it"]) is against


def test_the_list_says_what_it_means_and_holds_all_texts(edition: str, tmp_path: Path) -> None:
    (tmp_path / "_internal").mkdir()
    pytest.importorskip("PyInstaller", reason="only where the program is frozen")
    told = licences.write(tmp_path, [edition]).read_text("utf-8")
    for wanted in ("pyvirtualcam 0", "GPL version 3 or later", "PySide6_Essentials 6", "Python 3", "not settled"):
        assert wanted in told, wanted
    for text in ("LGPL-3.0-only.txt", "GPL-2.0-only.txt", "GPL-3.0-only.txt", "pyvirtualcam"):
        assert (tmp_path / "LICENCES" / text).exists(), text
