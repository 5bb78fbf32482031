"""What can go wrong in the domain. Transport alone turns these into an answer.

ServiceError
├── Malformed         422  a field is wrong; names it
├── NotSignedIn       401
├── NotAllowed        403
├── NotFound          404
├── Conflict          409
├── Stale             412  If-Match does not match
├── TooLarge          413
└── Unavailable       503
"""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class FieldError:
    """One wrong field: `pointer` is a JSON Pointer into the request body (RFC 6901)."""

    pointer: str
    detail: str


def pointer_token(name: str) -> str:
    """A member's name as a token of a JSON Pointer (RFC 6901, section 3)."""
    return name.replace("~", "~0").replace("/", "~1")


class ServiceError(Exception):
    """An expected refusal. `detail` says what happened and what to do next."""

    status = 500
    slug = "internal"
    title = "Something went wrong in Luiska"

    def __init__(
        self, detail: str, *, slug: str | None = None, errors: tuple[FieldError, ...] = ()
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.slug = slug or type(self).slug
        self.errors = errors


class Malformed(ServiceError):
    status = 422
    slug = "malformed"
    title = "The request cannot be read"


class NotSignedIn(ServiceError):
    status = 401
    slug = "not-signed-in"
    title = "A token is needed"


class NotAllowed(ServiceError):
    status = 403
    slug = "not-allowed"
    title = "This role may not do that"


class NotFound(ServiceError):
    status = 404
    slug = "not-found"
    title = "There is no such thing here"


class Conflict(ServiceError):
    status = 409
    slug = "conflict"
    title = "This does not fit what is stored"


class Stale(ServiceError):
    status = 412
    slug = "stale"
    title = "Somebody changed it meanwhile"


class TooLarge(ServiceError):
    status = 413
    slug = "too-large"
    title = "The request is too large"


class Unavailable(ServiceError):
    status = 503
    slug = "unavailable"
    title = "A part that this needs is not working"
