"""What is left of ICU's data still orders words as before."""

from __future__ import annotations

import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from installer.linux.icu import UNUSED, shrink

ORDER = """
from PySide6.QtCore import QCollator, QLocale
import sys
words = ["Zebra", "äpfel", "apfel", "Öl", "10", "9", "東京", "あき", "アキ", "ß", "éclair", "z"]
for locale in ("de_DE", "en_US", "ja_JP", "fr_FR"):
    order = QCollator(QLocale(locale))
    order.setNumericMode(True)
    print(*sorted(words, key=order.sortKey), QLocale(locale).toUpper("straße äöü"))
print(any(sys.argv[1] in line for line in open("/proc/self/maps")))
"""


@pytest.mark.parametrize(
    "name", ["fr.res", "fr_CA.res", "coll/es_.res", "zone/zh_Hant.res", "curr/de.res", "brkitr/thaidict.dict", "ibm-970.cnv"]
)
def test_what_other_languages_need_goes(name: str) -> None:
    assert UNUSED.fullmatch(name)


@pytest.mark.parametrize(
    "name", ["root.res", "pool.res", "de.res", "coll/ja.res", "coll/ucadata.icu", "zone/en.res", "nfkc.nrm", "zoneinfo64.res"]
)
def test_what_ours_and_all_need_stays(name: str) -> None:
    assert not UNUSED.fullmatch(name)


def test_words_are_ordered_as_with_all_of_it(tmp_path: Path) -> None:
    for tool in ("icupkg", "objcopy", "gcc"):
        if shutil.which(tool) is None:
            pytest.skip(f"{tool} is not installed")
    found = find_spec("PySide6")
    whole = next(Path(found.origin).parent.glob("Qt/lib/libicudata.so.*"), None) if found and found.origin else None
    if whole is None:
        pytest.skip("no PySide6 that brings ICU")
    small = tmp_path / whole.name
    shutil.copyfile(whole, small)
    shrink(small)
    assert small.stat().st_size < whole.stat().st_size / 5

    def ordered(library: Path) -> list[str]:
        command = [sys.executable, "-c", ORDER, str(library)]
        return subprocess.run(command, env={"LD_PRELOAD": str(library)}, capture_output=True, text=True, check=True).stdout.splitlines()

    assert ordered(small) == ordered(whole)
    assert ordered(small)[-1] == "True", "the program would find another file"
