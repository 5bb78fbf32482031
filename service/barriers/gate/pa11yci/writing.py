"""Writing a policy as TOML. Python reads TOML and does not write it."""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_SURROGATES = re.compile("[\ud800-\udfff]")
_WIDTH = 100


def toml_of(policy: Mapping[str, Any]) -> str:
    """A document: plain values first, then tables, then arrays of tables, in their order."""
    plain = {key: value for key, value in policy.items() if not _is_table(value)}
    blocks = ["\n".join(_line(key, value) for key, value in plain.items())]
    for key, value in policy.items():
        if isinstance(value, Mapping):
            blocks.append("\n".join([f"[{_key(key)}]", *_lines(value)]))
        elif _is_table(value):
            blocks += ["\n".join([f"[[{_key(key)}]]", *_lines(each)]) for each in value]
    return "\n\n".join(block for block in blocks if block) + "\n"


def comment(text: str) -> str:
    """The text as a comment of one line, without what TOML allows in none."""
    return "# " + re.sub(r"[\x00-\x1f\x7f]+", " ", _SURROGATES.sub("\ufffd", text))


def _is_table(value: Any) -> bool:
    return isinstance(value, Mapping) or (
        isinstance(value, Sequence) and bool(value) and isinstance(value[0], Mapping)
    )


def _lines(table: Mapping[str, Any]) -> list[str]:
    return [_line(key, value) for key, value in table.items()]


def _line(key: str, value: Any) -> str:
    return f"{_key(key)} = {_value(value)}"


def _key(text: str) -> str:
    return text if _BARE.fullmatch(text) else _text(text)


def _value(value: Any) -> str:
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        items = [_value(each) for each in value]
        line = f"[{', '.join(items)}]"
        if len(line) <= _WIDTH:
            return line
        return "[\n" + "".join(f"  {item},\n" for item in items) + "]"
    return json.dumps(value)


def _text(text: str) -> str:
    """A basic string (TOML 1.0): JSON's own, except that DEL is escaped as well."""
    quoted = json.dumps(_SURROGATES.sub("\ufffd", text), ensure_ascii=False)
    return quoted.replace("\x7f", "\\u007f")
