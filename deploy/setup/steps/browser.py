"""Chromium and its driver: those on the machine, else from apt-get, else from Selenium Manager."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

from steps import STATE, SetupError, answer, call, say
from steps.environment import Venv

RECORD = STATE / "browser.env"

BROWSERS = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome")
MAC_BROWSERS = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
DRIVERS = ("chromedriver", "chromium-driver", "chromium.chromedriver")
DRIVER_FOLDERS = ("/usr/lib/chromium", "/usr/lib/chromium-browser")


class Browser:
    """Where the browser and its driver are, in the words of the service's settings."""

    NAMES = ("LUISKA_CHROMIUM", "LUISKA_CHROMEDRIVER")

    def __init__(self, chromium: str | None, driver: str | None) -> None:
        self.chromium = chromium
        self.driver = driver

    @property
    def is_whole(self) -> bool:
        return bool(self.chromium and self.driver)

    def missing(self) -> str:
        parts = {"Chromium": self.chromium, "ChromeDriver": self.driver}
        return " and ".join(name for name, path in parts.items() if not path)


def recorded() -> dict[str, str]:
    """NAME=value lines, taken literally; names that are not the browser's are passed over."""
    file = RECORD
    if not file.exists():
        return {}
    pairs = (
        line.split("=", 1) for line in file.read_text(encoding="utf-8").splitlines() if "=" in line
    )
    return {name: value for name, value in pairs if name in Browser.NAMES}


def record(browser: Browser) -> None:
    file = RECORD
    file.parent.mkdir(exist_ok=True)
    values = zip(Browser.NAMES, (browser.chromium, browser.driver), strict=True)
    part = file.with_suffix(".part")
    part.write_text("".join(f"{name}={value}\n" for name, value in values), encoding="utf-8")
    part.replace(file)


def is_program(path: str | None) -> bool:
    return bool(path) and os.path.isfile(str(path)) and os.access(str(path), os.X_OK)


def chosen(name: str) -> str | None:
    """What the operator names in the environment; naming what does not start is an error."""
    path = os.environ.get(name)
    if path and not (is_program(path) and works(path)):
        raise SetupError(f"{name} names {path}, which does not start: correct it or unset it")
    return path or None


def major(version_line: str | None) -> str | None:
    """`Chromium 156.0.8078.79 built on Debian` → `156`."""
    found = re.search(r"\b(\d+)\.\d+\.\d+", version_line or "")
    return found.group(1) if found else None


def works(program: str) -> str | None:
    """Its major version, or None when it does not start (a snap's stub, a missing library)."""
    return major(answer([program, "--version"]))


def find_browser() -> Browser:
    """The named ones, else the first pair on the machine that is of one major version."""
    named, named_driver = chosen(Browser.NAMES[0]), chosen(Browser.NAMES[1])
    browsers = [named] if named else [*map(shutil.which, BROWSERS), *MAC_BROWSERS]
    in_folders = [f"{folder}/chromedriver" for folder in DRIVER_FOLDERS]
    drivers = [named_driver] if named_driver else [*map(shutil.which, DRIVERS), *in_folders]

    driver_of = {works(path): path for path in reversed(drivers) if path and is_program(path)}
    working = [(path, works(path)) for path in browsers if path and is_program(path)]
    working = [(path, version) for path, version in working if version]
    for path, version in working:
        if version in driver_of:
            return Browser(path, driver_of[version])
    return Browser(working[0][0] if working else None, None)


def linux_flavour() -> set[str]:
    """ID and ID_LIKE of /etc/os-release; Ubuntu's chromium is a snap and counts as no Debian."""
    try:
        text = Path("/etc/os-release").read_text(encoding="utf-8")
    except OSError:
        return set()
    found = re.findall(r'^ID(?:_LIKE)?="?([^"\n]*)"?$', text, flags=re.MULTILINE)
    return {word for words in found for word in words.split()}


