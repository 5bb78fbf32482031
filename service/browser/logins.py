"""Whose session a browser holds, and which logins are not worth another try."""

import threading
from collections import OrderedDict

from service.browser.values import VisitRequest

MOST_FAILURES = 2
"""Sites lock accounts after a few wrong passwords."""
_REMEMBERED = 100

LoginKey = tuple[object, ...]


def login_key(request: VisitRequest) -> LoginKey | None:
    """What two visits must have in common to share a session; None without a login."""
    approach = request.approach
    if approach.login is None:
        return None
    return request.scope, approach.login, approach.headers, approach.cookies


class Logins:
    """Counts how often each login failed in a row. Thread-safe; holds no secret's value."""

    def __init__(self) -> None:
        self._failures: OrderedDict[LoginKey | None, tuple[int, str]] = OrderedDict()
        self._lock = threading.Lock()

    def reason_not_to_try(self, key: LoginKey | None) -> str | None:
        """Why it failed, where it has failed too often; None when it may be tried."""
        with self._lock:
            number, reason = self._failures.get(key, (0, ""))
            return reason if number >= MOST_FAILURES else None

    def failed(self, key: LoginKey | None, reason: str) -> None:
        with self._lock:
            number, known = self._failures.pop(key, (0, reason))
            self._failures[key] = number + 1, known if number >= MOST_FAILURES else reason
            if len(self._failures) > _REMEMBERED:
                self._failures.popitem(last=False)

    def worked(self, key: LoginKey | None) -> None:
        with self._lock:
            self._failures.pop(key, None)
