"""The pages of a folder: those that its `pages.txt` lists, else every HTML file in it."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DEFAULT_FOLDER = ROOT / ".corpus"
PAGES = "pages.txt"


class NoPages(Exception):
    """The folder has no pages to scan; the message is one line and says what to do."""


def pages_of(folder: Path, limit: int | None = None) -> tuple[str, ...]:
    """Paths below the folder, the first `limit` of an even spread over all. Raises NoPages."""
    if not folder.is_dir():
        raise NoPages(f"{folder} is no folder: run make corpus, or name one with --pages")
    listed = folder / PAGES
    if listed.exists():
        pages = listed.read_text(encoding="utf-8").split("\n")
        pages = [page for page in pages if page]
    else:
        files = (path.relative_to(folder) for path in sorted(folder.rglob("*.htm*")))
        pages = [str(path) for path in files if not any(p.startswith(".") for p in path.parts)]
    if not pages:
        raise NoPages(f"{folder} holds no HTML page")
    return spread(tuple(pages), limit)


def spread(pages: tuple[str, ...], limit: int | None) -> tuple[str, ...]:
    """`limit` pages at even distances, so that a short run sees every kind."""
    if limit is None or limit >= len(pages):
        return pages
    return tuple(pages[index * len(pages) // limit] for index in range(limit))