def apt_prefix() -> list[str] | None:
    """How apt-get may be called here: as it is, through sudo without a password, or not at all."""
    flavour = linux_flavour()
    if not shutil.which("apt-get") or "debian" not in flavour or "ubuntu" in flavour:
        return None
    if os.geteuid() == 0:
        return ["env"]
    if shutil.which("sudo") and answer(["sudo", "-n", "true"], timeout_s=10) is not None:
        return ["sudo", "-n", "env"]
    return None


def install_by_apt() -> None:
    prefix = apt_prefix()
    if prefix is None:
        return
    say("installing chromium and chromium-driver by apt-get (once)")
    apt = [
        *prefix,
        "DEBIAN_FRONTEND=noninteractive",
        "apt-get",
        "-qq",
        "-o",
        "DPkg::Lock::Timeout=120",
    ]
    quiet = ["-o", "Dpkg::Use-Pty=0"]
    packages = ["chromium", "chromium-driver"]
    try:
        call([*apt, "update"], "apt-get update")
        call(
            [*apt, *quiet, "install", "-y", "--no-install-recommends", *packages], "apt-get install"
        )
    except SetupError as problem:
        say(f"{problem}; trying Selenium Manager")


def selenium_manager(venv: Venv) -> str | None:
    """The program inside the selenium package, when .venv holds it for this kind of machine."""
    if not venv.python.exists():
        return None
    code = (
        "from selenium.webdriver.common.selenium_manager import SeleniumManager;"
        "print(SeleniumManager._get_binary())"
    )
    return answer([venv.python, "-c", code])


def find_by_selenium_manager(venv: Venv, found: Browser) -> Browser:
    program = selenium_manager(venv)
    if program is None:
        return found
    say("asking Selenium Manager for the browser (it downloads what is missing, once)")
    command = [program, "--browser", "chrome", "--output", "json", "--avoid-stats"]
    command += ["--cache-path", str(STATE / "selenium"), "--skip-driver-in-path"]
    command += ["--browser-path", found.chromium] if found.chromium else ["--skip-browser-in-path"]
    done = subprocess.run(command, capture_output=True, text=True)
    result = json.loads(done.stdout)["result"] if done.stdout.startswith("{") else {}
    if done.returncode:
        say(f"Selenium Manager: {result.get('message') or done.stderr.strip() or 'failed'}")
    chromium = found.chromium or result.get("browser_path")
    driver = result.get("driver_path")
    if is_program(chromium) and not works(str(chromium)):
        absent = missing_libraries(str(chromium))
        names = ", ".join(absent) or "see what it prints when started by hand"
        raise SetupError(f"{chromium} does not start, libraries are missing: {names}")
    return Browser(
        chromium if is_program(chromium) else None, driver if is_program(driver) else found.driver
    )


def missing_libraries(program: str) -> list[str]:
    """The shared libraries that the loader does not find, as `ldd` tells them."""
    return re.findall(r"^\s*(\S+) => not found", answer(["ldd", program]) or "", flags=re.MULTILINE)


def install_browser(venv: Venv) -> None:
    known = recorded()
    kept = Browser(*(known.get(name) for name in Browser.NAMES))
    named = {name: os.environ.get(name) or known.get(name) for name in Browser.NAMES}
    if named == known and is_program(kept.chromium) and is_program(kept.driver):
        return
    found = find_browser()
    if not found.is_whole:
        install_by_apt()
        found = find_browser()
    if not found.is_whole:
        found = find_by_selenium_manager(venv, found)
    if not found.is_whole:
        raise SetupError(
            f"{found.missing()} missing, and it could not be installed here: install both "
            "(Debian: apt-get install chromium chromium-driver; macOS: brew install --cask "
            "google-chrome chromedriver), or name them with LUISKA_CHROMIUM and LUISKA_CHROMEDRIVER"
        )
    record(found)
    say(f"browser: {found.chromium}, driver: {found.driver}")
