"""Files read in the light of a session with P03 and the moderator MK."""

from collections.abc import Callable

import pytest

from service.research.exchange import (
    Choices,
    Imported,
    Interpreted,
    People,
    Room,
    interpret,
    read_file,
)

Read = Callable[..., tuple[Imported, Interpreted]]


@pytest.fixture
def read() -> Read:
    """Reads a file, as the keyword arguments of `Choices` say, for a study with tasks 1 and 2."""
    room = Room(
        people=People.of(pseudonym="P03", moderator="MK", names=["Matti"]),
        names=["Matti"],
        tasks={1: None, 2: None},  # type: ignore[dict-item]
    )

    def of(content: str | bytes, **told: object) -> tuple[Imported, Interpreted]:
        encoded = content.encode() if isinstance(content, str) else content
        imported = read_file(encoded, Choices(**told))  # type: ignore[arg-type]
        return imported, interpret(imported, room)

    return of
