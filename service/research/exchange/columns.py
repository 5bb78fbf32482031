"""Tables of notes: which column is what, by its header in English, Finnish or Swedish."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from service.research.doubts import Doubt
from service.research.exchange.timestamps import WALL_CLOCK, cell_ms, seconds_ms
from service.research.exchange.values import Item, Unreadable
from service.research.timing import MAX_OFFSET_MS

_HEADERS = {
    "text": "text note notes observation observations content comment comments words utterance "
    "description teksti muistiinpano muistiinpanot havainto havainnot huomio huomiot kommentti "
    "sisältö puhe anteckning anteckningar observationer iakttagelse innehåll kommentar replik",
    "time": "time timestamp timecode offset start begin aika aikaleima aikakoodi alku alkuaika "
    "tid tidpunkt tidsstämpel tidskod starttid start_time",
    "offset_ms": "offset_ms ms",
    "seconds": "seconds sec s sekunnit sekuntia sekunder",
    "clock": "clock wall_clock time_of_day klo kello kellonaika klockan kl klockslag",
    "speaker": "speaker puhuja talare voice ääni",
    "actor": "actor who toimija kuka aktör vem",
    "code": "code koodi kod",
    "severity": "severity vakavuus allvarlighet allvarlighetsgrad",
    "task": "task tehtävä uppgift",
    "tags": "tag tags tunniste tunnisteet avainsana avainsanat asiasana asiasanat tagg taggar "
    "etikett nyckelord",
    "url": "url page sivu osoite sida adress",
    "selector": "selector valitsin selektor",
    "criterion": "criterion success_criterion wcag kriteeri onnistumiskriteeri kriterium",
    "rule": "rule sääntö regel",
    "quote": "quote quotes sitaatti sitaatit lainaus lainaukset citat",
    "kind": "kind",
    "outcome": "outcome tulos lopputulos utfall",
    "seq": "seq",
}
_NAMES = {word: name for name, words in _HEADERS.items() for word in words.split()}
_PLAIN = (
    "actor", "code", "severity", "task", "url", "selector", "criterion", "rule", "kind", "outcome",
    "seq",
)  # fmt: skip
_TASK = re.compile(r"(?:T|task|tehtävä|uppgift)?\s*0*([1-9][0-9]{0,3})(?:[.:\s].*)?", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Row:
    """One row of a table; `line` is where it stands, `raw` what was written there."""

    line: int
    cells: tuple[str, ...]
    raw: str


@dataclass(frozen=True, kw_only=True)
class Columns:
    """The place of each column that is known. Some names may stand twice; the first counts."""

    places: Mapping[str, int]
    width: int
    left_out: tuple[str, ...] = ()

    @property
    def tells_who_spoke(self) -> bool:
        """Speakers but no codes and severities: a transcript, not somebody's notes."""
        return "speaker" in self.places and not {"code", "severity", "actor"} & self.places.keys()


