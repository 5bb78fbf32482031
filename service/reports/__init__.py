"""Reports: one module for each format, each a pure `render(document) -> str`."""

from collections.abc import Callable, Mapping

from service.reports import json
from service.scans import ScanDocument

FORMATS: Mapping[str, Callable[[ScanDocument], str]] = {"json": json.render}

__all__ = ["FORMATS"]
