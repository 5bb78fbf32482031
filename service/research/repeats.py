"""Which problem a `D` repeats: the latest with the same tag, else the latest."""

from collections.abc import Collection, Iterable
from typing import Generic, TypeVar

Name = TypeVar("Name")


class ProblemsSoFar(Generic[Name]):
    """The problems of a session as they come, each under a name of the caller's choice."""

    def __init__(self, earlier: Iterable[tuple[Name, Collection[str]]] = ()) -> None:
        self._names: list[Name] = []
        self._latest_by_tag: dict[str, int] = {}
        for name, tags in earlier:
            self.add(name, tags)

    def add(self, name: Name, tags: Collection[str]) -> None:
        """A further problem."""
        for tag in tags:
            self._latest_by_tag[tag.casefold()] = len(self._names)
        self._names.append(name)

    def repeated_by(self, tags: Collection[str]) -> Name | None:
        """The problem that a `D` with these tags repeats; None when there was none."""
        same = [
            self._latest_by_tag[tag]
            for tag in map(str.casefold, tags)
            if tag in self._latest_by_tag
        ]
        if same:
            return self._names[max(same)]
        return self._names[-1] if self._names else None
