"""Read 10,000 lines of notes and compare with a bare loop of regular expressions, side by side.

`python -m benchmarks.notes [--rounds N]`. The loop splits each line by one expression for time,
code, severity and actor and another for its tags: what a script does that a researcher writes in
an hour. It keeps no raw bytes, knows no quotes, continuations or tasks, and warns of nothing.
"""

import argparse
import re
import statistics
import time
from collections.abc import Callable

from service.research.grammar import parse_notes

LINES = 10_000
_SESSION = (
    '02:15 X !3 "En löydä hakunappia" #haku =#search-button ^2.4.7',
    "02:40 ?? P: selaa alas, palaa",
    "03:05 A M: vihje valikosta",
    "  ja toinen, pidempi selitys samasta asiasta #vihje",
    "D taas sama juttu #haku @/haku",
    "~ luulee logoa painikkeeksi",
    "huom: tarkista lokista klo 14.20, “oliko se virhe”",
    "T2 >",
    "05:10 T2 = assisted SEQ 3",
    "",
)
_ODD = ("X " + '"=#@^ ' * 20, "00:75 X jotain", "@25:00 !9", "\t \t", "# vain teksti " + "#" * 40)
_LINE = re.compile(
    r"(?:(\d\d:\d\d(?::\d\d)?)\s+)?(?:([A-Z+~-]|\?\?|!!)\s+)?(?:!([0-4])\s+)?(?:([PMO]):\s*)?(.*)"
)
_TAG = re.compile(r"\s#(\w+)")


def bare_loop(text: str) -> int:
    """How many lines there are, each cut by two regular expressions."""
    cut = [
        (match.groups(), _TAG.findall(line))
        for line in text.splitlines()
        if (match := _LINE.fullmatch(line))
    ]
    return len(cut)


def seconds(read: Callable[[], object]) -> float:
    """CPU seconds of one call."""
    began = time.process_time()
    read()
    return time.process_time() - began


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--rounds", type=int, default=7)
    rounds = arguments.parse_args().rounds
    print(f"{LINES} lines, CPU seconds, median of {rounds} rounds in turn")  # noqa: T201
    print("| notes | parser | bare loop | ratio | lines/s |")  # noqa: T201
    print("| --- | --- | --- | --- | --- |")  # noqa: T201
    for name, lines in (("a session", _SESSION), ("odd lines", _ODD)):
        text = "\n".join(lines * (LINES // len(lines)))
        pairs = [
            (seconds(lambda: parse_notes(text)), seconds(lambda: bare_loop(text)))  # noqa: B023
            for _ in range(rounds)
        ]
        parser, loop = (statistics.median(column) for column in zip(*pairs, strict=True))
        speed = f"{LINES / parser:,.0f}"
        print(f"| {name} | {parser:.3f} | {loop:.3f} | {parser / loop:.1f} | {speed} |")  # noqa: T201


if __name__ == "__main__":
    main()
