"""Taking `.pa11yci` over: each key becomes a part of the policy, or a remark, or both."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from service.barriers.gate.pa11yci import remarks as words
from service.barriers.gate.pa11yci.reading import (
    BadPa11yci,
    a_number,
    a_table,
    a_text,
    read_config,
    texts,
)
from service.barriers.gate.pa11yci.selectors import hidden
from service.barriers.gate.pa11yci.writing import comment, toml_of

_SUPPRESSED_FOR = timedelta(days=90)
_AXE_RULE = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_LEVELS = {"error": "serious", "warning": "moderate", "notice": "minor"}
_STANDARDS = {
    "WCAG2A": words.LEVEL_A,
    "WCAG2AA": None,
    "WCAG2AAA": words.LEVEL_AAA,
}
_SECRET_HEADER = re.compile(r"auth|cookie|token|secret|key|session", re.IGNORECASE)
_SECRET_FIELD = re.compile(
    r"pass|\bpw\b|pwd|secret|token|\bpin\b|otp|salasana|l(ö|o)sen|kennwort", re.IGNORECASE
)
_SECRET_QUERY = re.compile(r"pass|pwd|secret|token|api.?key|auth|session|signature", re.IGNORECASE)
_SET_FIELD = re.compile(r"(set field )(.+?)( to )(.+)", re.IGNORECASE | re.DOTALL)
_OWN_SECRET = re.compile(r"\$\{LUISKA_SECRET_[A-Z0-9_]+\}")
_MOST_TIMEOUT_S = 600
_SIDE = (200, 8000)


@dataclass(frozen=True, kw_only=True)
class Imported:
    """A policy as TOML, and a sentence for everything that a person must still look at."""

    toml: str
    remarks: tuple[str, ...]


def policy_from_pa11yci(text: str, *, name: str, today: date) -> Imported:
    """The policy that comes nearest to the file called `name`. Raises `BadPa11yci`.

    Passwords and tokens are not copied: `${LUISKA_SECRET_…}` stands in their place.
    """
    config = read_config(text, name)
    taking = _Taking(file=name, expires=today + _SUPPRESSED_FOR)
    defaults = a_table(config.get("defaults", {}), f"{name}: defaults")
    for key, value in config.items():
        if key == "sitemap":
            taking.top["sitemap"] = a_text(value, f"{name}: sitemap")
        elif key not in {"defaults", "urls"}:
            taking.remark(words.NO_COUNTERPART.get(key, words.UNKNOWN), key)
    taking.take_defaults(defaults)
    taking.take_urls(config.get("urls", []), defaults)
    if "urls" not in taking.top and not taking.pages and "sitemap" not in taking.top:
        taking.say(words.NO_PAGES)
    told = taking.told()
    header = [f"Taken over from {name} on {today.isoformat()}.", *told]
    toml = "\n".join(map(comment, header)) + "\n\n" + toml_of(taking.policy())
    return Imported(toml=toml, remarks=told)


@dataclass(kw_only=True)
class _Taking:
    """A policy while it is put together."""

    file: str
    expires: date
    top: dict[str, Any] = field(default_factory=lambda: {"standard": "wcag21aa"})
    gate: dict[str, Any] = field(default_factory=lambda: {"fail_on": "any", "impact": "serious"})
    headers: dict[str, str] = field(default_factory=dict)
    pages: list[dict[str, Any]] = field(default_factory=list)
    suppress: list[dict[str, Any]] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    placed: dict[str, list[str]] = field(default_factory=dict)

    def policy(self) -> dict[str, Any]:
        parts: dict[str, Any] = {**self.top, "gate": self.gate}
        lists = {"headers": self.headers, "page": self.pages, "suppress": self.suppress}
        return parts | {key: value for key, value in lists.items() if value}

    def say(self, sentence: str) -> None:
        self.said.append(sentence)

    def remark(self, sentence: str, place: str) -> None:
        """What to do about a key; places that are told the same are told it once."""
        self.placed.setdefault(sentence, []).append(place)

    def told(self) -> tuple[str, ...]:
        if self.suppress:
            self.remark(words.FILL_IN, "suppress")
        return (*self.said, *(f"{', '.join(at)}: {what}" for what, at in self.placed.items()))

    def take_defaults(self, options: Mapping[str, Any]) -> None:
        takers = {
            "actions": self._actions,
            "headers": self._headers,
            "level": self._level,
            "standard": self._standard,
            "threshold": self._threshold,
            "timeout": self._timeout,
            "viewport": self._viewport,
        }
        for key, value in options.items():
            place = f"defaults.{key}"
            if key in takers:
                takers[key](value, place)
            elif not self._taken_anywhere(key, value, place, url=None):
                self._without_counterpart(key, value, place)
        runners = texts(options.get("runners", "htmlcs"), f"{self.file}: defaults.runners")
        if "htmlcs" in runners:
            self.say(words.HTMLCS)

    def take_urls(self, urls: Any, defaults: Mapping[str, Any]) -> None:
        if not isinstance(urls, list):
            raise BadPa11yci(f"{self.file}: urls: must be a list.")
        found: list[tuple[str, Mapping[str, Any], str]] = []
        for index, each in enumerate(urls):
            place = f"urls[{index}]"
            options = (
                {"url": each} if isinstance(each, str) else a_table(each, f"{self.file}: {place}")
            )
            url = self._address(a_text(options.get("url"), f"{self.file}: {place}.url"), place)
            if url is not None:
                found.append((url, options, place))
        base = _common_origin([url for url, _, _ in found])
        if base is not None:
            self.top["base_url"] = f"{base}/"
        plain: dict[str, None] = {}
        for url, options, place in found:
            shown = url.removeprefix(base) if base is not None else url
            if not self._page(shown, options, defaults, place):
                plain[shown] = None
        if plain:
            self.top["urls"] = list(plain)

    def _page(
        self, url: str, options: Mapping[str, Any], defaults: Mapping[str, Any], place: str
    ) -> bool:
        """Whether the page has steps of its own, and so stands in a table of its own."""
        for key, value in options.items():
            at = f"{place}.{key}"
            if key in {"url", "actions"} or defaults.get(key) == value:
                continue
            if not self._taken_anywhere(key, value, at, url=url):
                if key in words.NO_COUNTERPART:
                    self._without_counterpart(key, value, at)
                else:
                    self.remark(words.ONE_FOR_ALL, at)
        steps = self._steps(options.get("actions", []), f"{place}.actions")
        if steps:
            if "actions" in defaults:
                self.remark(words.STEPS_TWICE, f"{place}.actions")
            state = "after its steps"
            number = sum(page["url"] == url for page in self.pages)
            named = f"{state} {number + 1}" if number else state
            self.pages.append({"url": url, "state": named, "actions": steps})
        return bool(steps)

    def _taken_anywhere(self, key: str, value: Any, place: str, *, url: str | None) -> bool:
        """What pages may have of their own as well."""
        pattern = {} if url is None else {"url": urlsplit(url).path or "/"}
        if key == "ignore":
            self._ignore(texts(value, f"{self.file}: {place}"), place, pattern)
        elif key == "hideElements":
            self._hide(texts(value, f"{self.file}: {place}"), place, pattern)
        elif key in {"includeWarnings", "includeNotices"}:
            if value:
                self.remark(words.INCLUDED, place)
        elif key == "useIncognitoBrowserContext":
            if value is False:
                self.remark(words.INCOGNITO, place)
        else:
            # One set of runners is for all pages.
            return key == "runners" and url is None
        return True

    def _without_counterpart(self, key: str, value: Any, place: str) -> None:
        if key == "wait" and not value:
            return
        self.remark(words.NO_COUNTERPART.get(key, words.UNKNOWN), place)

    def _ignore(self, codes: Sequence[str], place: str, pattern: Mapping[str, str]) -> None:
        for code in codes:
            if code in {"notice", "warning"}:
                self.remark(words.INCLUDED, f"{place} {code}")
            elif code == "error":
                self.gate["fail_on"] = "none"
            elif _AXE_RULE.fullmatch(code):
                self._suppress({"rule": code, **pattern})
            else:
                self.remark(words.IGNORED_HTMLCS, f"{place} {code}")

    def _hide(self, selectors: Sequence[str], place: str, pattern: Mapping[str, str]) -> None:
        selector, untold = hidden(selectors)
        for each in untold:
            self.remark(words.UNTOLD_SELECTOR, f"{place} {each}")
        if selector is not None:
            self._suppress({"selector": selector, **pattern})

    def _suppress(self, what: Mapping[str, str]) -> None:
        self.suppress.append(
            {
                **what,
                "reason": "taken over from .pa11yci",
                "owner": "FILL IN",
                "expires": self.expires,
            }
        )

    def _standard(self, value: Any, place: str) -> None:
        remark = _STANDARDS.get(a_text(value, f"{self.file}: {place}"), words.OTHER_STANDARD)
        if remark is not None:
            self.remark(remark, place)

    def _level(self, value: Any, place: str) -> None:
        level = a_text(value, f"{self.file}: {place}")
        if level == "none":
            self.gate["fail_on"] = "none"
        elif level in _LEVELS:
            self.gate["impact"] = _LEVELS[level]
        else:
            raise BadPa11yci(f"{self.file}: {place}: must be error, warning, notice or none.")

    def _threshold(self, value: Any, place: str) -> None:
        if a_number(value, f"{self.file}: {place}"):
            self.remark(words.THRESHOLD, place)

    def _timeout(self, value: Any, place: str) -> None:
        seconds = a_number(value, f"{self.file}: {place}") / 1000
        if seconds <= 0:
            raise BadPa11yci(f"{self.file}: {place}: must be at least 1 millisecond.")
        if seconds > _MOST_TIMEOUT_S:
            self.remark(words.LONGEST, place)
            seconds = float(_MOST_TIMEOUT_S)
        self.top["timeout_s"] = int(seconds) if seconds.is_integer() else seconds

    def _viewport(self, value: Any, place: str) -> None:
        size = a_table(value, f"{self.file}: {place}")
        given = [
            int(a_number(size.get(side), f"{self.file}: {place}.{side}"))
            for side in ("width", "height")
        ]
        width, height = (min(max(side, _SIDE[0]), _SIDE[1]) for side in given)
        if [width, height] != given:
            self.remark(words.SIDES, place)
        self.top["viewports"] = [f"{width}x{height}"]
        for key in size.keys() - {"width", "height"}:
            self.remark(words.SIZE_ONLY, f"{place}.{key}")

    def _headers(self, value: Any, place: str) -> None:
        for name, content in a_table(value, f"{self.file}: {place}").items():
            text = a_text(content, f"{self.file}: {place}.{name}")
            if _SECRET_HEADER.search(name):
                text = self._secret(name, text, f"{place}.{name}")
            self.headers[name] = text

    def _actions(self, value: Any, place: str) -> None:
        steps = self._steps(value, place)
        if steps:
            self.top["actions"] = steps

    def _steps(self, value: Any, place: str) -> list[str]:
        steps = []
        for index, step in enumerate(texts(value, f"{self.file}: {place}")):
            parts = _SET_FIELD.fullmatch(step)
            if parts and _SECRET_FIELD.search(parts[2]):
                secret = self._secret("PASSWORD", parts[4], f"{place}[{index}]")
                step = f"{parts[1]}{parts[2]}{parts[3]}{secret}"
            steps.append(step)
        return steps

    def _secret(self, name: str, text: str, place: str) -> str:
        """What stands in the place of a secret."""
        if _OWN_SECRET.search(text):
            return text
        variable = "LUISKA_SECRET_" + re.sub(r"[^A-Z0-9]+", "_", name.upper()).strip("_")
        self.remark(words.SECRET.format(name=variable), place)
        return f"${{{variable}}}"

    def _address(self, url: str, place: str) -> str | None:
        """The whole address, as pa11y completes it; None where it is none of the web."""
        if re.match(r"\.{0,2}/|file:", url) or re.fullmatch(r"[^/:]+\.html?", url):
            self.remark(words.NOT_HTTP, f"{place} {url}")
            return None
        if not re.match(r"https?://|\$\{", url):
            url = f"http://{url}"
        try:
            parts = urlsplit(url)
        except ValueError as error:
            raise BadPa11yci(f"{self.file}: {place}: {url} is no address.") from error
        if "@" in parts.netloc:
            self._secret("AUTHORIZATION", parts.netloc, place)
            parts = parts._replace(netloc=parts.netloc.rpartition("@")[2])
        query = "&".join(
            pair
            for pair in parts.query.split("&")
            if not (_SECRET_QUERY.search(pair.partition("=")[0]) and pair.partition("=")[2])
        )
        if query != parts.query:
            self.remark(words.SECRET_IN_ADDRESS, place)
        return urlunsplit(parts._replace(path=parts.path or "/", query=query))


def _common_origin(urls: Sequence[str]) -> str | None:
    """The origin of all these addresses, where they share one."""
    origins = {"{0.scheme}://{0.netloc}".format(urlsplit(url)) for url in urls}
    return origins.pop() if len(origins) == 1 and "$" not in "".join(origins) else None
