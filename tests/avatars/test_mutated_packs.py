"""Whatever lies in a pack, reading it is refused politely or gives an avatar, and nothing else on the machine changes."""

import random
import stat
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from osa_cam.avatars.pack import LARGEST
from tests.avatars.mutations import NAMES, mutated, samples, try_all, watched, zipped_again
from tests.avatars.samples import three_files


@pytest.mark.parametrize("count", [300, pytest.param(10_000, marks=pytest.mark.slow)])
def test_mutated_packs_neither_crash_nor_write_outside(tmp_path: Path, count: int) -> None:
    rng, packs = random.Random(count), samples()
    outcome = try_all((mutated(rng, packs) for _ in range(count)), tmp_path)
    assert not outcome.crashed, outcome.crashed[0]
    assert not outcome.outside, outcome.outside[0]
    assert outcome.accepted + outcome.refused == count
    assert outcome.refused > count / 2, "or the mutations do nothing"
    assert outcome.accepted > 0, "or nothing is ever installed"


KINDS = (0, stat.S_IFREG, stat.S_IFLNK, stat.S_IFDIR, stat.S_IFIFO)
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)
names = st.sampled_from([*LARGEST, *NAMES]) | st.text(max_size=30)
contents = st.sampled_from([*three_files().values(), b""]) | st.binary(max_size=200)
entries = st.lists(st.tuples(names, contents, st.sampled_from(KINDS), st.sampled_from(METHODS)), max_size=8)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(entries, st.booleans())
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_any_zip_is_read_or_refused(tmp_path: Path, found: list[tuple[str, bytes, int, int]], with_a_pack: bool) -> None:
    kinds = iter([(kind, method) for *_, kind, method in found])

    def change(entry: zipfile.ZipInfo) -> None:
        kind, entry.compress_type = next(kinds)
        entry.external_attr = (kind | 0o644) << 16

    files = [(name, content) for name, content, *_ in found]
    if with_a_pack:
        files = [*files, *three_files().items()]
        kinds = iter([(kind, method) for *_, kind, method in found] + [(stat.S_IFREG, zipfile.ZIP_STORED)] * 3)
    outcome = try_all(iter([("any", zipped_again(files, change))]), tmp_path)
    assert not outcome.crashed and not outcome.outside


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=400), st.sampled_from([b"", b"PK\x03\x04"]), st.sampled_from([b"", b"PK\x05\x06" + bytes(18)]))
def test_any_bytes_are_refused(tmp_path: Path, content: bytes, begin: bytes, end: bytes) -> None:
    outcome = try_all(iter([("any", begin + content + end)]), tmp_path)
    assert outcome.refused == 1


def test_the_watch_sees_what_it_should(tmp_path: Path) -> None:
    inside = tmp_path / "inside"
    inside.mkdir()
    with watched(inside) as seen:
        (inside / "a").write_text("fine")
        (tmp_path / "b").write_text("not fine")
        (inside / ".." / "c").write_text("not fine either")
        (tmp_path / "d").mkdir()
        (tmp_path / "b").rename(inside / "b")
    assert len(seen) == 4
