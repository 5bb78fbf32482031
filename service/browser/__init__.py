"""The browser side: page visits that end in artifacts or in a named error, never in silence.

Fleet.visit(VisitRequest) -> VisitOutcome     page errors are values: PageError, PageErrorCode
MissingPart                                   raised when axe-core or Chromium is not there
"""

from service.browser.addresses import denied_reason
from service.browser.approach import Approach, Cookie, Login, approach_faults
from service.browser.axe import axe_options
from service.browser.chromium import BrowserFound, find_browser, read_axe_version
from service.browser.fleet import Fleet
from service.browser.grid import GridAway, GridNode, read_nodes
from service.browser.observer import BrowserEnd, FleetObserver
from service.browser.printing import NotPrinted, print_pdf
from service.browser.retrying import longest_visit_s
from service.browser.values import (
    BrowserOptions,
    MissingPart,
    PageError,
    PageErrorCode,
    PagePicture,
    Picture,
    Place,
    Refusal,
    Sources,
    Viewport,
    VisitOutcome,
    VisitRequest,
)

__all__ = [
    "Approach",
    "BrowserEnd",
    "BrowserFound",
    "BrowserOptions",
    "Cookie",
    "Fleet",
    "FleetObserver",
    "GridAway",
    "GridNode",
    "Login",
    "MissingPart",
    "NotPrinted",
    "PageError",
    "PageErrorCode",
    "PagePicture",
    "Picture",
    "Place",
    "Refusal",
    "Sources",
    "Viewport",
    "VisitOutcome",
    "VisitRequest",
    "approach_faults",
    "axe_options",
    "denied_reason",
    "find_browser",
    "longest_visit_s",
    "print_pdf",
    "read_axe_version",
    "read_nodes",
]
