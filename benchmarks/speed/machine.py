"""The programs that every contestant uses, and what they are called."""

import os
import platform
from dataclasses import dataclass
from pathlib import Path

import psutil  # type: ignore[import-untyped]

from benchmarks.speed.loops.job import start_chrome
from service.browser import find_browser, read_axe_version
from service.config import Settings

WIDTH, HEIGHT = 1280, 1024
FLAGS = (
    "--headless=new",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
"""What an operator gives Chromium on a server; each peer and the limit get the same."""


@dataclass(frozen=True, kw_only=True)
class Machine:
    """Where Chromium, its driver and axe-core are, and the machine's own facts.

    `window` is the size to ask of Chromium for a viewport of 1280 × 1024: its frame counts.
    """

    chromium: str
    chromedriver: str
    chromium_version: str
    axe_path: Path
    axe_version: str
    flags: tuple[str, ...]
    window: tuple[int, int]
    cores: int
    memory_bytes: int
    system: str

    @property
    def window_flag(self) -> str:
        return f"--window-size={self.window[0]},{self.window[1]}"


def look_around() -> Machine:
    """This machine. Raises MissingPart when Chromium, its driver or axe-core is not there."""
    settings = Settings()
    found = find_browser(settings.chromium, settings.chromedriver)
    axe_path = settings.axe_path.resolve()
    flags = FLAGS if found.sandboxed else (*FLAGS, "--no-sandbox")
    return Machine(
        chromium=found.chromium,
        chromedriver=found.chromedriver,
        chromium_version=found.chromium_version,
        axe_path=axe_path,
        axe_version=read_axe_version(axe_path),
        flags=flags,
        window=_window(found.chromium, found.chromedriver, flags),
        cores=os.cpu_count() or 1,
        memory_bytes=psutil.virtual_memory().total,
        system=platform.platform(),
    )


def _window(chromium: str, chromedriver: str, flags: tuple[str, ...]) -> tuple[int, int]:
    driver = start_chrome(chromium, chromedriver, (*flags, f"--window-size={WIDTH},{HEIGHT}"))
    try:
        inner = driver.execute_script("return [innerWidth, innerHeight]")
    finally:
        driver.quit()
    return 2 * WIDTH - inner[0], 2 * HEIGHT - inner[1]
