"""Other phone alphabets in Kokoro's symbols, which the visemes are written for."""

from __future__ import annotations

import re

# misaki's spelling of espeak's tied pairs (misaki/espeak.py), then what only English wants.
TIED = {
    "a^ɪ": "I",
    "a^ʊ": "W",
    "d^z": "ʣ",
    "d^ʒ": "ʤ",
    "e^ɪ": "A",
    "o^ʊ": "O",
    "ə^ʊ": "Q",
    "s^s": "S",
    "t^s": "ʦ",
    "t^ʃ": "ʧ",
    "ɔ^ɪ": "Y",
}
ENGLISH = {
    "ə^l": "ᵊl",
    "ɜːɹ": "ɜɹ",
    "ɜː": "ɜɹ",
    "ɚ": "əɹ",
    "ɐ": "ə",
    "e^ə": "ɛː",
    "ɪə": "iə",
    "ʔ": "t",
    "ɾ": "T",
    "r": "ɹ",
    "x": "k",
    "ɬ": "l",
}


def misaki_of_espeak(phones: str, language: str) -> str:
    """espeak's IPA with tied pairs -> misaki's symbols."""
    phones = re.sub(r"\([a-z-]+\)", "", phones)  # espeak's mark for a word read in another language
    table = TIED | (ENGLISH if language.startswith("en") else {})
    for old in sorted(table, key=len, reverse=True):
        phones = phones.replace(old, table[old])
    if language == "en-us":
        phones = phones.replace("ː", "")
    return re.sub(r"\s+", " ", phones.replace("^", "").replace("\u0329", "").replace("-", "")).strip()


_RETROFLEX = {"s.": "ʂ", "ts.": "ʧ", "ts.h": "ʧ", "z.": "ʐ", "l.": "ɭ"}  # as espeak spells Mandarin's


def misaki_of_event(sound: str, language: str) -> str:
    """One sound of espeak's, whose pairs are not tied: a diphthong or an affricate becomes its one letter."""
    bare = _RETROFLEX.get(sound.strip("ˈˌ"), sound.strip("ˈˌ"))
    tied = f"{bare[0]}^{bare[1:]}" if len(bare) == 2 and f"{bare[0]}^{bare[1:]}" in TIED else bare
    return sound[: len(sound) - len(sound.lstrip("ˈˌ"))] + misaki_of_espeak(tied, language)


# The phones of flite and festival: CMU's and radio's, which share their names.
ARPABET = {
    "aa": "ɑ", "ae": "æ", "ah": "ʌ", "ao": "ɔ", "aw": "W", "ax": "ə", "axr": "əɹ", "ay": "I", "b": "b", "ch": "ʧ", "d": "d", "dh": "ð",
    "dx": "T", "eh": "ɛ", "el": "ᵊl", "em": "m", "en": "n", "er": "ɜɹ", "ey": "A", "f": "f", "g": "ɡ", "hh": "h", "hv": "h", "ih": "ɪ",
    "ix": "ɪ", "iy": "i", "jh": "ʤ", "k": "k", "l": "l", "m": "m", "n": "n", "ng": "ŋ", "nx": "n", "ow": "O", "oy": "Y", "p": "p",
    "r": "ɹ", "s": "s", "sh": "ʃ", "t": "t", "th": "θ", "uh": "ʊ", "uw": "u", "v": "v", "w": "w", "y": "j", "z": "z", "zh": "ʒ",
    "pau": ".", "h#": ".", "brth": ".", "ssil": " ",
}  # fmt: skip

# open_jtalk's phones; capitals are vowels without voice.
OPEN_JTALK = {
    "a": "a", "i": "i", "u": "ɯ", "e": "e", "o": "o", "A": "a", "I": "i", "U": "ɯ", "E": "e", "O": "o", "N": "ɴ", "cl": "t", "pau": ".",
    "sil": ".", "k": "k", "g": "ɡ", "s": "s", "z": "z", "sh": "ɕ", "j": "ʥ", "t": "t", "d": "d", "ch": "ʨ", "ts": "ʦ", "n": "n", "h": "h",
    "f": "ɸ", "b": "b", "p": "p", "m": "m", "y": "j", "r": "ɾ", "w": "w", "v": "v", "ky": "kʲ", "gy": "ɡʲ", "ny": "ɲ", "hy": "ç",
    "by": "bʲ", "py": "pʲ", "my": "mʲ", "ry": "ɾʲ", "ty": "tʲ", "dy": "dʲ", "kw": "kʷ", "gw": "ɡʷ",
}  # fmt: skip
