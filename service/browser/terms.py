"""On which terms a visit is made: what it may reach, which secrets it has, what it may not meet."""

import ipaddress
import os
from urllib.parse import SplitResult, urlsplit

from service.browser.addresses import DEFAULT_PORTS, host_port, split_url
from service.browser.guard import EgressPolicy
from service.browser.logins import login_key
from service.browser.reaching import only_hosts
from service.browser.secrets import SecretMissing, Secrets
from service.browser.session import BrowserSession
from service.browser.values import BrowserOptions, PageError, PageErrorCode, VisitRequest
from service.config import DenyList
from service.config.deny_list import plain_host


def egress_policy(request: VisitRequest, options: BrowserOptions) -> EgressPolicy:
    """By which rules the visit goes out."""
    return EgressPolicy(
        allowed_hosts=request.allowed_hosts,
        denied=options.denied,
        max_response_bytes=options.max_response_bytes,
        max_visit_bytes=options.max_visit_bytes,
        max_response_s=options.max_response_s,
        only=only_hosts(request),
    )


def secrets_of(request: VisitRequest, options: BrowserOptions) -> Secrets | PageError:
    """The values of the secrets that the request names, or why it cannot be visited."""
    parts = split_url(request.url)
    if isinstance(parts, PageError):
        return parts
    if options.grid_proxy is not None and _is_denied(parts, options.denied):
        # The node's own guard says so too, where it was given the same list.
        return PageError(
            code=PageErrorCode.BLOCKED_ADDRESS,
            detail=f"{host_port(parts)} is on the operator's deny list",
        )
    if options.grid_proxy is not None and request.approach.has_secret_headers:
        return PageError(
            code=PageErrorCode.CHECK_FAILED,
            detail="headers with a secret cannot be kept to the site where a Grid's nodes have "
            "a guard of their own; use a login or a cookie",
        )
    try:
        return Secrets.of((text for _, text in request.approach.private_texts), os.environ)
    except SecretMissing as error:
        return PageError(code=PageErrorCode.CHECK_FAILED, detail=str(error))


def _is_denied(parts: SplitResult, denied: DenyList) -> bool:
    """As far as the address itself tells it."""
    host = plain_host(parts.hostname or "")
    port = parts.port or DEFAULT_PORTS[parts.scheme]
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return denied.denies_name(host, port)
    return denied.denies_name(host, port) or denied.denies_address(address, port)


def enter_site(session: BrowserSession, request: VisitRequest, policy: EgressPolicy) -> None:
    """Let the page meet nothing that another site, or who is signed in otherwise, left there."""
    key = login_key(request)
    if session.signed_in is not None and session.signed_in != key:
        session.sign_out()
    approach = request.approach
    whose = (request.scope, key, approach.headers, approach.cookies)
    session.enter_site((*urlsplit(request.url)[:2], policy, whose))
