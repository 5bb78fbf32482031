"""JSON files: the document, or where it stops being one."""

import json
from typing import Any

from service.research.exchange.encodings import decode
from service.research.exchange.values import Choices, Unreadable


def json_object(content: bytes, choices: Choices) -> tuple[dict[str, Any], str]:
    """The object in a JSON file, and its encoding. Raises `Unreadable`."""
    decoded = decode(content, choices.encoding)
    try:
        document = json.loads(decoded.text, parse_constant=_no_number)
    except RecursionError:
        raise Unreadable("This JSON is nested too deeply.") from None
    except json.JSONDecodeError as error:
        raise Unreadable(f"This is no JSON: {error.msg}.", line=error.lineno) from error
    except ValueError as error:
        raise Unreadable(f"This is no JSON: {error}.") from error
    if not isinstance(document, dict):
        raise Unreadable("The file holds no JSON object.", line=1)
    return document, decoded.encoding


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is no number")
