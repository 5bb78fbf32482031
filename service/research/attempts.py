"""Attempts at tasks, made and ended by the lines `T2 >` and `T2 = outcome`."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from service.research.doubts import Doubt
from service.research.grammar import ParsedNote
from service.research.tables import Attempt, ResearchSession, Task


class AttemptBook:
    """The attempts of one session, oldest first, and what further lines do to them.

    With `keeps_earlier` a task that has attempts already keeps them as they are: further lines
    about it change nothing, so that they can be taken away again.
    """

    def __init__(
        self,
        session: ResearchSession,
        tasks: Mapping[int, Task],
        earlier: Iterable[Attempt],
        now: datetime,
        *,
        keeps_earlier: bool = False,
    ) -> None:
        self.added: list[Attempt] = []
        self.doubts: list[Doubt] = []
        self._session = session
        self._tasks = tasks
        self._now = now
        self._latest = {attempt.task_id: attempt for attempt in earlier}
        self._kept = frozenset(self._latest) if keeps_earlier else frozenset[str]()

    def read(self, entry: ParsedNote, offset_ms: int | None, make_id: Callable[[], str]) -> None:
        """Take in a `task_start` or `task_end`; other kinds change nothing.

        A start of a task that runs already goes on with that attempt. An end without a start makes
        an attempt. An end of a task that has ended already corrects how it ended.
        """
        if entry.kind not in {"task_start", "task_end"} or entry.task is None:
            return
        task = self._tasks.get(entry.task)
        if task is None:
            self._doubt(entry, "unknown-task", f"The study has no task {entry.task}.")
            return
        if task.id in self._kept:
            detail = f"T{entry.task} has been noted in this session already; that stays as it is."
            self._doubt(entry, "attempt-kept", detail)
            return
        latest = self._latest.get(task.id)
        if entry.kind == "task_start":
            if latest is not None and latest.outcome is None:
                detail = f"T{entry.task} runs already; it goes on."
                self._doubt(entry, "task-already-running", detail)
            else:
                self._add(task, make_id()).started_offset_ms = offset_ms
            return
        if latest is None or _begins_anew(latest, entry):
            latest = self._add(task, make_id())
        elif latest.outcome is not None:
            detail = f"T{entry.task} had ended as {latest.outcome}; this outcome counts now."
            self._doubt(entry, "outcome-replaced", detail)
        latest.outcome = entry.outcome
        latest.ended_offset_ms = offset_ms
        latest.seq = entry.seq if entry.seq is not None else latest.seq

    def _add(self, task: Task, attempt_id: str) -> Attempt:
        attempt = Attempt(
            id=attempt_id,
            session_id=self._session.id,
            task_id=task.id,
            participant_id=self._session.participant_id,
            created_at=self._now,
        )
        self.added.append(attempt)
        self._latest[task.id] = attempt
        return attempt

    def _doubt(self, entry: ParsedNote, code: str, detail: str) -> None:
        self.doubts.append(Doubt(line=entry.line, code=code, detail=detail))


def _begins_anew(latest: Attempt, entry: ParsedNote) -> bool:
    """Whether an end speaks of another attempt: a task that was not run was run after all."""
    return latest.outcome == "not_run" and entry.outcome != "not_run"
