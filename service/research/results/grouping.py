"""The groups of a study's participants, and which of them a reader may see."""

from collections.abc import Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from service.research.grammar import TaskOutcome
from service.research.results.facts import StudyFacts, Unit
from service.research.results.sharing import suppressed
from service.research.results.values import NOT_STATED, GroupKind, Suppressed

Units = frozenset[Unit]
Group = tuple[GroupKind, str]
Cell = tuple[Group, str | None]
"""A group on one build, or (None) on all of them."""

EVERYBODY: Group = ("all", "")


@dataclass(frozen=True)
class Groups:
    """The groups of a study. `shares` hides from a reader what is of too few people."""

    facts: StudyFacts
    shares: bool

    @cached_property
    def names(self) -> tuple[Group, ...]:
        """Everybody first, then the segments, then the classes of technology."""
        return tuple(dict.fromkeys(group for group, _ in self._cells))

    def units(self, group: Group, build: str | None) -> Units:
        """Who is in a group on a build; on all builds with None."""
        return self._cells.get((group, build), frozenset())

    def hidden(self, group: Group, *builds: str | None) -> Suppressed | None:
        """Why a group is not shown on some of these builds."""
        return _first(self._hidden, group, builds)

    def hidden_at(self, task_id: str, group: Group, *builds: str | None) -> Suppressed | None:
        """Why a group's figures of a task are not shown."""
        counted = {
            each.unit
            for each in self.facts.tried
            if each.task_id == task_id and each.outcome not in (None, TaskOutcome.NOT_RUN)
        }
        return self._hidden_among(frozenset(counted), group, builds)

    def hidden_among(
        self, participants: Collection[str], group: Group, *builds: str | None
    ) -> Suppressed | None:
        """Why what is told of so many of a group, as are among these, is not shown."""
        counted = {unit for unit in self.facts.active if unit[0] in participants}
        return self._hidden_among(frozenset(counted), group, builds)

    def hidden_answers(
        self, task_id: str | None, group: Group, *builds: str | None
    ) -> Suppressed | None:
        """Why a group's answers (about a task, or about the whole) are not shown."""
        for instrument in {each.instrument for each in self.facts.answered}:
            answered = {
                each.unit
                for each in self.facts.answered
                if (each.instrument, each.task_id) == (instrument, task_id)
            }
            hidden = self._hidden_among(frozenset(answered), group, builds)
            if hidden is not None:
                return hidden
        return None

    def _hidden_among(
        self, counted: Units, group: Group, builds: Iterable[str | None]
    ) -> Suppressed | None:
        if group == EVERYBODY or not self.shares:
            return None
        if counted not in self._hidden_by_counted:
            self._hidden_by_counted[counted] = self._suppressed(
                {
                    cell: units & counted
                    for cell, units in self._cells.items()
                    if cell not in self._hidden
                }
            )
        return _first(self._hidden_by_counted[counted], group, builds)

    @cached_property
    def _hidden_by_counted(self) -> dict[Units, Mapping[Hashable, Suppressed]]:
        return {}

    @cached_property
    def _cells(self) -> Mapping[Cell, Units]:
        cells: dict[Cell, set[Unit]] = {(EVERYBODY, None): set()}
        people = self.facts.people
        segments = sorted({each.segment for each in people.values() if each.segment})
        classes = sorted({each for who in people.values() for each in who.technologies})
        for build in (None, *self.facts.builds):
            cells.setdefault((EVERYBODY, build), set())
            for segment in segments:
                cells.setdefault((("segment", segment), build), set())
            for name in (*classes, NOT_STATED):
                cells.setdefault((("technology", name), build), set())
        for unit in self.facts.units:
            person = people[unit[0]]
            groups: list[Group] = [EVERYBODY]
            groups += [("segment", person.segment)] if person.segment else []
            groups += [("technology", each) for each in person.technologies or {NOT_STATED}]
            for group in groups:
                for build in {None, unit[1]}:
                    cells[group, build].add(unit)
        used = {group for (group, _), units in cells.items() if units} | {EVERYBODY}
        return {cell: frozenset(units) for cell, units in cells.items() if cell[0] in used}

    @cached_property
    def _hidden(self) -> Mapping[Hashable, Suppressed]:
        if not self.shares:
            return {}
        active = self.facts.active
        return self._suppressed({cell: units & active for cell, units in self._cells.items()})

    def _suppressed(self, cells: Mapping[Cell, Units]) -> Mapping[Hashable, Suppressed]:
        return suppressed(
            {cell: units for cell, units in cells.items() if cell[0] != EVERYBODY},
            [units for cell, units in cells.items() if cell[0] == EVERYBODY and units],
            self.facts.study.share_threshold,
        )


def _first(
    hidden: Mapping[Hashable, Suppressed], group: Group, builds: Iterable[str | None]
) -> Suppressed | None:
    return next((hidden[group, build] for build in builds if (group, build) in hidden), None)
