"""Which Chromium, chromedriver and axe-core are on this machine, and how Chromium is started."""

import os
import re
import shutil
import subprocess
import tempfile
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from selenium.webdriver.chrome.options import Options

from service.browser.values import MissingPart

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome")
CHROMIUM_PLACES = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
DRIVER_PLACES = ("/usr/lib/chromium/chromedriver", "/usr/lib/chromium-browser/chromedriver")
KERNEL = Path("/proc/sys")
SELENIUM_CACHE = Path("~/.cache/selenium")
VERSION_TIMEOUT_S = 20.0
WORDS_TIMEOUT_S = 5.0
MOST_WORDS = 400
_NEVER = 2
_THESE_ADDRESSES = 4

# axe-core is new in every document, and its functions run some hundred times each: optimising them
# cost 0.1 CPU-seconds a page more than it saved. What runs really long is still optimised.
JS_FLAGS = (
    "--max-old-space-size=512",
    "--invocation-count-for-maglev=10000",
    "--invocation-count-for-turbofan=100000",
    "--invocation-count-for-maglev-osr=10000",
    "--invocation-count-for-osr=50000",
)
DISABLED_FEATURES = (
    # No page is ever gone back to.
    "BackForwardCache",
    # With both of these a navigation away from about:blank is lost now and then, and never answered
    # (Chromium 156); and a new frame for each document costs 7 % of a visit.
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "RenderDocument",
    # What was asked for is visited: http stays http.
    "HttpsUpgrades",
    # A worker that outlives its page would go on beside the pages after it.
    "SharedWorkerExtendedLifetime",
    # Windows and services of Chromium's own that nobody sees here.
    "DialMediaRouteProvider",
    "GlobalMediaControls",
    "LensOverlay",
    "MediaRouter",
    "OptimizationHints",
    "PreloadTopChromeWebUI",
    "Translate",
    "WebUIOmniboxAimPopup",
    "WebUIOmniboxPopup",
)
# What pages may keep on the disk in all, in bytes; Chromium's own limit is most of the disk.
MOST_STORED = 256 * 2**20
FLAGS = (
    "--headless=new",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    f"--js-flags={','.join(JS_FLAGS)}",
    f"--enable-features=StorageQuotaSettings:PoolSizeBytes/{MOST_STORED}",
    # Chromium ignores a frame's navigations beyond 200 in 10 s. The frame outlives its pages here,
    # so that a later one would not get to where its script sends it, and be examined half-way.
    "--disable-ipc-flooding-protection",
    # The first is today's name, the second that of older versions; each ignores the other's.
    "--webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
)


@dataclass(frozen=True, kw_only=True)
class BrowserFound:
    """The two programs a visit needs and what they call themselves; `doctor` prints this."""

    chromium: str
    chromium_version: str
    chromedriver: str
    chromedriver_version: str
    sandboxed: bool
    sandbox_detail: str

    @property
    def versions_match(self) -> bool:
        """Whether both are of the same major version; chromedriver refuses any other."""
        return self.chromium_version.split(".")[0] == self.chromedriver_version.split(".")[0]


@dataclass(frozen=True, kw_only=True)
class BrowserAsked:
    """The two programs, asked for their versions; `found` waits for what they answer."""

    chromium: str
    chromedriver: str
    versions: tuple[Future[str], Future[str]]

    def found(self) -> BrowserFound:
        """Raises MissingPart when one of them does not start."""
        sandboxed, detail = sandbox_state()
        return BrowserFound(
            chromium=self.chromium,
            chromium_version=self.versions[0].result(),
            chromedriver=self.chromedriver,
            chromedriver_version=self.versions[1].result(),
            sandboxed=sandboxed,
            sandbox_detail=detail,
        )


def find_browser(chromium: str | None = None, chromedriver: str | None = None) -> BrowserFound:
    """The Chromium and chromedriver that would be used. Raises MissingPart naming the lacking one.

    A path that is given is used or refused, never replaced by another one.
    """
    return ask_browser(chromium, chromedriver).found()


