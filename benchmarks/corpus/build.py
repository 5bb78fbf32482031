"""Put the listed pages and what they load into one folder that a static server can serve."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks.corpus.html import count_elements, forwards, without_network
from benchmarks.corpus.packages import CorpusError, Package, fetch
from benchmarks.speed.pages import spread

DOWNLOADS = ".packages"
PAGES = "pages.txt"
MOST_ELEMENTS = 5000
LEFT_OUT = frozenset({"sw.js"})
"""A service worker would answer for the server, in those contestants that keep it."""


@dataclass(frozen=True, kw_only=True)
class Built:
    """One package's part of the corpus."""

    name: str
    version: str
    pages: int
    bytes: int
    elements: int


def build(
    packages: tuple[Package, ...], folder: Path, say: Callable[[str], None], *, more: int = 0
) -> list[Built]:
    """Build the corpus anew in `folder`; downloads are kept there. Raises CorpusError.

    With `more` so many further pages of each of Debian's packages are taken.
    """
    downloads = folder / DOWNLOADS
    downloads.mkdir(parents=True, exist_ok=True)
    sources = []
    for package in packages:
        say(f"{package.name} {package.version or ''}".strip())
        fetched = fetch(package, downloads)
        if more and package.kind == "debian":
            further = _further_pages(package, fetched.folder / package.take, more)
            package = replace(package, pages=(*package.pages, *further))
        sources.append((package, fetched))
    for old in folder.iterdir():
        if old != downloads:
            shutil.rmtree(old) if old.is_dir() else old.unlink()
    built, pages = [], []
    for package, fetched in sources:
        built.append(_take(package, fetched.version, fetched.folder / package.take, folder))
        pages += [f"{package.to}/{page}".lstrip("/") for page in package.pages]
    (folder / PAGES).write_text("".join(f"{page}\n" for page in pages), encoding="utf-8")
    return built


def _further_pages(package: Package, source: Path, number: int) -> tuple[str, ...]:
    """Pages that the list does not have, from all parts of the package."""
    pages = []
    for file in sorted(source.rglob("*.html")):
        page = str(file.relative_to(source))
        html = file.read_text(encoding="utf-8", errors="replace")
        if (
            page not in package.pages
            and not forwards(html)
            and count_elements(html) <= MOST_ELEMENTS
        ):
            pages.append(page)
    return spread(tuple(pages), number)


def _take(package: Package, version: str, source: Path, folder: Path) -> Built:
    if not source.is_dir():
        raise CorpusError(f"{package.name} {version} has no folder {package.take}")
    target = folder / package.to
    for file in sorted(source.rglob("*")):
        if file.is_file() and file.suffix != ".html" and file.name not in LEFT_OUT:
            place = target / file.relative_to(source)
            place.parent.mkdir(parents=True, exist_ok=True)
            # Follows links, which lead into other folders of the package.
            shutil.copyfile(file, place)
    size = elements = 0
    for page in package.pages:
        try:
            html = (source / page).read_text(encoding="utf-8", errors="surrogateescape")
        except OSError as error:
            raise CorpusError(f"{package.name} {version} has no page {page}") from error
        place = target / page
        place.parent.mkdir(parents=True, exist_ok=True)
        html = without_network(html)
        place.write_text(html, encoding="utf-8", errors="surrogateescape")
        size += place.stat().st_size
        elements += count_elements(html)
    return Built(
        name=package.name,
        version=version,
        pages=len(package.pages),
        bytes=size,
        elements=elements,
    )
