"""A corpus with further pages, built from a package that has been downloaded before."""

from pathlib import Path

import pytest

from benchmarks.corpus.build import DOWNLOADS, MOST_ELEMENTS, build
from benchmarks.corpus.packages import Package
from benchmarks.speed.pages import pages_of


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    unpacked = tmp_path / DOWNLOADS / "guide"
    (unpacked / "html" / "parts").mkdir(parents=True)
    (unpacked / ".version").write_text("1.2")
    for name in ("index", "parts/a", "parts/b", "parts/c", "parts/d"):
        (unpacked / "html" / f"{name}.html").write_text(f"<title>{name}</title><p>{name}")
    (unpacked / "html" / "huge.html").write_text("<p>" * (MOST_ELEMENTS + 1))
    moved = '<meta http-equiv="Refresh" content="0; index.html"><p>It moved.'
    (unpacked / "html" / "moved.html").write_text(moved)
    return tmp_path


def pages_built(folder: Path, *, more: int, kind: str = "debian") -> list[str]:
    package = Package(name="guide", kind=kind, take="html", to="g", pages=("index.html",))
    build((package,), folder, lambda _line: None, more=more)
    return list(pages_of(folder))


def test_a_corpus_has_the_listed_pages(folder: Path) -> None:
    assert pages_built(folder, more=0) == ["g/index.html"]


def test_further_pages_come_from_all_parts_of_a_package(folder: Path) -> None:
    assert pages_built(folder, more=2) == ["g/index.html", "g/parts/a.html", "g/parts/c.html"]


def test_no_further_page_is_listed_twice_leads_elsewhere_or_outweighs_the_rest(
    folder: Path,
) -> None:
    built = pages_built(folder, more=99)

    assert built == ["g/index.html", *(f"g/parts/{name}.html" for name in "abcd")]


def test_themes_from_npm_have_their_listed_pages_alone(folder: Path) -> None:
    assert pages_built(folder, more=2, kind="npm") == ["g/index.html"]