def ask_browser(chromium: str | None = None, chromedriver: str | None = None) -> BrowserAsked:
    """The same without waiting. Raises MissingPart when one is not there at all."""
    browser = _find("Chromium", chromium, CHROMIUM_NAMES, CHROMIUM_PLACES, "chrome/*/*/chrome")
    driver = _find(
        "chromedriver",
        chromedriver,
        ("chromedriver",),
        DRIVER_PLACES,
        "chromedriver/*/*/chromedriver",
    )
    asking = ThreadPoolExecutor(2, "luiska-version")
    versions = (
        asking.submit(_version, "Chromium", browser),
        asking.submit(_version, "chromedriver", driver),
    )
    asking.shutdown(wait=False)
    return BrowserAsked(chromium=browser, chromedriver=driver, versions=versions)


def sandbox_state() -> tuple[bool, str]:
    """Whether Chromium can use its own sandbox here, and why it cannot."""
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        return False, "running as root: Chromium is started with --no-sandbox"
    for setting in ("user/max_user_namespaces", "kernel/unprivileged_userns_clone"):
        if _is_set(setting, "0"):
            return False, f"{KERNEL / setting} is 0: Chromium is started with --no-sandbox"
    if not has_user_namespaces():
        return False, (
            "user namespaces are refused here, as in a container: Chromium is started with "
            "--no-sandbox"
        )
    return True, "Chromium's own sandbox is on"


@cache
def has_user_namespaces() -> bool:
    """Whether a process without rights can make one, which Chromium's sandbox needs.

    Where AppArmor restricts them (Ubuntu) it depends on the program, and Chromium's start tells.
    """
    unshare = shutil.which("unshare")
    if unshare is None or _is_set("kernel/apparmor_restrict_unprivileged_userns", "1"):
        return True
    tried = subprocess.run([unshare, "--user", "true"], capture_output=True, check=False)
    return tried.returncode == 0


def _is_set(setting: str, value: str) -> bool:
    path = KERNEL / setting
    return path.exists() and path.read_text().strip() == value


def last_words(chromium: str) -> str | None:
    """What Chromium says is wrong when it is started alone; None if it starts, or ends in silence.

    chromedriver tells no more of that than that it ended.
    """
    with tempfile.TemporaryDirectory(prefix="luiska-start-") as profile:
        options = chromium_options(proxy="socks5://127.0.0.1:9", profile=Path(profile))
        command = [chromium, *options.arguments, "--dump-dom", "about:blank"]
        try:
            ended = subprocess.run(
                command, capture_output=True, text=True, errors="replace", timeout=WORDS_TIMEOUT_S
            )
        except (OSError, subprocess.TimeoutExpired):
            return None
    if ended.returncode == 0:
        return None
    lines = [line.strip() for line in ended.stderr.splitlines() if line.strip()]
    wrong = next((line for line in lines if re.search(r":(ERROR|FATAL):", line)), None)
    words = wrong or next(iter(lines[-1:]), None)
    return None if words is None else re.sub(r"^\[[^]]*\]\s*", "", words)[:MOST_WORDS]


def guard_flags(proxy: str) -> tuple[str, ...]:
    """What sends every connection through the egress guard at `socks5://host:port`."""
    host = urlsplit(proxy).hostname
    return (
        f"--proxy-server={proxy}",
        # Without this, loopback goes past every proxy.
        "--proxy-bypass-list=<-loopback>",
        # Prefetching would ask a resolver by itself; the guard resolves what is connected to.
        f"--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE {host}",
    )


def site_flags(*, isolates_sites: bool) -> tuple[str, ...]:
    """Whether sites share processes, and what else is off: of features Chromium takes one list."""
    if isolates_sites:
        return ("--site-per-process", f"--disable-features={','.join(DISABLED_FEATURES)}")
    # A frame of another origin is reachable from the page's session only in the page's process.
    features = ("IsolateOrigins", "site-per-process", *DISABLED_FEATURES)
    return ("--disable-site-isolation-trials", f"--disable-features={','.join(features)}")


