"""Lines about tasks: `T2 >` starts one, `T2 = outcome SEQ n` ends it."""

import re
from dataclasses import dataclass

from service.research.grammar.lines import Doubts
from service.research.grammar.values import TaskOutcome, WarningCode

_LIKE_TASK = re.compile(r"T[0-9]+\s*[>=]")
_START = re.compile(r"T0*([1-9][0-9]{0,3})\s*>\s*")
_END = re.compile(r"T0*([1-9][0-9]{0,3})\s*=\s*([A-Za-z_]+)[,;.]?(?:\s+|\Z)")
_SEQ = re.compile(r"(?<!\S)SEQ\s*([1-7])[,;.]?(?!\S)", re.IGNORECASE)
_LIKE_SEQ = re.compile(r"(?<!\S)SEQ\s*[0-9]", re.IGNORECASE)
_OUTCOMES = {outcome.value: outcome for outcome in TaskOutcome}


@dataclass(frozen=True, kw_only=True, slots=True)
class TaskLine:
    """A task's start (`outcome` is None) or its end; the remark begins at `end`."""

    number: int
    outcome: TaskOutcome | None
    end: int


def read_task(text: str, position: int, doubts: Doubts) -> TaskLine | None:
    """A task's start or end at `position`, or None; then something like one has its warning."""
    if start := _START.match(text, position):
        return TaskLine(number=int(start.group(1)), outcome=None, end=start.end())
    end = _END.match(text, position)
    if end is not None and (outcome := _OUTCOMES.get(end.group(2).lower())):
        return TaskLine(number=int(end.group(1)), outcome=outcome, end=end.end())
    if end is not None:
        names = ", ".join(_OUTCOMES)
        detail = f"{end.group(2)} is no outcome, so this is a note. Outcomes: {names}."
        doubts.add(end.start(2), WarningCode.UNKNOWN_OUTCOME, detail)
    elif _LIKE_TASK.match(text, position):
        detail = "Read as a note: `T2 >` starts a task, `T2 = outcome` ends it (T1 to T9999)."
        doubts.add(position, WarningCode.UNREADABLE_TASK, detail)
    return None


def read_seq(remark: str, position: int, doubts: Doubts) -> tuple[int | None, str]:
    """The answer to the Single Ease Question (1 to 7) in a remark, and the remark without it."""
    if seq := _SEQ.search(remark):
        rest = (remark[: seq.start()].rstrip(), remark[seq.end() :].lstrip())
        return int(seq.group(1)), " ".join(part for part in rest if part)
    if _LIKE_SEQ.search(remark):
        detail = "SEQ is a whole number from 1 to 7; this stays in the remark."
        doubts.add(position, WarningCode.UNKNOWN_SEQ, detail)
    return None, remark
