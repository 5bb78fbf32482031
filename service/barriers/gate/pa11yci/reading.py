"""Reading `.pa11yci`: the JSON file as it is, with its parts checked."""

import json
from collections.abc import Mapping, Sequence
from math import isfinite
from typing import Any


class BadPa11yci(ValueError):
    """The file cannot be taken over; says where it is wrong and what to do."""


def read_config(text: str, name: str) -> Mapping[str, Any]:
    """The configuration as it stands in the file. Raises `BadPa11yci`."""
    try:
        config = json.loads(text.removeprefix("\ufeff"))
    except json.JSONDecodeError as error:
        if "module.exports" in text or "export default" in text:
            raise BadPa11yci(
                f"{name}, line {error.lineno}: this is JavaScript. Print it as JSON, for example "
                f"with `node -p \"JSON.stringify(require('./{name}'))\"`, and take that over."
            ) from error
        raise BadPa11yci(
            f"{name}, line {error.lineno}: this is no JSON: {error.msg}. JSON has no comments and "
            "no comma after the last value."
        ) from error
    except RecursionError as error:
        raise BadPa11yci(f"{name}, line 1: it is nested too deeply.") from error
    return a_table(config, name)


def a_table(value: Any, where: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise BadPa11yci(f"{where}: must be an object in braces.")
    return value


def a_text(value: Any, where: str) -> str:
    if not isinstance(value, str):
        raise BadPa11yci(f"{where}: must be a text.")
    return value


def a_number(value: Any, where: str) -> float:
    # In Python true is a number, and its reader of JSON takes NaN and Infinity.
    if not isinstance(value, int | float) or isinstance(value, bool) or not isfinite(value):
        raise BadPa11yci(f"{where}: must be a number.")
    return value


def texts(value: Any, where: str) -> Sequence[str]:
    """A list of texts; pa11y takes a single one as well."""
    if isinstance(value, str):
        return (value,)
    if not isinstance(value, list):
        raise BadPa11yci(f"{where}: must be a list of texts.")
    return [a_text(each, f"{where}[{index}]") for index, each in enumerate(value)]
