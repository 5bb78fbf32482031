"""How a policy has pages approached: its own words for it, and those of single pages."""

from collections.abc import Callable

from service.barriers.gate.policy import PageWords, PolicyFile
from service.browser import Approach, Cookie, Login


def is_plain(page: PageWords) -> bool:
    """Whether a page is approached like all others."""
    return not (page.state or page.must_contain or page.wait_for or page.actions or page.login)


def approach_of(
    words: PolicyFile,
    page: PageWords | None = None,
    *,
    login_url: Callable[[str], str] = str,
    pictures: int = 0,
) -> Approach:
    """What is done with a page; what it says itself goes before what is said of all pages."""
    own = page or PageWords(url="/")
    return Approach(
        must_contain=own.must_contain or words.must_contain,
        actions=tuple(own.actions or words.actions),
        login=_login(words, own, login_url),
        headers=tuple(sorted(words.headers.items())),
        cookies=tuple(Cookie(name=each.name, value=each.value) for each in words.cookie),
        # A finding that comes and goes with an animation is no verdict.
        frozen=True,
        pictures=pictures,
    )


def _login(words: PolicyFile, page: PageWords, login_url: Callable[[str], str]) -> Login | None:
    if page.login is None:
        return None
    login = words.login[page.login]
    return Login(
        name=page.login,
        url=login_url(login.url),
        actions=tuple(login.actions),
        must_contain=login.must_contain,
    )
