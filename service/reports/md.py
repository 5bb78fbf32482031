"""Markdown for a pull request: the verdict first, then counts, then what broke the gate.

Texts of pages stand in code spans, and other texts of strangers are escaped: neither becomes
markup, a mention or a link.
"""

import re
from collections.abc import Iterator, Sequence

from service.barriers.gate.values import NotExamined, Verdict
from service.reports.entries import Entry, Standing, entries_of, not_examined_of
from service.reports.report import Report
from service.reports.text import joined, one_line, readable, size

# GitHub refuses a comment of more than 65,536 characters.
MOST_CHARACTERS = 60_000
_ROOM_FOR_THE_END = 400
_MOST_PAGES = 5
_MOST_LOST = 20
_MOST_SAID = 20
_MOST_TEXT = 300
_WORDS = {"pass": "passed", "fail": "failed", "incomplete": "could not decide"}
_COUNTED: tuple[tuple[Standing, str], ...] = (
    ("new", "New"),
    ("existing", "Known from before"),
    ("failed", "Failed"),
    ("unstable", "Undecided"),
    ("fixed", "Fixed"),
    ("needs_review", "Needs review"),
    ("suppressed", "Suppressed"),
    ("advisory", "Advice, never gated"),
)
_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")
# Forges look for mentions and addresses in the finished text, where a backslash is gone.
_REFERENCES = re.compile(r"(?<=[@#!$%&~])(?=\S)|(?<=:)(?=//)|(?<=www)(?=\.)", re.IGNORECASE)


def render(report: Report) -> str:
    """The summary, at most `MOST_CHARACTERS` long; what did not fit is counted at its end."""
    entries = entries_of(report)
    breaking = [each for each in entries if each.barrier.breaks]
    undecided = [each for each in entries if each.is_undecided and not each.barrier.breaks]
    blocks = list(_opening(report, entries))
    room = MOST_CHARACTERS - _ROOM_FOR_THE_END - sum(map(_length, blocks))
    broke = "### What broke the gate\n" if report.verdict else "### What failed\n"
    for title, shown in (
        (broke, breaking),
        ("### Undecided: the visits do not agree\n", undecided),
    ):
        fitting = _fitting(shown, room)
        room -= sum(map(_length, fitting))
        if shown:
            blocks += [title, *fitting, _left_out(len(shown) - len(fitting))]
    return "\n".join(blocks)


def code(text: str, most: int = _MOST_TEXT) -> str:
    """A code span of this text, whatever backticks it has (CommonMark 0.31, section 6.1)."""
    line = one_line(text, most) or " "
    fence = "`" * (1 + max(map(len, re.findall("`+", line)), default=0))
    pad = " " if line.startswith("`") or line.endswith("`") else ""
    return f"{fence}{pad}{line}{pad}{fence}"


def escaped(text: str, most: int = _MOST_TEXT) -> str:
    """The text as plain words: no markup, mention, reference or link comes of it."""
    apart = _REFERENCES.sub("\N{ZERO WIDTH SPACE}", one_line(text, most))
    return _PUNCTUATION.sub(r"\\\1", apart)


def _opening(report: Report, entries: Sequence[Entry]) -> Iterator[str]:
    verdict = report.verdict
    lost = not_examined_of(report)
    if verdict is None:
        failed = sum(each.standing == "failed" for each in entries)
        yield f"## Luiska found {_many(failed, 'barrier')}\n"
        expected, examined = len(report.scan.pages), len(report.scan.pages) - len(lost)
    else:
        yield f"## The accessibility gate {_WORDS[verdict.verdict]}\n"
        expected, examined = verdict.expected, verdict.examined
    yield f"{examined} of {_many(expected, 'page')} examined in full.\n"
    yield "| | Barriers |\n|---|---|"
    for standing, name in _COUNTED:
        number = sum(each.standing == standing for each in entries)
        if number or (verdict is not None and standing in {"new", "existing", "fixed"}):
            yield f"| {name} | {number} |"
    yield ""
    if verdict is not None:
        yield from _said(verdict)
    yield from _lost(lost)


