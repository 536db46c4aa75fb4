"""Which shape of the mouth each phone asks for.

The 15 visemes are those of MPEG-4 facial animation (ISO/IEC 14496-2, table C.1) as Oculus Lipsync names them. Phones are Kokoro's
(misaki's) symbols for its eight languages: IPA, with one capital letter for each English diphthong, stress and
length marks, Mandarin's tone arrows, spaces and punctuation.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

VISEMES = ("sil", "PP", "FF", "TH", "DD", "kk", "CH", "SS", "nn", "RR", "aa", "E", "ih", "oh", "ou")

# The parameters of the mouth that speech moves. Where ARKit has a left and a right one, both get the value.
MOUTH = (
    "jawOpen",
    "mouthFunnel",
    "mouthPucker",
    "mouthStretch",
    "mouthSmile",
    "mouthUpperUp",
    "mouthLowerDown",
    "mouthPress",
    "mouthRollLower",
    "mouthRollUpper",
    "mouthShrugUpper",
    "tongueOut",
)

# What the lips and the jaw head for while they are open: the first seven of MOUTH. Calibrated so that the gap between the
# inner lips (`osa_cam.synth.articulation.opening`) keeps the proportions measured on real video: vowels .55-.85 of a
# clip's 95th percentile, t d s n l about half. "aa" at full loudness has jawOpen .5.
SHAPES = {
    #       jaw   funnel pucker stretch smile upper lower
    "sil": (0.00, 0.00, 0.00, 0.00, 0.00, 0.00, 0.00),
    "PP": (0.14, 0.00, 0.05, 0.05, 0.00, 0.00, 0.05),
    "FF": (0.16, 0.00, 0.00, 0.10, 0.00, 0.10, 0.10),
    "TH": (0.16, 0.00, 0.00, 0.12, 0.00, 0.14, 0.28),
    "DD": (0.16, 0.00, 0.00, 0.15, 0.04, 0.12, 0.29),
    "kk": (0.19, 0.00, 0.00, 0.10, 0.00, 0.10, 0.24),
    "CH": (0.11, 0.62, 0.28, 0.00, 0.00, 0.24, 0.32),
    "SS": (0.08, 0.00, 0.00, 0.42, 0.12, 0.22, 0.44),
    "nn": (0.17, 0.00, 0.00, 0.14, 0.04, 0.10, 0.28),
    "RR": (0.18, 0.38, 0.32, 0.00, 0.00, 0.14, 0.24),
    "aa": (0.56, 0.04, 0.00, 0.06, 0.00, 0.18, 0.34),
    "E": (0.40, 0.00, 0.00, 0.34, 0.12, 0.18, 0.34),
    "ih": (0.24, 0.00, 0.00, 0.52, 0.28, 0.18, 0.34),
    "oh": (0.44, 0.52, 0.30, 0.00, 0.00, 0.08, 0.16),
    "ou": (0.20, 0.36, 0.88, 0.00, 0.00, 0.02, 0.08),
}

# What the lips do where they touch something: (mouthPress, mouthRollLower, mouthRollUpper, mouthShrugUpper, tongueOut).
CONTACTS = {
    "PP": (0.40, 0.30, 0.22, 0.00, 0.00),
    "FF": (0.00, 0.60, 0.00, 0.12, 0.00),  # the lower lip rolls in under the upper teeth
    "TH": (0.00, 0.00, 0.00, 0.00, 0.30),
}

Kind: TypeAlias = Literal["vowel", "consonant", "pause", "hold", "stress", "lengthen"]


@dataclass(frozen=True)
class Gesture:
    """What one phone asks of the mouth.

    viseme: its shape; end: the shape at its end, other than viseme for diphthongs; dominance: how far it prevails over its neighbours,
    0 (takes their shape, like h) to 1; closure: how far the lips close on it, 0 to 1 (p b m: 1); gain: factor on the shape.
    kind: "hold" has no target of its own, "stress" belongs to the phone after it and "lengthen" to the one before.
    """

    viseme: str
    kind: Kind = "consonant"
    end: str = ""
    dominance: float = 1.0
    closure: float = 0.0
    gain: float = 1.0


def _vowel(viseme: str, end: str = "", gain: float = 1.0, dominance: float = 1.0) -> Gesture:
    return Gesture(viseme, "vowel", end, dominance, gain=gain)


GESTURES: dict[str, Gesture] = {
    # lips
    **dict.fromkeys("pbm", Gesture("PP", closure=1.0)),
    **dict.fromkeys("ɸβ", Gesture("PP", closure=0.8)),
    **dict.fromkeys("fv", Gesture("FF", closure=0.88)),
    "ʋ": Gesture("FF", closure=0.7),
    "w": Gesture("ou", closure=0.55),
    "ɥ": Gesture("ou", closure=0.45),
    "ʍ": Gesture("ou", closure=0.55),
    # tongue
    **dict.fromkeys("θð", Gesture("TH", dominance=0.6)),
    **dict.fromkeys("tdʈɖ", Gesture("DD", dominance=0.55)),
    **dict.fromkeys("ɾT", Gesture("DD", dominance=0.35)),
    **dict.fromkeys("kɡgcɟqxɣχ", Gesture("kk", dominance=0.4)),
    "ŋ": Gesture("kk", dominance=0.45),
    **dict.fromkeys("çʝ", Gesture("ih", dominance=0.45, gain=0.9)),
    **dict.fromkeys("ʃʒʂʐʧʤꭧ", Gesture("CH", dominance=0.9)),
    **dict.fromkeys("ɕʑʨʥ", Gesture("CH", dominance=0.7, gain=0.7)),  # Mandarin's and Japanese: spread, hardly funnelled
    **dict.fromkeys("szʦʣSɬɮ", Gesture("SS", dominance=0.8)),
    **dict.fromkeys("nlɲʎɭɳɫɴ", Gesture("nn", dominance=0.45)),
    "ɹ": Gesture("RR", dominance=0.7),
    "ɻ": Gesture("RR", dominance=0.7),
    "r": Gesture("DD", dominance=0.4),
    "ɽ": Gesture("DD", dominance=0.4),
    "ʁ": Gesture("kk", dominance=0.35),
    "j": Gesture("ih", dominance=0.6, gain=0.8),
    **dict.fromkeys("hɦʔ", Gesture("kk", dominance=0.06)),
    # vowels
    **dict.fromkeys("aɑ", _vowel("aa")),
    "æ": _vowel("aa", gain=0.95),
    "ɐ": _vowel("aa", gain=0.8),
    "ʌ": _vowel("aa", gain=0.85),
    "ɒ": _vowel("oh", gain=1.05),
    "ə": _vowel("E", gain=0.72, dominance=0.4),
    "ᵊ": _vowel("E", gain=0.6, dominance=0.2),
    "ɚ": _vowel("RR", gain=1.1, dominance=0.6),
    "ɜ": _vowel("E", gain=0.85, dominance=0.7),
    "ɤ": _vowel("E", gain=0.85, dominance=0.7),
    "e": _vowel("E", gain=0.92),
    "ɛ": _vowel("E"),
    "i": _vowel("ih"),
    "ɪ": _vowel("ih", gain=0.95, dominance=0.6),
    "ɨ": _vowel("ih", gain=0.9, dominance=0.7),
    "ᵻ": _vowel("ih", gain=0.85, dominance=0.4),
    "ɔ": _vowel("oh"),
    "o": _vowel("oh", gain=0.9),
    "ø": _vowel("ou", gain=0.9),
    "œ": _vowel("oh", gain=0.85),
    "u": _vowel("ou"),
    "ʊ": _vowel("ou", gain=0.8, dominance=0.7),
    "y": _vowel("ou"),
    "ɯ": _vowel("ih", gain=0.75, dominance=0.6),  # Japanese and Mandarin: lips not rounded
    # English diphthongs
    "A": _vowel("E", "ih"),
    "I": _vowel("aa", "ih"),
    "O": _vowel("oh", "ou"),
    "Q": _vowel("E", "ou", gain=0.9),
    "W": _vowel("aa", "ou"),
    "Y": _vowel("oh", "ih"),
    # marks
    **dict.fromkeys("ˈˌ", Gesture("sil", "stress", dominance=0.0)),
    **dict.fromkeys("ːᵝ̃ˑ↓→↗↘", Gesture("sil", "lengthen", dominance=0.0)),
    "ʰ": Gesture("kk", dominance=0.06),  # its own sound after a stop: the lips are open again
    "ʲ": Gesture("ih", dominance=0.3, gain=0.8),
    "ʷ": Gesture("ou", dominance=0.5),
    " ": Gesture("sil", "hold", dominance=0.0),
    **dict.fromkeys('.,?!;:—…"()“”«»-', Gesture("sil", "pause")),
}


def gesture(phone: str) -> Gesture:
    """The gesture of a phone; an unknown symbol holds the mouth as it is."""
    return GESTURES.get(phone, GESTURES[" "])