@dataclass(kw_only=True)
class RowReader:
    """Makes items of rows and collects the doubts."""

    columns: Columns
    spoken: bool
    doubts: list[Doubt] = field(default_factory=list)

    def items(self, rows: Iterable[Row]) -> list[Item]:
        """The items of all rows that say something."""
        return [item for row in rows if (item := self._item(row)) is not None]

    def _item(self, row: Row) -> Item | None:
        cell = {
            name: row.cells[place].strip()
            for name, place in self.columns.places.items()
            if place < len(row.cells)
        }
        self._warn_of_more_cells(row)
        text, quote = cell.get("text", ""), cell.get("quote", "")
        fields = {
            name: cell[name] for name in (*_PLAIN, "kind", "outcome", "seq") if cell.get(name)
        }
        if quote and quote.strip('"”“') not in text:
            text = f'{text} "{quote.strip(_MARKS)}"'.strip()
        if not text and not fields.keys() - {"actor", "url", "task"} and not cell.get("tags"):
            if any(each.strip() for each in row.cells):
                self._doubt(row, "empty-row", "This row says nothing, so it is not taken over.")
            return None
        if "task" in fields and (task := _TASK.fullmatch(fields["task"])):
            fields["task"] = task.group(1)
        offset_ms, wall_clock = self._time(row, cell)
        return Item(
            line=row.line,
            raw=row.raw,
            text=text,
            offset_ms=offset_ms,
            wall_clock=wall_clock,
            speaker=cell.get("speaker") or None,
            spoken=self.spoken,
            tags=_tags(cell.get("tags", "")),
            fields=fields,
        )

    def _time(self, row: Row, cell: Mapping[str, str]) -> tuple[int | None, str | None]:
        clock = cell.get("clock", "")
        if WALL_CLOCK.fullmatch(clock):
            return None, ":".join(part.zfill(2) for part in re.split("[:.]", clock))
        for name, read in (("offset_ms", _whole_ms), ("time", cell_ms), ("seconds", seconds_ms)):
            told = cell.get(name)
            if told and (offset_ms := read(told)) is not None:
                return offset_ms, None
        if any(cell.get(name) for name in _TIMES):
            detail = "Its time is none (mm:ss or h:mm:ss), so the row gets the one above."
            self._doubt(row, "not-a-time", detail)
        return None, None

    def _warn_of_more_cells(self, row: Row) -> None:
        if any(each.strip() for each in row.cells[self.columns.width :]):
            detail = "The row has more cells than the header; what is beyond is not taken over."
            self._doubt(row, "extra-cells", detail)

    def _doubt(self, row: Row, code: str, detail: str) -> None:
        self.doubts.append(Doubt(line=row.line, code=code, detail=detail))


_TIMES = ("clock", "offset_ms", "time", "seconds")
_MARKS = '"”“„'


def columns_of(header: Sequence[str]) -> Columns | None:
    """The columns that a header names; None when it names no text."""
    places: dict[str, int] = {}
    left_out: list[str] = []
    for place, cell in enumerate(header):
        name = _NAMES.get(re.sub(r"[\s-]+", "_", cell.strip().casefold().strip("*:_")))
        if name is None or name in places:
            if cell.strip():
                left_out.append(cell.strip())
        else:
            places[name] = place
    if not {"text", "quote"} & places.keys():
        return None
    return Columns(places=places, width=len(header), left_out=tuple(left_out))


def known_count(header: Sequence[str]) -> int:
    """How many columns of a header are known: of two ways to cut a line, more is likelier."""
    found = columns_of(header)
    return len(found.places) if found else 0


def require_columns(header: Row) -> Columns:
    """The columns of a table of notes. Raises `Unreadable`, naming the header as it is."""
    found = columns_of(header.cells)
    if found is None:
        named = "; ".join(cell.strip()[:40] for cell in header.cells[:20]) or "nothing"
        raise Unreadable(
            f"No column is known as the text of the notes: the header has {named}. Name the "
            "columns in the first row: text, time, speaker, code, severity, tag, task, url (or "
            "teksti, aika, puhuja …; text, tid, talare …).",
            line=header.line,
        )
    return found


def columns_left_out(columns: Columns, line: int) -> list[Doubt]:
    """A doubt for each column that is not taken over."""
    return [
        Doubt(
            line=line, code="column-left-out", detail=f"The column {name[:60]} is not taken over."
        )
        for name in columns.left_out
    ]


def _whole_ms(text: str) -> int | None:
    if not text.isascii() or not text.isdigit() or len(text) > 12:
        return None
    return int(text) if int(text) <= MAX_OFFSET_MS else None


def _tags(cell: str) -> tuple[str, ...]:
    tags = (tag.strip().removeprefix("#").strip() for tag in re.split(r"[,;|\n]|\s(?=#)", cell))
    return tuple(dict.fromkeys(tag for tag in tags if tag))
