"""Files of other programs: read by pure readers, then seen in the light of one session.

`read_file` tells what a file says and what it was taken for, `interpret` what that means in a
session. Nothing that a file says is left out in silence: there is a doubt for it.
"""

from service.research.exchange.exported import EXPORT_FORMAT
from service.research.exchange.formats import MEDIA_TYPES, read_file
from service.research.exchange.interpreting import Interpreted, Room, as_quote, interpret
from service.research.exchange.speakers import People
from service.research.exchange.values import (
    FORMATS,
    UNITS,
    Choices,
    Imported,
    Item,
    Taken,
    Unreadable,
)

__all__ = [
    "EXPORT_FORMAT",
    "FORMATS",
    "MEDIA_TYPES",
    "UNITS",
    "Choices",
    "Imported",
    "Interpreted",
    "Item",
    "People",
    "Room",
    "Taken",
    "Unreadable",
    "as_quote",
    "interpret",
    "read_file",
]
