"""Who speaks: `Name:`, `@Name:` and `[Name]` before the words, and which role a name has."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from service.research.grammar import Actor

# An address (`https:`) and a time (`10:30`) are no names.
_WORD = r"[^\W_][\w.'’-]*"
_NAME = rf"{_WORD}(?:[ \u00a0]{_WORD}){{0,3}}"
_COLON = re.compile(rf"@?(?P<name>{_NAME})\s?:(?=\s|\Z)\s*")
_AT = re.compile(rf"@(?P<name>{_NAME})\s?:(?=\s|\Z)\s*")
_BRACKETS = re.compile(rf"\[(?P<name>{_NAME})\]:?\s*")
_SCHEMES = frozenset(("http", "https", "mailto", "ftp", "file", "tel"))
_PARTICLES = frozenset(
    ["af", "av", "da", "de", "del", "den", "der", "di", "du", "la", "le", "van", "von", "zu"]
)
_LONGEST = 60
# What is said of sounds, not by people.
_SOUNDS = frozenset(
    (
        "applause", "crosstalk", "epäselvää", "hiljaisuus", "inaudible", "laughter", "music",
        "musiikki", "musiikkia", "musik", "nauraa", "naurua", "noise", "ohörbart", "paus", "pause",
        "silence", "skratt", "tauko", "unclear",
    )
)  # fmt: skip
_ROLE_WORDS = {
    Actor.PARTICIPANT: "p participant osallistuja testihenkilö haastateltava deltagare "
    "testperson intervjuperson respondent interviewee vastaaja",
    Actor.MODERATOR: "m moderator moderaattori ohjaaja haastattelija moderatorn intervjuare "
    "testledare interviewer facilitator fasilitaattori",
    Actor.OBSERVER: "o observer havainnoija tarkkailija observatör kirjaaja",
}
_ROLE_OF_WORD = {word: role for role, words in _ROLE_WORDS.items() for word in words.split()}
ROLE_WORDS = frozenset(word for word in _ROLE_OF_WORD if len(word) > 1)
"""What people call the roles in English, Finnish and Swedish, beside P, M and O."""


@dataclass(frozen=True, kw_only=True)
class People:
    """Which names stand for whom in one session. `others` are names that the study knows.

    `told` are the names that are the session's own, beside the words for the roles.
    """

    roles: Mapping[str, Actor] = field(default_factory=dict)
    told: frozenset[str] = frozenset()
    others: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        *,
        pseudonym: str = "",
        moderator: str = "",
        names: Iterable[str] = (),
        told: Mapping[str, str] | None = None,
    ) -> "People":
        """The words for the roles in three languages, the session's own names, what was told."""
        roles = dict(_ROLE_OF_WORD)
        if moderator.strip():
            roles[_key(moderator)] = Actor.MODERATOR
        if pseudonym.strip():
            roles[_key(pseudonym)] = Actor.PARTICIPANT
        roles.update((_key(name), Actor(role)) for name, role in (told or {}).items())
        return cls(
            roles=roles,
            told=frozenset(roles.keys() - _ROLE_OF_WORD.keys()),
            others={_key(name): name.strip() for name in names if name.strip()},
        )

    def actor(self, name: str) -> Actor | str:
        """The role of a speaker, the name as the study writes it, or the name as it stands."""
        key = _key(name)
        return self.roles.get(key) or self.others.get(key) or " ".join(name.split())

    def knows(self, name: str) -> bool:
        """Whether the name is a role's or one that the study knows."""
        return _key(name) in self.roles or _key(name) in self.others


def opening_speaker(text: str, people: People | None = None) -> tuple[str, int] | None:
    """The speaker that words open with, and where the words begin; None when there is none.

    With `people` a bare `Name:` counts only when the name is known (`huom: tärkeä` is text);
    without, when it begins with a capital letter, as in a transcript.
    """
    for pattern in (_AT, _BRACKETS, _COLON):
        match = pattern.match(text)
        if match is None or len(match.group("name")) > _LONGEST:
            continue
        name = match.group("name")
        if _key(name) in _SCHEMES or (pattern is _BRACKETS and _is_no_name(name)):
            continue
        if pattern is _COLON and not (people.knows(name) if people else _is_capital(name)):
            continue
        return name, match.end()
    return None


def is_name(text: str) -> bool:
    """Whether a whole line could be the name of a speaker."""
    plain = text.strip()
    return len(plain) <= _LONGEST and re.fullmatch(_NAME, plain) is not None and _is_capital(plain)


def _is_capital(name: str) -> bool:
    """Whether every word begins as a name does: `Hän sanoi: ei` opens with no speaker."""
    words = name.split()
    return words[0][0].isupper() and all(
        word[0].isupper() or word[0].isdigit() or word in _PARTICLES for word in words
    )


def _is_no_name(word: str) -> bool:
    return _key(word) in _SOUNDS or not word[0].isupper()


def _key(name: str) -> str:
    return " ".join(name.split()).casefold().removeprefix("@").removesuffix(":")
