"""The rules in docs/notes-grammar.md are the parser's: lines made by them are read as they say."""

import re
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from service.research.grammar import FINNISH_ALIASES, parse_notes

DOCUMENT = (Path(__file__).parents[3] / "docs" / "notes-grammar.md").read_text(encoding="utf-8")
RULES_TEXT = DOCUMENT.split("```ebnf\n")[1].split("```")[0]
# What the rules leave to prose, by examples.
WORDS = {
    "session": ["S-014", "istunto7"],
    "participant": ["P03", "P-12"],
    "key": ["obs", "at", "build"],
    "value": ["MK", '"NVDA/Firefox 130"', "1.4.2", ""],
    "blank": [""],
    "text": ["selaa alas, palaa", '"En löydä" ja huokaa', "näkee 3 nappia (12:n sijaan)"],
    "remark": ["väsynyt", "aloittaa haun alusta"],
    "mm": ["00", "15", "59"],
    "ss": ["00", "07", "59"],
    "hh": ["00", "01", "12"],
    "HH": ["00", "13", "23"],
    "MM": ["00", "59"],
    "SS": ["00", "59"],
    "number": ["1", "2", "17"],
    "alias": [alias for alias in FINNISH_ALIASES if alias not in "PMO"],
    "name": ["Matti"],
    "speaker": ["Liisa", "Anna-Liisa"],
    "tag": ["haku", "haku/nappi", '"kaksi sanaa"'],
    "url": ["/haku", "https://astia.example/haku?q=1", '"/haku ?q=a b"'],
    "selector": ["#search-button", '"nav > a"', '[aria-label="Avaa haku"]', "button"],
    "criterion": ["2.4.7", "1.4.3"],
    "rule": ["button-name", "color-contrast"],
}
LEXICAL = {"time", "task", "code", "severity", "actor", "at-speaker", "marker", "page-mark", "pair"}
# Warnings about what stands around a line, not about how it is written.
OF_PLACE = {"no-earlier-problem", "task-not-running", "code-or-word"}
_TOKEN = re.compile(r'"[^"]*"|[A-Za-z-]+|[\[\]{}()|]')


def rules() -> dict[str, list[str]]:
    text = re.sub(r"\(\*.*?\*\)", "", RULES_TEXT, flags=re.DOTALL)
    found = {}
    # A rule ends at a semicolon at the end of a line.
    for rule in re.split(r";\s*\n", text):
        if rule.strip():
            name, body = rule.split("=", 1)
            found[name.strip()] = _TOKEN.findall(body)
    return found


class Maker:
    """Makes sentences of the rules; each choice is made by chance."""

    def __init__(self, random: Random) -> None:
        self.rules = rules()
        self.random = random

    def make(self, name: str) -> str:
        if name not in self.rules:
            return self.random.choice(WORDS[name])
        tokens = iter([*self.rules[name], "end"])
        parts = self._choices(tokens, "end")
        return ("" if name in LEXICAL else " ").join(part for part in parts if part)

    def _choices(self, tokens: Iterator[str], until: str) -> list[str]:
        choices: list[list[str]] = [[]]
        for token in tokens:
            if token == until:
                return self.random.choice(choices)
            if token == "|":
                choices.append([])
            elif token == "[":
                inside = self._choices(tokens, "]")
                choices[-1] += inside if self.random.random() < 0.5 else []
            elif token == "{":
                choices[-1] += self._choices(tokens, "}")
            elif token == "(":
                choices[-1] += self._choices(tokens, ")")
            elif token.startswith('"'):
                choices[-1].append(token[1:-1])
            else:
                choices[-1].append(self.make(token))
        raise AssertionError(f"no {until}")


@pytest.fixture
def maker() -> Maker:
    return Maker(Random(20261122))


def read(text: str):
    return parse_notes(text, aliases=FINNISH_ALIASES, names=["Matti"])


def test_every_name_in_the_rules_is_a_rule_or_has_examples() -> None:
    named = {
        token for body in rules().values() for token in body if re.fullmatch("[A-Za-z-]{2,}", token)
    }
    assert named - rules().keys() == WORDS.keys()


@pytest.mark.parametrize(
    ("rule", "kind"),
    [
        ("header", "header"),
        ("page", "page"),
        ("task-start", "task_start"),
        ("task-end", "task_end"),
        ("observation", "observation"),
    ],
)
def test_a_line_made_by_a_rule_is_read_by_it(maker: Maker, rule: str, kind: str) -> None:
    for _ in range(400):
        line = maker.make(rule)
        notes = read(line)
        assert [entry.kind for entry in notes.entries] == [kind], line
        assert [w.code for w in notes.warnings if w.code not in OF_PLACE] == [], line


def test_every_part_of_an_observation_is_read_as_that_part(maker: Maker) -> None:
    for _ in range(400):
        parts = {name: maker.make(name) for name in ("time", "code", "severity", "actor")}
        line = " ".join([*parts.values(), "selaa alas", "#haku", "=nappi", "^2.4.7", "@/haku"])
        [entry] = read(line).entries
        assert (entry.offset_ms is not None) != (entry.wall_clock is not None), line
        assert (entry.wall_clock is not None) == parts["time"].startswith("@"), line
        assert entry.code is not None
        assert entry.severity is not None
        assert entry.severity.rank == int(parts["severity"][1]), line
        assert entry.actor is not None
        assert (entry.text, entry.tags, entry.selector) == ("selaa alas", ("haku",), "nappi"), line
        assert (entry.criterion, entry.url) == ("2.4.7", "/haku"), line


def test_a_continuation_belongs_to_the_line_above(maker: Maker) -> None:
    for _ in range(200):
        notes = read(f"{maker.make('observation')}\n  {maker.make('continuation')}\n")
        assert len(notes.entries) == 1


def test_whole_notes_made_by_the_rules_are_kept_line_by_line(maker: Maker) -> None:
    for _ in range(50):
        header = maker.make("header")
        text = "\n".join([header, *(maker.make("line") for _ in range(20))]) + "\n"
        notes = read(text)
        assert notes.header is not None
        assert len(notes.entries) == 21, text
        assert b"".join(entry.raw for entry in notes.entries) == text.encode()
