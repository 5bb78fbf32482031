"""What participants use, in words that counts can be made of."""

import re
from dataclasses import dataclass

OTHER = "other"
NONE = "none"

# Products that people name without their class. What is not here is `other`, never a guess.
_CLASS_OF_PRODUCT = {
    "jaws": "screen-reader",
    "narrator": "screen-reader",
    "nvda": "screen-reader",
    "orca": "screen-reader",
    "talkback": "screen-reader",
    "voiceover": "screen-reader",
    "fusion": "magnifier",
    "supernova": "magnifier",
    "zoomtext": "magnifier",
    "dragon": "speech-input",
}
CLASSES = (
    NONE,
    "screen-reader",
    "magnifier",
    "speech-input",
    "switch",
    "keyboard-only",
    "braille-display",
    "reading-aid",
    OTHER,
)


@dataclass(frozen=True, kw_only=True)
class Technology:
    """One thing that a participant uses: class, product, version, how well they know it."""

    technology_class: str
    product: str = ""
    version: str = ""
    skill: str | None = None


def technology_class(name: str) -> str:
    """A class in its one spelling: `Screen reader` is `screen-reader`; empty if nothing is left."""
    return re.sub(r"[\W_]+", "-", name.strip().casefold()).strip("-")


def technology_named(words: str) -> Technology:
    """The technology meant by plain words: `NVDA/Firefox`, `none`, `screen reader`.

    A class by its name, else the class of a well known product named first, else `other`; the
    words are kept as the product.
    """
    as_class = technology_class(words)
    if as_class in CLASSES:
        return Technology(technology_class=as_class)
    first = re.match(r"\w+", words.strip())
    known = _CLASS_OF_PRODUCT.get(first.group().casefold()) if first else None
    return Technology(technology_class=known or OTHER, product=words.strip())
