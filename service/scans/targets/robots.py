"""robots.txt as RFC 9309 has it: what may be crawled, and which sitemaps it names."""

import re
from dataclasses import dataclass, field
from http import HTTPStatus
from urllib.parse import urljoin, urlsplit

from protego import Protego

from service.scans.targets.fetching import Fetch, NotFetched, TargetsUnreadable

PRODUCT_TOKEN = "Luiska"
"""What a group of robots.txt calls this crawler; without such a group, `*` speaks for it."""
MAX_BYTES = 500 * 1024
"""RFC 9309, section 2.5: what a crawler must read at the least; the rest is not read."""
MOST_RULES = 5_000
"""To judge an address takes 1.5 ms for a thousand rules, and a page may have thousands of links."""
_MOST_ANSWERS = 50_000
_RULE = re.compile(rb"^\s*(?:dis)?allow\s*:", re.IGNORECASE | re.MULTILINE)


class RobotsUnreadable(TargetsUnreadable):
    """Nobody can tell what robots.txt says, so nothing of the site may be crawled."""


@dataclass(frozen=True)
class Robots:
    """The rules of one origin. `rules` is None where there are none: everything is allowed.

    What was asked for once is answered at once.
    """

    rules: Protego | None
    base: str
    _answers: dict[str, bool] = field(default_factory=dict, compare=False, repr=False)

    def allows(self, url: str) -> bool:
        if self.rules is None:
            return True
        known = self._answers.get(url)
        if known is None:
            known = self.rules.can_fetch(url, PRODUCT_TOKEN)
            if len(self._answers) < _MOST_ANSWERS:
                self._answers[url] = known
        return known

    @property
    def sitemaps(self) -> tuple[str, ...]:
        """The sitemaps it names, each once, in its order; what is no address is as it stands."""
        if self.rules is None:
            return ()
        return tuple(dict.fromkeys(self._address(each) for each in self.rules.sitemaps))

    def _address(self, sitemap: str) -> str:
        try:
            return urljoin(self.base, sitemap)
        except ValueError:
            return sitemap

    @property
    def crawl_delay_s(self) -> float | None:
        """Seconds it asks for between two pages."""
        return None if self.rules is None else self.rules.crawl_delay(PRODUCT_TOKEN)


def robots_address(url: str) -> str:
    """Where the robots.txt that speaks for `url` is."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}/robots.txt"


def read_robots(fetch: Fetch, address: str) -> Robots:
    """What the robots.txt at `address` says.

    A client error (4xx) means that there are no rules. Raises `RobotsUnreadable` when the server
    cannot be reached or answers with an error of its own (5xx, and 429 too many requests): until
    it can be read, everything is disallowed (RFC 9309, section 2.3.1.4). So it is with more than
    `MOST_RULES`.
    """
    try:
        answer = fetch(address)
    except NotFetched as error:
        raise RobotsUnreadable(_unreadable(address, f"cannot be read: {error}")) from error
    if answer.status >= 500 or answer.status == HTTPStatus.TOO_MANY_REQUESTS:
        raise RobotsUnreadable(_unreadable(address, f"answers {answer.status}"))
    if answer.status >= 400:
        return Robots(rules=None, base=answer.final_url)
    rules = len(_RULE.findall(answer.body))
    if rules > MOST_RULES:
        raise RobotsUnreadable(_unreadable(address, f"has {rules} rules, more than {MOST_RULES}"))
    return Robots(rules=Protego.parse(_text(answer.body)), base=answer.final_url)


def _unreadable(address: str, fault: str) -> str:
    return (
        f"{address} {fault}. Without it nothing may be crawled (RFC 9309); try again, or have "
        "it answer 404 where there are no rules"
    )


def _text(body: bytes) -> str:
    """The first 500 KiB; a line that is cut in two there is no rule."""
    if len(body) > MAX_BYTES:
        body = body[:MAX_BYTES].rpartition(b"\n")[0]
    return body.decode("utf-8-sig", "replace")
