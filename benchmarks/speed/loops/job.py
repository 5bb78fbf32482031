"""What a loop is told to do, and how it tells what it found: a JSON line a page.

Imports Selenium and nothing of Luiska: what starting the service costs is not the limit's.
"""

import json
import sys
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service

_telling = threading.Lock()


@dataclass(frozen=True, kw_only=True)
class Job:
    """As the contestant wrote it."""

    urls: list[str]
    lanes: int
    tags: list[str]
    chromium: str
    chromedriver: str
    flags: list[str]
    axe_path: str
    timeout_s: int

    def driver(self) -> Chrome:
        """A Chromium that waits for a page's load event, as Selenium does by default."""
        driver = start_chrome(self.chromium, self.chromedriver, self.flags)
        driver.set_page_load_timeout(self.timeout_s)
        driver.set_script_timeout(self.timeout_s)
        return driver

    def options(self) -> dict[str, Any]:
        return {"runOnly": {"type": "tag", "values": self.tags}}


def start_chrome(chromium: str, chromedriver: str, flags: Iterable[str]) -> Chrome:
    options = ChromeOptions()
    options.binary_location = chromium
    for flag in flags:
        options.add_argument(flag)
    return Chrome(options=options, service=Service(chromedriver))


def read_job() -> Job:
    return Job(**json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")))


def tell(url: str, results: str) -> None:
    """One page's results, as the JSON text that they are."""
    with _telling:
        sys.stdout.write(f'{{"url": {json.dumps(url)}, "results": {results}}}\n')


def tell_error(url: str, error: str) -> None:
    with _telling:
        sys.stdout.write(f"{json.dumps({'url': url, 'error': error})}\n")
