"""`ETag` and `If-Match` on what people edit: the version of the thing is its tag."""

import re
from typing import Annotated

from fastapi import Depends, Header, Response

_TAG = re.compile(r'(?P<weak>W/)?"(?P<version>[0-9]{1,9})"')


def set_etag(response: Response, version: int) -> None:
    """Tell the version that the answer shows."""
    response.headers["ETag"] = f'"{version}"'


def _expected_versions(
    if_match: Annotated[
        str | None,
        Header(
            alias="If-Match",
            max_length=1000,
            description="The `ETag` of what you read; without it the change is made regardless.",
            examples=['"3"'],
        ),
    ] = None,
) -> frozenset[int] | None:
    if if_match is None or if_match.strip() == "*":
        return None
    return frozenset(int(tag["version"]) for tag in _TAG.finditer(if_match) if not tag["weak"])


IfMatch = Annotated[frozenset[int] | None, Depends(_expected_versions)]
"""The versions that a write expects; None expects nothing. For `check_version`."""
