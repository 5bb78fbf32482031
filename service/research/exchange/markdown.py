"""Markdown (CommonMark with tables): headings, lists, quotes, tables and plain lines."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from markdown_it import MarkdownIt
from markdown_it.token import Token

from service.research.exchange.columns import Row
from service.research.exchange.encodings import decode
from service.research.exchange.prose import ProseReader, why_spoken
from service.research.exchange.values import Choices, Imported, Taken, Unreadable

# Links and tags stay as they were typed: nothing of them is lost, and what is never closed takes
# no longer to read than anything else.
_AS_TYPED = ("link", "image", "autolink", "html_inline")
_NOTES_HEADER = re.compile(r"# \S*[0-9]\S* \S*[0-9]\S*(?: \S+=.*)?$|# \S+ \S+ \S+=")
_MARKDOWN = MarkdownIt("commonmark").enable("table").disable(_AS_TYPED)


@dataclass(frozen=True, kw_only=True)
class _Line:
    """A line of a block as it reads without markup; `place` counts from 0 in the file."""

    place: int
    text: str


def read_markdown(content: bytes, choices: Choices) -> Imported:
    """The lines of a Markdown file, one item for each. Raises `Unreadable`."""
    decoded = decode(content, choices.encoding)
    source = decoded.lines()
    skipped = _front_matter(source)
    text = "\n".join(["" for _ in range(skipped)] + source[skipped:])
    tokens = _MARKDOWN.parse(text)
    plain = [line.text for token in tokens for line in _lines_of(token)]
    spoken, why = why_spoken(plain, choices.spoken)
    reader = ProseReader(spoken=spoken)
    if skipped:
        reader.left_out(1, "What the head of the file says (between ---)")
    _read(tokens, source, reader)
    if not reader.items:
        raise Unreadable("There are no notes in this file.")
    return Imported(
        taken=Taken(
            format="markdown",
            encoding=decoded.encoding,
            spoken=spoken,
            because=(decoded.because, why, "Each line, and each entry of a list, is one item."),
        ),
        items=tuple(reader.items),
        doubts=(*decoded.doubts, *reader.doubts),
    )


def _read(tokens: Sequence[Token], source: list[str], reader: ProseReader) -> None:
    above: list[str] = []
    table: list[Row] = []
    for token in tokens:
        if token.nesting == 1:
            above.append(token.type)
        elif token.nesting == -1:
            above.pop()
            if token.type == "table_close":
                reader.table(table)
                table = []
        elif "table_open" in above:
            _read_cell(token, source, table)
        elif above[-1:] == ["heading_open"]:
            _read_heading(token, source, reader)
        elif token.type in {"fence", "code_block"}:
            for line in _lines_of(token):
                _take(line, source, reader)
        elif token.type == "html_block" and token.map:
            if not token.content.lstrip().startswith("<!--"):
                for line in _lines_of(token):
                    _take(line, source, reader)
            else:
                reader.left_out(token.map[0] + 1, "A comment")
        elif token.type == "inline":
            _read_paragraph(token, source, reader, above)


def _read_heading(token: Token, source: list[str], reader: ProseReader) -> None:
    lines = list(_lines_of(token))
    text = " ".join(line.text for line in lines)
    place = lines[0].place if lines else 0
    # `# S-014 P03 obs=MK` in the first line is the header of notes, `# Istunto 3` is a title.
    if place == 0 and _NOTES_HEADER.match(source[0]):
        reader.line(1, source[0], source[0] + "\n")
    else:
        reader.heading(place + 1, text)


def _read_paragraph(token: Token, source: list[str], reader: ProseReader, above: list[str]) -> None:
    in_list = "list_item_open" in above
    quoted = "blockquote_open" in above
    for number, line in enumerate(_lines_of(token)):
        continues = in_list or source[line.place][:1].isspace()
        if number and continues and reader.items and not reader.opens(line.text):
            reader.joined(line.text, source[line.place] + "\n")
        else:
            _take(line, source, reader, quoted=quoted)


def _read_cell(token: Token, source: list[str], table: list[Row]) -> None:
    if token.type != "inline" or not token.map:
        return
    place = token.map[0]
    text = " ".join(line.text for line in _lines_of(token))
    if table and table[-1].line == place + 1:
        table[-1] = replace(table[-1], cells=(*table[-1].cells, text))
    else:
        table.append(Row(line=place + 1, cells=(text,), raw=source[place] + "\n"))


def _take(line: _Line, source: list[str], reader: ProseReader, *, quoted: bool = False) -> None:
    raw = source[line.place]
    column = raw.find(line.text) + 1 or 1
    reader.line(line.place + 1, line.text, raw + "\n", column=column, quoted=quoted)


def _lines_of(token: Token) -> Iterator[_Line]:
    """The lines of a leaf of the document, without emphasis, escapes and the like."""
    if not token.map:
        return
    place = token.map[0]
    if token.type in {"fence", "code_block", "html_block"}:
        first = place + (token.type == "fence")
        for n, text in enumerate(token.content.split("\n")[:-1]):
            yield _Line(place=first + n, text=text)
        return
    if token.type != "inline":
        return
    text = ""
    for child in token.children or []:
        if child.type in {"softbreak", "hardbreak"}:
            yield _Line(place=place, text=text)
            place, text = place + 1, ""
        else:
            text += child.content
    yield _Line(place=place, text=text)


def _front_matter(source: list[str]) -> int:
    """How many lines a block between `---` at the file's head has."""
    if not source or source[0].strip() != "---":
        return 0
    end = next((n for n, line in enumerate(source[1:], start=1) if line.strip() == "---"), None)
    is_pairs = end is not None and all(
        ":" in line or line.startswith((" ", "-", "#")) or not line.strip()
        for line in source[1:end]
    )
    return end + 1 if end is not None and is_pairs else 0
