"""Detects whether a typed name imitates a protected name: in another script, with lookalike letters or with a typo.

A match holds a signature for review; it refuses nobody. tests/identity/test_likeness.py measures the rules on names
that they were not tuned for.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations, pairwise

from rapidfuzz.distance import OSA

from signatures.identity.transliteration import SYLLABLE, transliterate

# Letters of other scripts, and digits, that look like Latin letters.
LOOKALIKES = str.maketrans(
    "АВЕЅІЈКМНОРСТУХасеѕіјорухΑΒΕΖΗΙΚΜΝΟΡΤΥΧοαυν034578$€ıɑɡ",
    "ABESIJKMHOPCTYXacesijopyxABEZHIKMNOPTYXoauvoeastbseiag",
)
IGNORED_WORDS = frozenset(["official", "the", "real", "sir", "dame", "dr", "mr", "mrs", "ms", "prof"])
SOUNDS = [
    (re.compile("dzh|dj|zh"), "j"),
    (re.compile("ck|q|c(?=[^eiyh]|$)"), "k"),
    (re.compile("c(?=[eiy])|z"), "s"),
    (re.compile("ch|sh|kh"), "x"),
    (re.compile("ph"), "f"),
    (re.compile("th"), "t"),
    (re.compile("bh"), "b"),
    (re.compile("gh"), "g"),
]
MIN_LENGTH_FOR_TYPO = 6
"""In a word of at least this many letters, one may be wrong, missing or extra. In a shorter word that is another
name."""
MIN_SKELETON_LENGTH = 4


@dataclass(frozen=True)
class ComparableName:
    """Holds a name in the forms that are compared."""

    text: str

    @cached_property
    def raw(self) -> str:
        """Returns its own letters and digits, in their own script, without case."""
        folded = unicodedata.normalize("NFKC", self.text).casefold()
        return "".join(char for char in folded if char.isalnum())

    @cached_property
    def readings(self) -> list[tuple[str, ...]]:
        """Returns its words in the letters a to z: as they sound, and as they look."""
        as_seen = self.text.translate(LOOKALIKES)
        readings = (
            _words(self.text),
            _words(as_seen),
            _words(as_seen.replace("1", "i")),
            _words(as_seen.replace("1", "l")),
        )
        return list(dict.fromkeys(readings))

    @cached_property
    def is_latin(self) -> bool:
        return all("LATIN" in unicodedata.name(char, "") for char in self.text if char.isalpha())

    @cached_property
    def skeletons(self) -> frozenset[str]:
        """Returns its consonants, which are the same in every script; several variants where scripts differ. Empty for
        a name with few consonants, and for scripts in which a letter is a syllable: too little to tell people apart."""
        if SYLLABLE.search(self.text):
            return frozenset()
        sounds = _sounds("".join(self.readings[0]))
        skeletons = {_consonants(sounds.replace("w", with_w)) for with_w in ("v", "")}
        # Arabic has no p, v or hard g
        skeletons |= {skeleton.translate(str.maketrans("pvg", "bfj")) for skeleton in skeletons}
        return frozenset(skeleton for skeleton in skeletons if len(skeleton) >= MIN_SKELETON_LENGTH)

    @cached_property
    def keys(self) -> frozenset[str]:
        """Returns keys for a look-up of similar names: two names that resemble each other share at least one."""
        keys = {f"raw {self.raw}"} | {f"sound {skeleton}" for skeleton in self.skeletons}
        for words in self.readings:
            keys |= {f"tight {_without_doubles(key)}" for key in _phrase_keys(words)}
            keys |= {f"near {_without_doubles(key)}" for key in _typo_keys(words)}
        return frozenset(keys)

    def resembles(self, protected: "ComparableName") -> bool:
        """Returns whether this name could be mistaken for `protected`, which is written in a usual form."""
        if self.raw == protected.raw:
            return True
        protected_words = protected.readings[0]
        if len(protected_words) == 1:
            return any(_is_same_word(words, protected_words[0]) for words in self.readings)
        if not self.is_latin and self.skeletons & protected.skeletons:
            return True
        return any(_is_same_name(words, protected_words) for words in self.readings)


def _words(text: str) -> tuple[str, ...]:
    words = re.findall("[a-z0-9]+", transliterate(text).lower())
    return tuple(word for word in words if word not in IGNORED_WORDS) or tuple(words)


def _is_same_word(words: tuple[str, ...], protected_word: str) -> bool:
    """Compares with a protected name of one word, which must be the whole name: "Adele", not "Adele Brunner" or
    "Adela"."""
    typed = "".join(words)
    return typed == protected_word or (
        len(protected_word) >= MIN_LENGTH_FOR_TYPO and _without_doubles(typed) == _without_doubles(protected_word)
    )


def _is_same_name(words: tuple[str, ...], protected_words: tuple[str, ...]) -> bool:
    protected_keys = {"".join(protected_words), "".join(sorted(protected_words))}
    if protected_keys & _phrase_keys(words):
        return True
    return len(words) == len(protected_words) and any(
        _is_typo(typed, protected_words) for typed in (words, words[::-1])
    )


def _is_typo(typed: tuple[str, ...], protected_words: tuple[str, ...]) -> bool:
    """Returns whether at most one word differs, and only by a typo."""
    differ = [(a, b) for a, b in zip(typed, protected_words, strict=True) if not _is_same_sound(a, b)]
    return not differ or (len(differ) == 1 and _is_near_word(*differ[0]))


def _is_same_sound(typed: str, protected_word: str) -> bool:
    return typed == protected_word or (
        len(protected_word) >= MIN_SKELETON_LENGTH and _as_pronounced(typed) == _as_pronounced(protected_word)
    )


def _is_near_word(typed: str, protected_word: str) -> bool:
    """Allows two swapped neighbours; or, in a longer word, one wrong letter that is neither the first nor the last."""
    if typed[0] != protected_word[0] or OSA.distance(typed, protected_word, score_cutoff=1) > 1:
        return False
    if sorted(typed) == sorted(protected_word):
        return len(protected_word) >= MIN_SKELETON_LENGTH
    return len(protected_word) >= MIN_LENGTH_FOR_TYPO and typed[-1] == protected_word[-1]


def _phrase_keys(words: tuple[str, ...]) -> set[str]:
    """Returns the whole name, in order and sorted; each run of two or more words; and any two words with others
    between."""
    runs = [words[start:end] for start in range(len(words)) for end in range(start + 2, len(words) + 1)]
    pairs = combinations(words, 2) if len(words) <= 4 else pairwise(words)
    return {"".join(run) for run in (words, *runs, *pairs)} | {"".join(sorted(words))}


def _typo_keys(words: tuple[str, ...]) -> set[str]:
    """Returns, for each word, its first letter with all other words: a typo in that word does not change this key."""
    sounds = [_as_pronounced(word) for word in words]
    return {
        f"{word[:1]} {''.join(sorted(sounds[:at] + sounds[at + 1 :]))}"
        for at, word in enumerate(words)
        if len(words) > 1
    }


def _as_pronounced(word: str) -> str:
    """Returns the word as it sounds, without a silent e at its end."""
    return _without_doubles(_sounds(word)).removesuffix("e")


def _sounds(text: str) -> str:
    for pattern, sound in SOUNDS:
        text = pattern.sub(sound, text)
    return text


def _consonants(sounds: str) -> str:
    return _without_doubles(re.sub("[aeiouyh]", "", sounds))


def _without_doubles(text: str) -> str:
    return re.sub(r"(.)\1+", r"\1", text)
