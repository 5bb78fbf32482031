"""Observations sent as JSON, brought into the form that read notes have."""

import json
from collections.abc import Mapping, Sequence

from service.errors import Malformed
from service.research.grammar import Code, Notes, NoteWarning, ParsedNote, WarningCode
from service.research.in_force import InForce
from service.research.named import ItemReader, Named, NoteItem
from service.research.repeats import ProblemsSoFar
from service.research.tables import Task
from service.research.wall import quotes_in

REPEATS_NOTHING = "There is no earlier problem to repeat, so this is read as a problem."


def read_items(
    items: Sequence[NoteItem], in_force: InForce, tasks: Mapping[int, Task]
) -> tuple[Notes, list[int]]:
    """The items as entries on the lines 1, 2 …, and the lines that quote somebody.

    What an item leaves out of task and page is what is in force in the session; null is none. A
    time that is left out or null is the one above. Raises `Malformed`, naming every wrong value.
    """
    reader = ItemReader(tasks=tasks)
    named = [reader.read(item, f"/observations/{n}") for n, item in enumerate(items)]
    if reader.errors:
        raise Malformed(
            "Some observations cannot be read, so nothing was stored; see `errors`.",
            errors=tuple(reader.errors),
        )
    entries: list[ParsedNote] = []
    warnings: list[NoteWarning] = []
    quoting: list[int] = []
    problems = ProblemsSoFar(in_force.numbered_problems().items())
    offset_ms = None
    for line, (item, values) in enumerate(zip(items, named, strict=True), start=1):
        quotes, is_quoting = quotes_in(item.text)
        if is_quoting:
            quoting.append(line)
        inherited = item.offset_ms is None and offset_ms is not None
        offset_ms = item.offset_ms if item.offset_ms is not None else offset_ms
        code, refers_to = _code_and_repeat(values, line, problems, warnings)
        entries.append(
            ParsedNote(
                kind="observation",
                line=line,
                raw=_canonical(item),
                offset_ms=offset_ms,
                time_inherited=inherited,
                code=code,
                severity=values.severity,
                actor=values.actor,
                text=item.text,
                quotes=quotes,
                tags=values.tags,
                url=item.url if "url" in item.given else in_force.url,
                selector=item.selector,
                criterion=item.criterion,
                rule=values.rule,
                task=item.task if "task" in item.given else in_force.task,
                refers_to=refers_to,
            )
        )
    return Notes(entries=tuple(entries), warnings=tuple(warnings)), quoting


def _code_and_repeat(
    values: Named, line: int, problems: ProblemsSoFar[int], warnings: list[NoteWarning]
) -> tuple[Code, int | None]:
    """The code that counts and the problem that is repeated, by the rule that notes have."""
    code, refers_to = values.code, None
    if code is Code.SAME_PROBLEM:
        refers_to = problems.repeated_by(values.tags)
        if refers_to is None:
            code = Code.PROBLEM
            why = WarningCode.NO_EARLIER_PROBLEM
            warnings.append(NoteWarning(line=line, column=1, code=why, detail=REPEATS_NOTHING))
    if code is Code.PROBLEM:
        problems.add(line, values.tags)
    return code, refers_to


def _canonical(item: NoteItem) -> bytes:
    """What was sent, with sorted names and no white space."""
    text = json.dumps(item.sent(), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return text.encode()
