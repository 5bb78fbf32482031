"""Lines of a written document: times and speakers that open them, and those that stand alone."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from service.research.doubts import Doubt
from service.research.exchange.columns import Row
from service.research.exchange.rows_in_prose import table_items
from service.research.exchange.speakers import is_name, opening_speaker
from service.research.exchange.timestamps import closing_time, opening_time
from service.research.exchange.values import Item

_TASK_HEADING = re.compile(
    r"(?:T|task|tehtävä|uppgift)\s*0*([1-9][0-9]{0,3})\b(?!\s*[>=])", re.IGNORECASE
)


@dataclass(kw_only=True)
class ProseReader:
    """Makes items of lines. With `spoken` the words are the speakers' own, else they are notes.

    A time or a speaker alone on a line counts for the lines below it.
    """

    spoken: bool
    items: list[Item] = field(default_factory=list)
    doubts: list[Doubt] = field(default_factory=list)
    _offset_ms: int | None = None
    _speaker: str | None = None
    _task: str | None = None

    def heading(self, line: int, text: str) -> None:
        """A heading is no observation. It may name the task of the lines below, or their time."""
        opening = opening_time(text)
        if opening is not None:
            self._offset_ms, text = opening[0], text[opening[1] :]
        task = _TASK_HEADING.match(text)
        self._task = task.group(1) if task else None
        if task is not None:
            detail = f"A heading; the lines below it are about task {self._task}."
            self._doubt(line, "heading-task", detail)
        elif text.strip():
            self._doubt(line, "heading-left-out", "A heading is not taken over.")

    def line(
        self, line: int, text: str, raw: str, *, column: int = 1, quoted: bool = False
    ) -> None:
        """One line of text, or of a list. `quoted`: the document marks it as somebody's words."""
        start = len(text) - len(text.lstrip())
        text, column = text.strip(), column + start
        if not text or self._stands_alone(text):
            return
        offset_ms, words = self._offset_ms, text
        if opening := opening_time(text):
            offset_ms, words, column = opening[0], text[opening[1] :], column + opening[1]
            self._speaker = None
        self._offset_ms = None
        speaker = self._speaker
        spoken = self.spoken or quoted
        if (spoken or words.startswith("[")) and (told := opening_speaker(words)):
            speaker, words, column = told[0], words[told[1] :], column + told[1]
            if not words:
                self._speaker, self._offset_ms = speaker, offset_ms
                return
        fields = {"task": self._task} if self._task else {}
        item = Item(
            line=line, raw=raw, text=words, column=column, offset_ms=offset_ms, speaker=speaker,
            spoken=spoken, in_grammar=not self.spoken, fields=fields,
        )  # fmt: skip
        self.items.append(item)

    def opens(self, text: str) -> bool:
        """Whether a line begins with a time or a speaker, and so continues nothing."""
        return opening_time(text.lstrip()) is not None or opening_speaker(text.lstrip()) is not None

    def joined(self, text: str, raw: str) -> None:
        """A line that continues the one above."""
        last = self.items.pop()
        text = f"{last.text} {text.strip()}"
        self.items.append(replace(last, text=text, raw=last.raw + raw))

    def table(self, rows: Sequence[Row]) -> None:
        """The rows of a table; they are about the task of the heading above, if it names one."""
        items, doubts = table_items(rows, spoken=self.spoken)
        task = {"task": self._task} if self._task else {}
        self.items += [replace(item, fields={**task, **item.fields}) for item in items]
        self.doubts += doubts

    def left_out(self, line: int, what: str) -> None:
        """Something that is not taken over."""
        self._doubt(line, "left-out", f"{what} is not taken over.")

    def _stands_alone(self, text: str) -> bool:
        """Take a line that is only a time, or a speaker's name with a time, for what is below."""
        opening = opening_time(text)
        if opening is not None and opening[1] == len(text):
            self._offset_ms, self._speaker = opening[0], None
            return True
        if not self.spoken:
            return False
        if opening is not None and is_name(rest := text[opening[1] :]):
            self._offset_ms, self._speaker = opening[0], rest.strip()
            return True
        closing = closing_time(text)
        if closing is not None and is_name(text[: closing[1]].rstrip(":,")):
            self._offset_ms = closing[0]
            self._speaker = text[: closing[1]].strip().rstrip(":,")
            return True
        return False

    def _doubt(self, line: int, code: str, detail: str) -> None:
        self.doubts.append(Doubt(line=line, code=code, detail=detail))


def why_spoken(lines: Iterable[str], asked: bool | None) -> tuple[bool, str]:
    """Whether lines are a transcript (most of them name a speaker), and why it is thought so."""
    if asked is not None:
        return asked, "Whether the words are somebody's own was said with ?spoken=."
    said = [line.strip() for line in lines if line.strip()]
    speaking = sum(_names_speaker(line) for line in said)
    if speaking >= 2 and speaking * 2 >= len(said):
        return True, (
            f"{speaking} of {len(said)} lines name who speaks, so the words are taken for the "
            "speakers' own; say ?spoken=false if they are notes."
        )
    return False, (
        "The lines are read as notes, by the note grammar; say ?spoken=true if it is a transcript."
    )


def _names_speaker(line: str) -> bool:
    """Whether a speaker opens the line, by more than the P, M and O that notes have."""
    opening = opening_time(line)
    words = line[opening[1] :] if opening else line
    speaker = opening_speaker(words)
    if speaker is not None:
        return len(speaker[0]) > 1
    closing = closing_time(line)
    return closing is not None and is_name(line[: closing[1]])
