"""Our own documents on paper: HTML in, tagged PDF out, by a browser that reaches nobody."""

import base64
import threading

from service.browser.chromium import find_browser
from service.browser.failures import FAILURES
from service.browser.guard import Guard
from service.browser.session import BrowserSession
from service.browser.starting import start_session
from service.browser.values import BrowserOptions

PRINT_TIMEOUT_S = 60.0
_STEP_TIMEOUT_S = 30.0
_PICTURES_ARE_THERE = "Promise.all([...document.images].map((each) => each.decode())).then(() => 1)"
# A browser takes some hundred megabytes; those who come meanwhile wait.
_one_at_a_time = threading.Lock()


class NotPrinted(Exception):
    """The browser did not print; the message says why."""


def print_pdf(html: str, options: BrowserOptions) -> bytes:
    """The document as tagged PDF on A4, with an outline of its headings.

    Its title and language are those of the HTML. The document must be whole: its browser's door is
    never opened, so it can ask nobody for anything. Raises NotPrinted (also where a picture of it
    cannot be shown), and MissingPart without Chromium.
    """
    chromium, chromedriver = None, None
    if options.grid_url is None:
        found = find_browser(options.chromium, options.chromedriver)
        chromium, chromedriver = found.chromium, found.chromedriver
    with _one_at_a_time, Guard() as guard:
        door = guard.open_door()
        try:
            session = start_session(
                chromium=chromium,
                chromedriver=chromedriver,
                grid_url=options.grid_url,
                proxy=options.grid_proxy or door.address,
                on_start=lambda _kill: None,
            )
        except FAILURES as error:
            raise NotPrinted(str(error)) from error
        try:
            return _printed(session, html)
        except FAILURES as error:
            raise NotPrinted(str(error)) from error
        finally:
            session.quit()


def _printed(session: BrowserSession, html: str) -> bytes:
    tree = session.command("Page.getFrameTree", _STEP_TIMEOUT_S)
    frame = tree["frameTree"]["frame"]["id"]
    session.command("Page.setDocumentContent", _STEP_TIMEOUT_S, frameId=frame, html=html)
    pictures = session.command(
        "Runtime.evaluate",
        _STEP_TIMEOUT_S,
        expression=_PICTURES_ARE_THERE,
        awaitPromise=True,
        returnByValue=True,
    )
    if "exceptionDetails" in pictures:
        raise NotPrinted("a picture of the document cannot be shown")
    answer = session.command(
        "Page.printToPDF",
        PRINT_TIMEOUT_S,
        generateTaggedPDF=True,
        generateDocumentOutline=True,
        printBackground=True,
        preferCSSPageSize=True,
        paperWidth=8.27,
        paperHeight=11.69,
    )
    return base64.b64decode(answer["data"])
