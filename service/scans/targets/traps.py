"""Which addresses only lead to more of the same: calendars, filters, sessions, endless paths.

A site can make addresses without end out of a few pages. Each limit here cuts one way of it; what
is cut is counted in the scan's answer. The limits, in full:

- an address has at most 2,000 characters, 16 path segments and 6 query parameters;
- the same run of 1 to 4 path segments stands at most twice in a row (`/a/b/a/b/a/b` is cut);
- a query that does something (`add-to-cart`, `replytocom`, `action=edit` …) is not followed, nor is
  a link with a query that the site itself marks `rel="nofollow"`;
- one path with one set of parameter names: 500 addresses with one parameter, 50 with two, 10 with
  more; one path: 20 different sets of names;
- one path with dates, sorting or filters in the query: 10 addresses;
- paths that end in a month or a day (`/events/2031/05`): 24 for each beginning.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from urllib.parse import parse_qsl, urlsplit

LONGEST_URL = 2000
MOST_SEGMENTS = 16
MOST_PARAMETERS = 6
LONGEST_RUN = 4
MOST_RUNS = 2
VARIANTS = {1: 500, 2: 50}
VARIANTS_OF_MORE = 10
SETS_OF_NAMES = 20
VIEWS = 10
DATED_PATHS = 24

Query = Sequence[tuple[str, str]]

_VIEW_NAME = re.compile(
    r"sort(_?by)?|order(_?by)?|dir(ection)?|view|layout|display|limit|per_?page|page_?size"
    r"|(filter|facet|refine)s?([-_.].*)?|.*\[.*\]"
    r"|(.*[_-])?date|day|month|year|week|cal(endar)?([-_].*)?|tribe-.*",
    re.IGNORECASE,
)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}(-[0-9]{2}.*)?|[0-9]{1,2}[./][0-9]{1,2}[./][0-9]{4}")
_DEED_NAME = re.compile(
    r"add[-_]to[-_]\w+|replytocom|share|print(able)?|logout|oldid|diff", re.IGNORECASE
)
_DEED = re.compile(
    r"(action|do)=(edit|history|log(in|out)|delete|raw|info|revisions)", re.IGNORECASE
)
_YEAR = "(?:19|20)[0-9]{2}"
_DATED_PATH = re.compile(
    rf"(.*/)(?:{_YEAR}(?:/[0-9]{{1,2}}){{1,2}}|{_YEAR}-[0-9]{{2}}(?:-[0-9]{{2}})?)/?"
)


class Variants:
    """How many addresses of each shape are planned. `base` is counted too, and never changed."""

    def __init__(self, base: "Variants | None" = None) -> None:
        self._base = base
        self._counts: Counter[str] = Counter()

    def add(self, url: str) -> None:
        """Count an address that is planned."""
        self._counts.update([shape for shape, _ in self._limits(url)])

    def is_trap(self, url: str, *, nofollow: bool = False) -> bool:
        """Whether this address is one more of a kind that has no end."""
        parts = urlsplit(url)
        query = parse_qsl(parts.query, keep_blank_values=True)
        return (
            len(url) > LONGEST_URL
            or _is_endless(parts.path)
            or (bool(query) and (nofollow or len(query) > MOST_PARAMETERS))
            or any(_does_something(name, value) for name, value in query)
            or any(self._count(shape) >= limit for shape, limit in self._limits(url))
        )

    def _count(self, shape: str) -> int:
        return self._counts[shape] + (0 if self._base is None else self._base._count(shape))

    def _limits(self, url: str) -> Iterator[tuple[str, int]]:
        """Every shape that this address is of, and how many there may be of it."""
        parts = urlsplit(url)
        query = parse_qsl(parts.query, keep_blank_values=True)
        if dated := _DATED_PATH.fullmatch(parts.path):
            yield f"dated {dated[1]}", DATED_PATHS
        if not query:
            return
        names = sorted({name for name, _ in query})
        same_names = f"names {parts.path}?{'&'.join(names)}"
        yield same_names, VARIANTS.get(len(names), VARIANTS_OF_MORE)
        if self._count(same_names) == 0:
            yield f"sets {parts.path}", SETS_OF_NAMES
        if any(_is_view(name, value) for name, value in query):
            yield f"views {parts.path}", VIEWS


def _is_endless(path: str) -> bool:
    segments = [segment for segment in path.split("/") if segment]
    if len(segments) > MOST_SEGMENTS:
        return True
    for length in range(1, LONGEST_RUN + 1):
        needed = length * MOST_RUNS
        same = 0
        for before, after in zip(segments, segments[length:], strict=False):
            same = same + 1 if before == after else 0
            if same == needed:
                return True
    return False


def _does_something(name: str, value: str) -> bool:
    return _DEED_NAME.fullmatch(name) is not None or _DEED.fullmatch(f"{name}={value}") is not None


def _is_view(name: str, value: str) -> bool:
    return _VIEW_NAME.fullmatch(name) is not None or _DATE.fullmatch(value) is not None
