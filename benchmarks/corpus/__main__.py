"""`python -m benchmarks.corpus [FOLDER] [--more N]`: build the corpus and tell what is in it."""

import argparse
import sys
import urllib.error
import urllib.request
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.corpus.build import Built, build
from benchmarks.corpus.packages import CorpusError, listed_packages
from benchmarks.speed.pages import DEFAULT_FOLDER, pages_of
from benchmarks.speed.server import served

ANSWER_TIMEOUT_S = 10.0


def main() -> int:
    parser = argparse.ArgumentParser(prog="make corpus", description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=DEFAULT_FOLDER)
    parser.add_argument(
        "--more", type=int, default=0, help="so many further pages of each documentation"
    )
    chosen = parser.parse_args()
    folder = chosen.folder.resolve()
    error = Console(stderr=True, highlight=False, soft_wrap=True)
    try:
        built = build(
            listed_packages(), folder, lambda text: error.print(f"  {text}"), more=chosen.more
        )
        refuse_unservable(folder)
    except (CorpusError, OSError) as problem:
        error.print(f"corpus: {problem}")
        return 1
    Console().print(table(built))
    return 0


def refuse_unservable(folder: Path) -> None:
    """Raise CorpusError for a page that the benchmark's server does not give as HTML."""
    with served(folder) as site:
        for page in pages_of(folder):
            try:
                with urllib.request.urlopen(site.url(page), timeout=ANSWER_TIMEOUT_S) as answer:
                    kind = answer.headers.get_content_type()
            except urllib.error.HTTPError as error:
                raise CorpusError(f"{page} is answered with {error.code}") from error
            if kind != "text/html":
                raise CorpusError(f"{page} is {kind}, not a page")


def table(built: list[Built]) -> Table:
    result = Table("package", "version", title="The corpus")
    for column in ("pages", "bytes", "elements"):
        result.add_column(column, justify="right")
    for each in built:
        result.add_row(
            each.name, each.version, f"{each.pages}", f"{each.bytes:,}", f"{each.elements:,}"
        )
    result.add_section()
    result.add_row(
        "in all",
        "",
        f"{sum(each.pages for each in built)}",
        f"{sum(each.bytes for each in built):,}",
        f"{sum(each.elements for each in built):,}",
    )
    return result


if __name__ == "__main__":
    sys.exit(main())
