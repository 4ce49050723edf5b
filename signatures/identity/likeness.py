"""Whether a name that was typed is a protected name in disguise: another script, other letters, a slip of the keys.

A match holds a signature for a moderator's eye; it refuses nobody. What the rules are worth on names that they were not
made on, tests/identity/test_likeness.py measures.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations, pairwise

from rapidfuzz.distance import OSA

from signatures.identity.transliteration import SYLLABLE, transliterate

# Letters of other scripts, and digits, that pass for Latin ones at a glance.
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
"""Letters in a word from which on one may be wrong, missing or too many. In a shorter word that is another name."""
MIN_SKELETON_LENGTH = 4


@dataclass(frozen=True)
class Name:
    """A name, in the forms by which it is compared."""

    text: str

    @cached_property
    def raw(self) -> str:
        """Its own letters, whatever their script."""
        folded = unicodedata.normalize("NFKC", self.text).casefold()
        return "".join(char for char in folded if char.isalnum())

    @cached_property
    def readings(self) -> list[tuple[str, ...]]:
        """Its words in the letters a to z: as they sound, and as they look."""
        seen = self.text.translate(LOOKALIKES)
        readings = (_words(self.text), _words(seen), _words(seen.replace("1", "i")), _words(seen.replace("1", "l")))
        return list(dict.fromkeys(readings))

    @cached_property
    def is_latin(self) -> bool:
        return all("LATIN" in unicodedata.name(char, "") for char in self.text if char.isalpha())

    @cached_property
    def skeletons(self) -> frozenset[str]:
        """Its consonants, which other scripts agree on; more than one where they do not. Empty where they are few, and
        where a letter is a syllable: those have too few to tell two people apart."""
        if SYLLABLE.search(self.text):
            return frozenset()
        sounds = _sounds("".join(self.readings[0]))
        found = {_consonants(sounds.replace("w", with_w)) for with_w in ("v", "")}
        found |= {each.translate(str.maketrans("pvg", "bfj")) for each in found}  # Arabic has no p, v or hard g
        return frozenset(each for each in found if len(each) >= MIN_SKELETON_LENGTH)

    @cached_property
    def keys(self) -> frozenset[str]:
        """What a match has in common with this name. Two names that `resembles` joins share at least one."""
        found = {f"raw {self.raw}"} | {f"sound {each}" for each in self.skeletons}
        for words in self.readings:
            found |= {f"tight {_without_doubles(each)}" for each in _phrase_keys(words)}
            found |= {f"near {_without_doubles(each)}" for each in _typo_keys(words)}
        return frozenset(found)

    def resembles(self, protected: "Name") -> bool:
        """Whether somebody who typed this may pass for `protected`, who is given in a usual form."""
        if self.raw == protected.raw:
            return True
        whose = protected.readings[0]
        if len(whose) == 1:
            return any(_is_same_word(words, whose[0]) for words in self.readings)
        if not self.is_latin and self.skeletons & protected.skeletons:
            return True
        return any(_is_same_name(words, whose) for words in self.readings)


def _words(text: str) -> tuple[str, ...]:
    words = re.findall("[a-z0-9]+", transliterate(text).lower())
    return tuple(word for word in words if word not in IGNORED_WORDS) or tuple(words)


def _is_same_word(words: tuple[str, ...], whose: str) -> bool:
    """A name of one word is famous alone: "Adele", and not "Adele Brunner" or "Adela"."""
    typed = "".join(words)
    return typed == whose or (len(whose) >= MIN_LENGTH_FOR_TYPO and _without_doubles(typed) == _without_doubles(whose))


def _is_same_name(words: tuple[str, ...], whose: tuple[str, ...]) -> bool:
    wanted = {"".join(whose), "".join(sorted(whose))}
    if wanted & _phrase_keys(words):
        return True
    return len(words) == len(whose) and any(_is_typo(typed, whose) for typed in (words, words[::-1]))


def _is_typo(typed: tuple[str, ...], whose: tuple[str, ...]) -> bool:
    """All words are the same but for one, and that one nearly."""
    differ = [(a, b) for a, b in zip(typed, whose, strict=True) if not _is_same_sound(a, b)]
    return not differ or (len(differ) == 1 and _is_near_word(*differ[0]))


def _is_same_sound(typed: str, whose: str) -> bool:
    return typed == whose or (len(whose) >= MIN_SKELETON_LENGTH and _as_pronounced(typed) == _as_pronounced(whose))


def _is_near_word(typed: str, whose: str) -> bool:
    """Two neighbours swapped; or, in a longer word, one letter off that is neither its first nor its last."""
    if typed[0] != whose[0] or OSA.distance(typed, whose, score_cutoff=1) > 1:
        return False
    if sorted(typed) == sorted(whose):
        return len(whose) >= MIN_SKELETON_LENGTH
    return len(whose) >= MIN_LENGTH_FOR_TYPO and typed[-1] == whose[-1]


def _phrase_keys(words: tuple[str, ...]) -> set[str]:
    """The whole name, in order and sorted; each run of two words and more; and any two words with others between."""
    runs = [words[start:end] for start in range(len(words)) for end in range(start + 2, len(words) + 1)]
    pairs = combinations(words, 2) if len(words) <= 4 else pairwise(words)
    return {"".join(each) for each in (words, *runs, *pairs)} | {"".join(sorted(words))}


def _typo_keys(words: tuple[str, ...]) -> set[str]:
    """Each word by its first letter alone, beside all others: what a slip in that one word leaves as it was."""
    heard = [_as_pronounced(word) for word in words]
    return {
        f"{word[:1]} {''.join(sorted(heard[:at] + heard[at + 1 :]))}" for at, word in enumerate(words) if len(words) > 1
    }


def _as_pronounced(word: str) -> str:
    """The word as it sounds, a silent e at its end left out."""
    return _without_doubles(_sounds(word)).removesuffix("e")


def _sounds(text: str) -> str:
    for pattern, sound in SOUNDS:
        text = pattern.sub(sound, text)
    return text


def _consonants(sounds: str) -> str:
    return _without_doubles(re.sub("[aeiouyh]", "", sounds))


def _without_doubles(text: str) -> str:
    return re.sub(r"(.)\1+", r"\1", text)
