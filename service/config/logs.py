"""Log lines: one event each, as JSON for machines or as text for people.

They carry ids, counts, codes and durations, and nothing that pages or people said. So an error is
told by its type and place: its words may quote a page or a note.
"""

import json
import logging
import sys
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Literal

LogFormat = Literal["text", "json"]
LogLevel = Literal["debug", "info", "warning", "error"]
Field = str | int | float | bool | None | Mapping[str, int]

# These bring handlers of their own, and do not pass their lines on.
_APART = ("dbos", "uvicorn")
_ids: ContextVar[Mapping[str, str]] = ContextVar("luiska_log_ids", default={})  # noqa: B039


@contextmanager
def log_ids(**ids: str) -> Iterator[None]:
    """Every line from within, of whatever room, carries these ids."""
    token = _ids.set({**_ids.get(), **ids})
    try:
        yield
    finally:
        _ids.reset(token)


def tell(log: logging.Logger, event: str, /, level: int = logging.INFO, **fields: Field) -> None:
    """Log an event. Fields are ids, counts, codes and durations: never content, never a secret."""
    log.log(level, event, extra={"fields": fields})


class JsonLines(logging.Formatter):
    """`{"time": …, "level": …, "logger": …, "event": …, <ids>, <fields>}`."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "time": _time(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
            **_ids.get(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info and record.exc_info[1] is not None:
            line["error_type"], line["trace"] = _type_and_place(record.exc_info[1])
        return json.dumps(line, ensure_ascii=False, default=str)


class TextLines(logging.Formatter):
    """The same for people: `09:30:00 info luiska.scans: page ended scan_id=… state=examined`."""

    def format(self, record: logging.LogRecord) -> str:
        line = (
            f"{_time(record)[11:19]} {record.levelname.lower()} {record.name}: "
            f"{record.getMessage()}"
        )
        fields = {**_ids.get(), **getattr(record, "fields", {})}
        line += "".join(f" {name}={value}" for name, value in fields.items() if value is not None)
        if record.exc_info and record.exc_info[1] is not None:
            kind, places = _type_and_place(record.exc_info[1])
            line += f"\n  {kind}" + "".join(f"\n    at {place}" for place in places)
        return line


@contextmanager
def logging_to_stderr(level: LogLevel, line_format: LogFormat | None) -> Iterator[None]:
    """Send every log line of this process there, until the block ends.

    Without a format: text on a terminal, JSON elsewhere.
    """
    handler = logging.StreamHandler(sys.stderr)
    as_text = line_format == "text" or (line_format is None and sys.stderr.isatty())
    handler.setFormatter(TextLines() if as_text else JsonLines())
    loggers = [logging.getLogger(name) for name in (None, *_APART)]
    before = [(each, each.handlers, each.level, each.propagate) for each in loggers]
    for each in loggers:
        each.handlers, each.propagate = [handler], False
    loggers[0].setLevel(logging.WARNING)
    ours = logging.getLogger("luiska")
    our_level = ours.level
    ours.setLevel(level.upper())
    try:
        yield
    finally:
        ours.setLevel(our_level)
        for each, handlers, old_level, propagate in before:
            each.handlers, each.propagate = handlers, propagate
            each.setLevel(old_level)


def _time(record: logging.LogRecord) -> str:
    time = datetime.fromtimestamp(record.created, UTC)
    return time.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _type_and_place(error: BaseException) -> tuple[str, list[str]]:
    """The error's class and, innermost last, where it was raised."""
    frames = traceback.extract_tb(error.__traceback__)
    module = type(error).__module__
    kind = type(error).__qualname__ if module == "builtins" else f"{module}.{type(error).__name__}"
    return kind, [f"{frame.filename}:{frame.lineno} in {frame.name}" for frame in frames]