def chromium_options(
    *,
    proxy: str,
    binary: str | None = None,
    profile: Path | None = None,
    isolates_sites: bool = False,
) -> Options:
    """The options of every session, on this machine with a `profile` of its own, or on a Grid.

    A Grid's node picks binary and profile, and says whether Chromium has its sandbox there.

    With `isolates_sites` each site has a process of its own, and frames of other sites than the
    page's cannot be examined.
    """
    options = Options()
    sites = site_flags(isolates_sites=isolates_sites)
    for flag in (*FLAGS, *sites, *guard_flags(proxy)):
        options.add_argument(flag)
    if profile is not None:
        options.add_argument(f"--user-data-dir={profile}")
        if not sandbox_state()[0]:
            options.add_argument("--no-sandbox")
    if binary is not None:
        options.binary_location = binary
    # Chromium would connect to hosts that it remembers from earlier pages: a page's connections are
    # to be its own, as the guard's record is read as what this page asked for.
    # And its page for new tabs would be loaded at the start, with hundreds of scripts of its own.
    options.add_experimental_option(
        "prefs",
        {
            "net.network_prediction_options": _NEVER,
            "session.restore_on_startup": _THESE_ADDRESSES,
            "session.startup_urls": ["about:blank"],
        },
    )
    # Else an image behind a password waits for somebody to type it, and the page never loads.
    options.add_experimental_option("localState", {"auth.schemes": "none"})
    # "none": the truth gate does its own waiting, and no command may wait for a hostile page.
    options.page_load_strategy = "none"
    options.unhandled_prompt_behavior = "dismiss"
    # The only place where a document's response headers can be had without asking for it again.
    options.set_capability("goog:loggingPrefs", {"performance": "ALL"})
    options.add_experimental_option(
        "perfLoggingPrefs", {"enableNetwork": True, "enablePage": False}
    )
    return options


def read_axe_version(path: Path) -> str:
    """The version that an axe-core file states in its banner. Raises MissingPart."""
    try:
        with path.open(encoding="utf-8") as file:
            banner = file.read(200)
    except OSError as error:
        raise MissingPart(
            f"axe-core is not at {path} ({error.strerror}); run `npm ci` or name its place"
        ) from error
    match = re.search(r"axe v(\d+\.\d+\.\d+\S*)", banner)
    if match is None:
        raise MissingPart(f"{path} is not axe-core: its first line names no version; run `npm ci`")
    return match[1]


def _find(
    part: str, given: str | None, names: tuple[str, ...], places: tuple[str, ...], cached: str
) -> str:
    if given is not None:
        found = shutil.which(given)
        if found is None:
            raise MissingPart(f"{part} is not at {given!r}, or is no program; correct the path")
        return found
    candidates = [shutil.which(name) for name in names]
    candidates += [place for place in places if os.access(place, os.X_OK)]
    candidates += [str(path) for path in sorted(SELENIUM_CACHE.expanduser().glob(cached))[-1:]]
    for candidate in candidates:
        if candidate is not None:
            return candidate
    raise MissingPart(
        f"{part} is not on this machine; install it (Debian: apt-get install chromium "
        "chromium-driver), or name its path"
    )


def _version(part: str, program: str) -> str:
    try:
        answer = subprocess.run(
            [program, "--version"],
            capture_output=True,
            text=True,
            timeout=VERSION_TIMEOUT_S,
            check=True,
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise MissingPart(f"{part} at {program} does not start: {error}") from error
    match = re.search(r"\d+(\.\d+)+", answer.stdout)
    if match is None:
        raise MissingPart(f"{part} at {program} names no version: {answer.stdout!r}")
    return match[0]
