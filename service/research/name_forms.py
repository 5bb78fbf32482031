"""The forms in which a name stands in Finnish, Swedish and English text.

Finnish bends the stem as well as the end: Virtanen, Virtasen; Mäki, Mäen; Lahti, Lahden; Heikki,
Heikin; Markus, Markuksen. The types are those that grammars of Finnish tell: gradation of
consonants, stems in -e-, -se- and -kse-, vowels that lengthen. Where names
differ from words (Satu, Sadun, but Kati, Katin) both forms count. Accents are often left out, so
José and Jose are the same; å, ä and ö are letters of their own.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache

from service.research.name_words import OLD_WORDS_IN_E, OLD_WORDS_IN_I, WORDS_TOO

# Accents may be characters of their own, as in what was copied from a PDF.
_LETTERS = r"(?:[^\W\d_][\u0300-\u036f]*)+"
WORD = re.compile(rf"{_LETTERS}(?:[-'’]{_LETTERS})*")
_LEAST_NAME = 2
_LEAST_STEM = 3
_VOWELS = "aeiouyäöå"
_OWN_LETTERS = "åäö"
# What is strong, and what it is before a syllable that ends in a consonant.
_GRADES = (
    ("kk", "k"), ("pp", "p"), ("tt", "t"), ("nk", "ng"), ("nt", "nn"), ("lt", "ll"), ("rt", "rr"),
    ("mp", "mm"), ("lp", "lv"), ("rp", "rv"), ("ht", "hd"), ("lk", "l"), ("lk", "lj"),
    ("rk", "r"), ("rk", "rj"), ("hk", "h"), ("hk", "hj"),
)  # fmt: skip
_SINGLE = (("k", ""), ("p", "v"), ("t", "d"))

_AFTER = r"(?:kin|k[aä]{2}n|k[oö](?:h[aä]n)?|h[aä]n|p[aä])?"
_AS_IT_IS = r"(?:|['’]?s|:(?:n|t|[aä]|ss[aä]|st[aä]|ll[aä]|lt[aä]|lle|n[aä]|ksi|t[aä]|[aeiouyäö]n))"
_WEAK = r"(?:n|t|ss[aä]|st[aä]|ll[aä]|lt[aä]|lle|ksi|tt[aä])"
_STRONG = r"(?:[aä]|t[aä]|n[aä]|(?<=([aeiouyäö]))\1n|h[aeiouyäö]n)"
_MANY = r"(?:j[aä]|jen|iden|itten|it[aä]|i?(?:ss|st|ll|lt|n)[aä]|i?lle|i?ksi|ihin|ien|en|i[aä])"
_MANY_AFTER_I = r"(?:[aä]|en|in|(?:ss|st|ll|lt|n)[aä]|lle|ksi)"
_LONG = r"(?:n|t|ss[aä]|st[aä]|ll[aä]|lt[aä]|lle|ksi|n[aä]|seen)"
_PARTITIVE = r"t[aä]|ten"
_FEW = rf"(?:{_AS_IT_IS}|n|lle|lt[aä])"


class NameForms:
    """All the forms of some names, to be found in many texts."""

    def __init__(self, names: Iterable[str]) -> None:
        self._endings: dict[str, list[tuple[re.Pattern[str], bool]]] = {}
        for name in sorted({part for each in names for part in _parts(each)}):
            is_a_word = len(name) == _LEAST_NAME or name in WORDS_TOO or name in OLD_WORDS_IN_I
            for stem, ending in _stems(name):
                self._endings.setdefault(stem, []).append((_compiled(ending), is_a_word))
        self._known: dict[str, bool] = {}
        self._longest = max(map(len, self._endings), default=0)

    def places_in(self, text: str) -> Iterator[tuple[int, int]]:
        """Where the names stand in a text, as start and end of whole words."""
        for word in WORD.finditer(text) if self._endings else ():
            if any(self._is_form(part) for part in {word.group(), *word.group().split("-")}):
                yield word.start(), word.end()

    def _is_form(self, word: str) -> bool:
        if word not in self._known:
            self._known[word] = self._fits(word)
        return self._known[word]

    def _fits(self, word: str) -> bool:
        folded = _folded(word)
        is_capital = word[:1].isupper()
        return any(
            ending.fullmatch(folded, length) is not None
            for length in range(_LEAST_NAME, min(self._longest, len(folded)) + 1)
            for ending, needs_capital in self._endings.get(folded[:length], ())
            if is_capital or not needs_capital
        )


def _folded(word: str) -> str:
    """In small letters with straight apostrophes, without the accents that people leave out."""
    letters = unicodedata.normalize("NFC", word.casefold().replace("’", "'"))
    return "".join(
        each if each in _OWN_LETTERS else unicodedata.normalize("NFD", each)[0] for each in letters
    )


def _parts(name: str) -> Iterator[str]:
    for word in WORD.findall(_folded(name)):
        for part in {word, *word.split("-")}:
            if len(part) >= _LEAST_NAME:
                yield part


@lru_cache
def _compiled(ending: str) -> re.Pattern[str]:
    return re.compile(f"(?:{ending}){_AFTER}")


def _stems(name: str) -> Iterator[tuple[str, str]]:
    """What forms of a name begin with, and what may follow it."""
    if len(name) == _LEAST_NAME:
        yield name, _FEW
        return
    for stem, ending in _bent(name):
        if stem == name or len(stem) >= _LEAST_STEM:
            yield stem, ending


def _bent(name: str) -> Iterator[tuple[str, str]]:
    yield name, _AS_IT_IS
    if name.endswith("nen"):
        yield name[:-3] + "se", f"{_WEAK}|{_STRONG}"
        yield name[:-3] + "s", _PARTITIVE
        yield name[:-3] + "si", _MANY_AFTER_I
    elif name[-1] in _VOWELS:
        yield from _in_a_vowel(name)
    else:
        yield from _in_a_consonant(name)


def _in_a_vowel(name: str) -> Iterator[tuple[str, str]]:
    yield name, f"{_WEAK}|{_STRONG}|{_MANY}"
    for weak in _weaker(name):
        yield weak, _WEAK
    plural = {"a": "o", "ä": "ö", "i": "e"}.get(name[-1])
    if plural is not None:
        for stem in (name, *_weaker(name)):
            yield stem[:-1] + plural, _MANY
    if name[-1] == "e":
        yield name + "e", _LONG
    if name.endswith(OLD_WORDS_IN_E):
        for strong in _stronger(name):
            yield strong + "e", _LONG
    if name.endswith(OLD_WORDS_IN_I):
        yield from _old_in_i(name)


def _old_in_i(name: str) -> Iterator[tuple[str, str]]:
    """Niemi, Niemen; Mäki, Mäen; Saari, Saarta; Uusi, Uuden."""
    stem = name[:-1]
    yield stem + "e", f"{_WEAK}|{_STRONG}"
    for weak in _weaker(name):
        yield weak[:-1] + "e", _WEAK
    if stem[-1] in "lnr":
        yield stem, _PARTITIVE
    if stem[-1] == "s":
        yield stem[:-1] + "de", _WEAK
        yield stem[:-1] + "te", _STRONG
        yield stem[:-1] + "t", _PARTITIVE


def _in_a_consonant(name: str) -> Iterator[tuple[str, str]]:
    yield name + "i", f"{_WEAK}|{_STRONG}"
    yield name + "e", f"{_MANY}|{_WEAK}|{_STRONG}"
    yield name, _PARTITIVE
    if name[-1] == "s" and name[-2] in _VOWELS:
        yield name[:-1] + "kse", f"{_WEAK}|{_STRONG}"
        yield name[:-1] + "ksi", _MANY_AFTER_I
        for stem in (name[:-1], *_stronger(name[:-1])):
            yield stem + stem[-1], _LONG


def _weaker(name: str) -> Iterator[str]:
    """Mäki, mäi; Heikki, heiki; Lahti, lahdi: with the weak grade before the last vowel."""
    base, vowel = name[:-1], name[-1]
    found = [(strong, weak) for strong, weak in _GRADES if base.endswith(strong)]
    if not found and len(base) > 1 and base[-2] in _VOWELS:
        found = [(strong, weak) for strong, weak in _SINGLE if base.endswith(strong)]
        if base[-2:] + vowel in {"uku", "yky"}:
            found = [("k", "v")]
    for strong, weak in found:
        yield base.removesuffix(strong) + weak + vowel


def _stronger(name: str) -> Iterator[str]:
    """Kuninga, kuninka; Rinne, rinte: what words in -as and -e have before the long vowel."""
    base, vowel = name[:-1], name[-1]
    for strong, weak in (*_GRADES, *_SINGLE):
        if weak and base.endswith(weak):
            yield base.removesuffix(weak) + strong + vowel
