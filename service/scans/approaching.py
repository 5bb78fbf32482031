"""How a scan approaches its pages: what is wrong with it, and how its row keeps it."""

import os
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from service.browser import Approach, Cookie, Login, approach_faults
from service.browser.secrets import SecretMissing, Secrets
from service.errors import FieldError, Malformed
from service.projects import Project
from service.scans.targets import address_faults
from service.scans.values import ScanRequest

_LONGEST_STATE = 100


def refuse_bad_approach(project: Project | None, request: ScanRequest) -> None:
    """Raise `Malformed` that names each part of the approach that cannot be followed.

    With None the scan is whoever's who asks, on his own machine. In a store, whoever may ask for a
    scan could else send the service's secrets to a site of his own.
    """
    errors = [FieldError(pointer=at, detail=detail) for at, detail in _faults(project, request)]
    if errors:
        raise Malformed("The pages cannot be approached so; see errors.", errors=tuple(errors))


def refuse_missing_secrets(approach: Approach) -> None:
    """Raise `Malformed` that names the secrets that are not in this process's environment."""
    errors = []
    for name, at in approach.secrets.items():
        try:
            Secrets.of([f"${{{name}}}"], os.environ)
        except SecretMissing as error:
            errors.append(FieldError(pointer=at, detail=f"{error}."))
    if errors:
        raise Malformed("Secrets are missing; see errors.", errors=tuple(errors))


def stored_approach(approach: Approach) -> dict[str, Any]:
    """The approach of a request, to be kept: with the names of secrets, never their values."""
    return asdict(approach)


def read_approach(stored: dict[str, Any]) -> Approach:
    """What was kept; a scan of before there were approaches has kept nothing."""
    if not stored:
        return Approach()
    login = stored["login"]
    return Approach(
        **{
            **stored,
            "actions": tuple(stored["actions"]),
            "login": login and Login(**{**login, "actions": tuple(login["actions"])}),
            "headers": tuple((name, value) for name, value in stored["headers"]),
            "cookies": tuple(Cookie(**each) for each in stored["cookies"]),
        }
    )


def _faults(project: Project | None, request: ScanRequest) -> Iterator[tuple[str, str]]:
    approach, state = request.approach, request.page_state
    yield from approach_faults(approach)
    if approach.login is not None:
        for error in address_faults(project, approach.login.url, "/login/url"):
            yield error.pointer, error.detail
    if len(state) > _LONGEST_STATE or (state and not state.isprintable()) or state != state.strip():
        yield "/page_state", f"A name of up to {_LONGEST_STATE} printable characters."
    if project is not None and not project.origins:
        for name, at in approach.secrets.items():
            yield (
                at,
                f"{name} may only go to a project's own origins, and this one has none: give the "
                "project its origins first.",
            )
