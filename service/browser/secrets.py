"""Secrets: named in requests, taken from the environment at the last moment, masked in results."""

import html
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any, TypeVar

PREFIX = "LUISKA_SECRET_"
LEAST_CHARACTERS = 4
"""A shorter one stands in every page by chance, and could not be kept out of results."""
_PLACEHOLDER = re.compile(r"\$\{(LUISKA_SECRET_[A-Z0-9_]+)\}")
_ATTEMPT = re.compile(r"\$\{?LUISKA_SECRET", re.IGNORECASE)

T = TypeVar("T")


class SecretMissing(Exception):
    """A secret is not in the environment, or cannot be used; the message names it."""


def placeholders(text: str) -> frozenset[str]:
    """The names of the secrets that `text` wants: `${LUISKA_SECRET_…}`."""
    return frozenset(_PLACEHOLDER.findall(text))


def misspelt(text: str) -> bool:
    """Whether `text` seems to want a secret and would be taken as it is."""
    return _ATTEMPT.search(_PLACEHOLDER.sub("", text)) is not None


@dataclass(frozen=True, repr=False)
class Secrets:
    """The values of one visit's secrets, by name. Never shown, never pickled into a request."""

    values: Mapping[str, str]

    @classmethod
    def of(cls, texts: Iterable[str], environment: Mapping[str, str]) -> "Secrets":
        """Those that these texts want. Raises SecretMissing."""
        values = {}
        for name in sorted({name for text in texts for name in placeholders(text)}):
            value = environment.get(name)
            if value is None:
                raise SecretMissing(f"{name} is not set in the environment of what visits pages")
            if len(value) < LEAST_CHARACTERS:
                raise SecretMissing(
                    f"{name} has fewer than {LEAST_CHARACTERS} characters: it could not be kept "
                    "out of results"
                )
            values[name] = value
        return cls(values)

    def __bool__(self) -> bool:
        return bool(self.values)

    def fill(self, text: str) -> str:
        """`text` with each secret in the place of its name."""
        return _PLACEHOLDER.sub(lambda match: self.values[match[1]], text)

    def mask(self, value: T) -> T:
        """`value` with every secret in its texts, however spelled, replaced by its name again."""
        if not self.values:
            return value
        masked: T = _Mask(self.values).of(value)
        return masked


class _Mask:
    """Goes through mappings, sequences and dataclasses; longer secrets before shorter ones."""

    def __init__(self, values: Mapping[str, str]) -> None:
        longest_first = sorted(values, key=lambda name: len(values[name]), reverse=True)
        self._values = {name: values[name] for name in longest_first}
        self._pattern = re.compile(
            "|".join(f"(?P<{name}>{_spelled(value)})" for name, value in self._values.items())
        )

    def of(self, value: Any) -> Any:
        match value:
            case str():
                masked = self._without_start(self._pattern.sub(_name, str(value)))
                # An enumeration's member stays one.
                return value if masked == value else masked
            case Mapping():
                return {self.of(key): self.of(each) for key, each in value.items()}
            case tuple() | list():
                return type(value)(self.of(each) for each in value)
            case _ if is_dataclass(value) and not isinstance(value, type):
                changes = {each.name: self.of(getattr(value, each.name)) for each in fields(value)}
                return replace(value, **changes)
            case _:
                return value

    def _without_start(self, text: str) -> str:
        """`text` without the first part of a secret at its end: what is clipped may end in one."""
        for name, value in self._values.items():
            tail = max(len(text) - len(value), 0)
            at = text.find(value[:LEAST_CHARACTERS], tail)
            while at >= 0:
                if value.startswith(text[at:]):
                    return f"{text[:at]}${{{name}}}"
                at = text.find(value[:LEAST_CHARACTERS], at + 1)
        return text


def _name(match: re.Match[str]) -> str:
    return f"${{{match.lastgroup}}}"


def _spelled(value: str) -> str:
    """A pattern of the value, each character plain or as addresses, HTML, CSS and JSON write it."""
    parts = re.split(r"(\s+)", value.strip() or value)
    return "".join(
        r"(?:\\?\s|\+|%20|&nbsp;)+" if part.isspace() else "".join(map(_character, part))
        for part in parts
    )


def _character(character: str) -> str:
    if character.isascii() and character.isalnum():
        return rf"(?:{character}|\\3{character} ?)" if character.isdigit() else character
    in_address = "".join(f"%{byte:02X}" for byte in character.encode("utf-8", "surrogatepass"))
    units = character.encode("utf-16-be", "surrogatepass").hex()
    in_json = "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))
    exact = {character, f"\\{character}", in_json, html.escape(character), f"&#{ord(character)};"}
    longest_first = sorted(exact, key=len, reverse=True)
    return f"(?:(?i:{in_address})|{'|'.join(map(re.escape, longest_first))})"
