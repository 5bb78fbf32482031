"""Values of a reading as people send them in JSON: a code by letter or name, and so on."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import TypeVar

from checks.catalogue import UnknownCriterion, criterion
from service.errors import FieldError
from service.research.addresses import page_url_problem
from service.research.grammar import LETTERS, Actor, Code, Severity
from service.research.tables import Task
from service.research.timing import MAX_OFFSET_MS

Value = TypeVar("Value")
_RULE = re.compile(r"(?:(?:axe|luiska):)?([a-z][a-z0-9]*(?:-[a-z0-9]+)*)")
_ROLES = {"P": Actor.PARTICIPANT, "M": Actor.MODERATOR, "O": Actor.OBSERVER}
_SEVERITIES = {str(severity.rank): severity for severity in Severity}


@dataclass(frozen=True, kw_only=True)
class NoteItem:
    """An observation, or a correction of one, as it was sent; `given` names the fields sent."""

    text: str = ""
    offset_ms: int | None = None
    code: str | None = None
    severity: int | str | None = None
    actor: str | None = None
    url: str | None = None
    selector: str | None = None
    criterion: str | None = None
    rule: str | None = None
    tags: Sequence[str] = ()
    task: int | None = None
    given: frozenset[str] = frozenset()

    def sent(self) -> dict[str, object]:
        """What was sent, without what was left out."""
        return {
            each.name: getattr(self, each.name) for each in fields(self) if each.name in self.given
        }


@dataclass(frozen=True, kw_only=True)
class Named:
    """The values that an item names, as they are stored."""

    code: Code
    severity: Severity | None
    actor: Actor | None
    rule: str | None
    tags: tuple[str, ...]


@dataclass(kw_only=True)
class ItemReader:
    """Reads items and collects what is wrong with them; `tasks` are those of the study."""

    tasks: Mapping[int, Task]
    errors: list[FieldError] = field(default_factory=list)

    def read(self, item: NoteItem, pointer: str) -> Named:
        """The values of `item`, which stands at `pointer` in the request."""
        if "text" in item.given and not item.text.strip():
            self._wrong(f"{pointer}/text", "An observation needs words.")
        if item.offset_ms is not None and not 0 <= item.offset_ms <= MAX_OFFSET_MS:
            self._wrong(f"{pointer}/offset_ms", f"From 0 to {MAX_OFFSET_MS} (100 hours).")
        if item.task is not None and item.task not in self.tasks:
            self._wrong(f"{pointer}/task", "The study has no task with this number.")
        if item.url is not None and (problem := page_url_problem(item.url)):
            self._wrong(f"{pointer}/url", problem)
        if item.criterion is not None and not _is_criterion(item.criterion):
            self._wrong(f"{pointer}/criterion", "WCAG 2.2 has no such success criterion.")
        rule = _RULE.fullmatch(item.rule) if item.rule is not None else None
        if item.rule is not None and rule is None:
            self._wrong(f"{pointer}/rule", "Use a rule's name, such as axe:button-name.")
        tags = [tag.strip().removeprefix("#") for tag in item.tags]
        for n, tag in enumerate(tags):
            if not tag:
                self._wrong(f"{pointer}/tags/{n}", "A tag needs a name.")
        return Named(
            code=self._code(item.code, f"{pointer}/code"),
            severity=self._severity(item.severity, f"{pointer}/severity"),
            actor=self._actor(item.actor, f"{pointer}/actor"),
            rule=rule.group(1) if rule else None,
            tags=tuple(dict.fromkeys(tags)),
        )

    def _code(self, name: str | None, pointer: str) -> Code:
        if name is None:
            return Code.NOTE
        code = LETTERS.get(name) or _member(Code, name)
        if code is None:
            known = ", ".join([*LETTERS, *(each.value for each in Code)])
            self._wrong(pointer, f"This is no code. Codes: {known}.")
        return code or Code.NOTE

    def _severity(self, name: int | str | None, pointer: str) -> Severity | None:
        if name is None:
            return None
        severity = _SEVERITIES.get(str(name)) or _member(Severity, str(name))
        if severity is None:
            known = ", ".join(each.value for each in Severity)
            self._wrong(pointer, f"Use 0 to 4 or a name: {known}.")
        return severity

    def _actor(self, name: str | None, pointer: str) -> Actor | None:
        if name is None:
            return None
        actor = _ROLES.get(name) or _member(Actor, name)
        if actor is None:
            self._wrong(pointer, "Use P, M, O, participant, moderator or observer.")
        return actor

    def _wrong(self, pointer: str, detail: str) -> None:
        self.errors.append(FieldError(pointer=pointer, detail=detail))


def _member(names: type[Value], name: str) -> Value | None:
    return next((each for each in names if each == name), None)  # type: ignore[attr-defined]


def _is_criterion(number: str) -> bool:
    try:
        criterion(number)
    except UnknownCriterion:
        return False
    return True