def _said(verdict: Verdict) -> Iterator[str]:
    """Why the verdict is what it is, and what else is to be known."""
    if verdict.reasons:
        # Most of them say again what is listed below.
        yield f"<details><summary>{_many(len(verdict.reasons), 'reason')}</summary>\n"
        yield from (f"- {escaped(each)}" for each in verdict.reasons[:_MOST_SAID])
        if len(verdict.reasons) > _MOST_SAID:
            yield f"- and {len(verdict.reasons) - _MOST_SAID} more"
        yield "\n</details>\n"
    yield from (f"> {escaped(each)}\n" for each in verdict.remarks[:_MOST_SAID])
    if len(verdict.remarks) > _MOST_SAID:
        yield f"> and {len(verdict.remarks) - _MOST_SAID} remarks more\n"
    flakes = verdict.flakes
    if flakes.visited_again:
        yield (
            f"{_many(flakes.visited_again, 'page')} visited again; {flakes.differed} "
            f"differed ({flakes.rate:.1%}), {flakes.undecided} undecided.\n"
        )


def _lost(lost: Sequence[NotExamined]) -> Iterator[str]:
    if not lost:
        return
    yield "### Not examined\n"
    for page in lost[:_MOST_LOST]:
        state = f", {code(page.page_state)}" if page.page_state else ""
        detail = f": {escaped(page.detail)}" if page.detail else ""
        yield f"- {code(page.url)} at {size(page.viewport)}{state}: {code(page.error)}{detail}"
    if len(lost) > _MOST_LOST:
        yield f"- and {len(lost) - _MOST_LOST} more"
    yield ""


def _barrier(number: int, entry: Entry) -> str:
    barrier = entry.barrier
    about = [code(entry.rule), barrier.impact or "no impact known", *barrier.criteria]
    standing = dict(_COUNTED)[entry.standing].lower()
    lines = [f"{number}. **{escaped(barrier.title)}** ({', '.join(about)}), {standing}"]
    if barrier.people:
        met, exposed = barrier.people.met, barrier.people.exposed
        lines.append(f"   - Met by {met} of {_many(exposed, 'participant')}")
    lines += [f"   - {escaped(reason)}" for reason in barrier.because[:_MOST_PAGES]]
    pages = barrier.pages
    if pages:
        where = ", ".join(code(each) for each in pages[:_MOST_PAGES])
        more = f" and {len(pages) - _MOST_PAGES} more" if len(pages) > _MOST_PAGES else ""
        first = barrier.instances[0]
        lines += [
            f"   - {_many(barrier.elements, 'element')} on {_many(len(pages), 'page')}: "
            f"{where}{more}",
            f"   - Such as {code(first.selector)}: {code(first.html)}",
            f"   - {escaped(joined(first.message))}",
        ]
    if barrier.help_url and re.fullmatch(r"https?://[^\s<>]+", barrier.help_url):
        lines.append(f"   - [How to fix it](<{barrier.help_url}>)")
    return "\n".join(lines)


def _fitting(entries: Sequence[Entry], room: int) -> list[str]:
    """As many of the first barriers as there is room for."""
    blocks = []
    for number, entry in enumerate(entries, start=1):
        block = _barrier(number, entry)
        room -= _length(block)
        if room < 0:
            break
        blocks.append(block)
    return blocks


def _left_out(number: int) -> str:
    if not number:
        return ""
    return (
        f"\n{_many(number, 'barrier')} more did not fit here: the other reports have all of them.\n"
    )


def _many(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _length(block: str) -> int:
    """UTF-16 code units, the strictest way to count, with the newline after the block."""
    return len(readable(block).encode("utf-16-le")) // 2 + 1
