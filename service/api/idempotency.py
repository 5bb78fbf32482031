"""`Idempotency-Key` for routes that create. In a route:

    if made := idempotent.made():
        return render(load(work, made))
    thing = create_thing(work, …)
    idempotent.remember(thing.id)
    return render(thing)

The key belongs to one token and one address; the same key with another body is refused (409,
`idempotency-key-reused`). A repeat after the thing was deleted finds nothing: such a route
declares `problems(404, 409)`.
"""

import hashlib
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Header, Request, Response

from service.access import Work, idempotency
from service.api.deps import CurrentWork


@dataclass(frozen=True, kw_only=True)
class IdempotencyGuard:
    """The key of this request, if it has one."""

    work: Work
    response: Response
    route: str
    key: str | None
    request_hash: str

    def made(self) -> str | None:
        """The id of what this key made before; None when there is work to do.

        Waits for a request with the same key that is under way. Sets `Idempotency-Replayed`.
        """
        if self.key is None:
            return None
        made = idempotency.claim(
            self.work, route=self.route, key=self.key, request_hash=self.request_hash
        )
        if made is not None:
            self.response.headers["Idempotency-Replayed"] = "true"
        return made

    def remember(self, made_id: str) -> None:
        """Note what was made, in the same transaction; nothing when there is no key."""
        if self.key is not None:
            idempotency.remember(self.work, route=self.route, key=self.key, made_id=made_id)


@dataclass(frozen=True, kw_only=True)
class RequestKey:
    """The key of a request that opens its unit of work itself."""

    response: Response
    route: str
    key: str | None
    request_hash: str

    def within(self, work: Work) -> IdempotencyGuard:
        """The key in a unit of work."""
        return IdempotencyGuard(
            work=work,
            response=self.response,
            route=self.route,
            key=self.key,
            request_hash=self.request_hash,
        )


async def request_key(
    request: Request,
    response: Response,
    key: Annotated[
        str | None,
        Header(
            alias="Idempotency-Key",
            min_length=1,
            max_length=255,
            pattern=r"^[\x21-\x7e]+$",
            description="Any text of your own, new for each new request. A repeat with the same "
            "key and body makes nothing twice and gets the same answer, for a week.",
            examples=["build-4711"],
        ),
    ] = None,
) -> RequestKey:
    body = await request.body()
    content_type = request.headers.get("content-type", "")
    told = b"\0".join([request.url.query.encode(), content_type.encode(), body])
    return RequestKey(
        response=response,
        route=f"{request.method} {request.url.path}",
        key=key,
        request_hash=hashlib.sha256(told).hexdigest(),
    )


KeyOfRequest = Annotated[RequestKey, Depends(request_key)]


def idempotency_guard(work: CurrentWork, key: KeyOfRequest) -> IdempotencyGuard:
    """The key of a request in its unit of work."""
    return key.within(work)


Idempotent = Annotated[IdempotencyGuard, Depends(idempotency_guard)]
