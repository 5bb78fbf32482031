"""Notes read from top to bottom; the running task, the page and the time carry over.

Time is linear in the size of the submission, whatever it holds.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from service.research.grammar.header import looks_like_header, read_header
from service.research.grammar.lines import Doubts, LogicalLine, as_bytes, logical_lines
from service.research.grammar.markers import Body, Markers, engine_and_rule, read_markers
from service.research.grammar.opening import Opening, Openings, warn_of_misplaced_severity
from service.research.grammar.quoting import masked, quoted_stretches
from service.research.grammar.tasks import TaskLine, read_seq
from service.research.grammar.values import (
    Code,
    Kind,
    Notes,
    NoteWarning,
    ParsedNote,
    TaskOutcome,
    WarningCode,
)


def parse_notes(
    text: bytes | str,
    *,
    aliases: Mapping[str, Code] | None = None,
    names: Collection[str] = (),
    task: int | None = None,
    url: str | None = None,
    problems: Mapping[int, Collection[str]] | None = None,
) -> Notes:
    """The reading of a submission. Raises nothing on any bytes or string.

    `aliases` add letters for codes (an alias that `alias_problem` objects to is ignored), `names`
    are speakers beside P, M and O. For a live append `task` and `url` are what is in force before
    the first line, and `problems` the session's earlier problems with their tags, oldest first,
    under numbers below 1 of the caller's choice: a `D` refers to them by that number.
    """
    warnings: list[NoteWarning] = []
    lines = list(logical_lines(as_bytes(text), warnings))
    openings = Openings(aliases, names)
    state = _InForce(task=task, url=url)
    for number, tags in (problems or {}).items():
        state.remember_problem(number, tags)
    header = None
    entries: list[ParsedNote] = []
    for line in lines:
        if line.is_blank:
            entries.append(ParsedNote(kind="blank", line=line.number, raw=line.raw))
            continue
        doubts = Doubts(line=line)
        if looks_like_header(line):
            header = read_header(line)
            if header is not None:
                entries.append(ParsedNote(kind="header", line=line.number, raw=line.raw))
                continue
            detail = "No header: that is `# session participant key=value …`. Read as text."
            doubts.add(0, WarningCode.NOT_A_HEADER, detail)
        entries.append(_entry(line, openings, state, doubts))
        warnings.extend(doubts.found)
    warnings.sort(key=lambda warning: (warning.line, warning.column))
    return Notes(header=header, entries=tuple(entries), warnings=tuple(warnings))


@dataclass(kw_only=True, slots=True)
class _InForce:
    """What one line leaves for the lines below it."""

    task: int | None
    url: str | None
    offset_ms: int | None = None
    wall_clock: str | None = None
    latest_problem: int | None = None
    problem_count: int = 0
    by_tag: dict[str, tuple[int, int]] = field(default_factory=dict)

    def remember_problem(self, number: int, tags: Collection[str]) -> None:
        self.latest_problem = number
        self.problem_count += 1
        for tag in tags:
            self.by_tag[tag.casefold()] = (self.problem_count, number)

    def problem_like(self, tags: Collection[str]) -> int | None:
        """The latest problem with one of these tags, else the latest problem of all."""
        same = [self.by_tag[t] for t in map(str.casefold, tags) if t in self.by_tag]
        return max(same)[1] if same else self.latest_problem


def _entry(line: LogicalLine, openings: Openings, state: _InForce, doubts: Doubts) -> ParsedNote:
    opening = openings.read(line.pieces[0], doubts)
    stretches, unclosed = quoted_stretches(line.text, opening.end)
    if unclosed is not None:
        detail = "A quotation mark without its pair; it quotes nothing."
        doubts.add(unclosed, WarningCode.UNCLOSED_QUOTE, detail)
    warn_of_misplaced_severity(masked(line.text, stretches), opening.end, doubts)
    markers = Markers(url=opening.page)
    body = read_markers(line, opening.end, stretches, markers, doubts)
    if markers.url is not None:
        state.url = markers.url
    if opening.task_line is not None:
        return _task_entry(line, opening, opening.task_line, body, markers, state, doubts)

    said = opening.code or opening.severity or opening.actor or body.text
    kind: Kind = "page" if markers.url is not None and not said else "observation"
    code = None if kind == "page" else opening.code or Code.NOTE
    named = markers.tags or markers.selector or markers.criterion or markers.rule
    if kind == "observation" and not said and not named:
        doubts.add(0, WarningCode.EMPTY_NOTE, "A time with nothing said about it.")
    refers_to = None
    if code is Code.SAME_PROBLEM:
        refers_to = state.problem_like(markers.tags)
        if refers_to is None:
            code = Code.PROBLEM
            detail = "There is no earlier problem to repeat, so this is read as a problem."
            doubts.add(0, WarningCode.NO_EARLIER_PROBLEM, detail)
    if code is Code.PROBLEM:
        state.remember_problem(line.number, markers.tags)
    return _note(
        kind, line, opening, body, markers, state, code=code, refers_to=refers_to, task=state.task
    )


def _task_entry(
    line: LogicalLine,
    opening: Opening,
    task_line: TaskLine,
    body: Body,
    markers: Markers,
    state: _InForce,
    doubts: Doubts,
) -> ParsedNote:
    number = task_line.number
    if task_line.outcome is None:
        if state.task is not None and state.task != number:
            detail = f"T{state.task} has no end; T{number} runs from here on."
            doubts.add(0, WarningCode.TASK_STILL_RUNNING, detail)
        state.task = number
        return _note("task_start", line, opening, body, markers, state, task=number)
    if state.task == number:
        state.task = None
    elif task_line.outcome is not TaskOutcome.NOT_RUN:
        doubts.add(0, WarningCode.TASK_NOT_RUNNING, f"T{number} ends, but it was not running.")
    seq, remark = read_seq(body.text, opening.end, doubts)
    body = Body(text=remark, quotes=body.quotes)
    outcome = task_line.outcome
    return _note(
        "task_end", line, opening, body, markers, state, task=number, outcome=outcome, seq=seq
    )


def _note(
    kind: Kind,
    line: LogicalLine,
    opening: Opening,
    body: Body,
    markers: Markers,
    state: _InForce,
    *,
    task: int | None,
    code: Code | None = None,
    refers_to: int | None = None,
    outcome: TaskOutcome | None = None,
    seq: int | None = None,
) -> ParsedNote:
    timed = opening.offset_ms is not None or opening.wall_clock is not None
    if timed:
        state.offset_ms, state.wall_clock = opening.offset_ms, opening.wall_clock
    engine, rule = engine_and_rule(markers.rule)
    return ParsedNote(
        kind=kind,
        line=line.number,
        raw=line.raw,
        offset_ms=state.offset_ms,
        wall_clock=state.wall_clock,
        time_inherited=not timed and (state.offset_ms is not None or state.wall_clock is not None),
        code=code,
        severity=opening.severity,
        actor=opening.actor,
        text=body.text,
        quotes=body.quotes,
        tags=tuple(markers.tags),
        url=state.url,
        selector=markers.selector,
        criterion=markers.criterion,
        rule=rule,
        rule_engine=engine,
        task=task,
        outcome=outcome,
        seq=seq,
        refers_to=refers_to,
    )
