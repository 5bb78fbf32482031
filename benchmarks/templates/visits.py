"""Two visits of a page over CDP, in CPU time: one as today, one as if axe had a cache."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil  # type: ignore[import-untyped]
from selenium.webdriver import Chrome

from benchmarks.speed.loops.job import start_chrome
from benchmarks.speed.machine import Machine
from checks.standards import standard

PAGE_SCRIPT = Path(__file__).with_name("page.js")


@dataclass(frozen=True, kw_only=True)
class Element:
    """An element of the flattened tree. `painted` is None where no rule asks what is painted."""

    subtree: str
    key: str
    painted: str | None


@dataclass(frozen=True, kw_only=True)
class Plain:
    """A visit as today; seconds of CPU. `load_s` is of all processes, the rest of the page's."""

    load_s: float
    axe_s: float
    rule_s: dict[str, float]
    elements: tuple[Element, ...]
    outcomes: dict[int, list[dict[str, Any]]] = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Cached:
    """A visit that asks for keys first and then spares axe the elements that are known."""

    tree_s: float
    key_s: float
    painted_s: float
    rest_s: float
    snapshot_s: float
    elements: tuple[Element, ...]


class Tab:
    """One warm Chromium with axe-core and our script put into every document.

    `strict` keys also hold what axe takes to be painted behind an element though it is elsewhere.
    """

    def __init__(self, machine: Machine, *, strict: bool) -> None:
        self._strict = strict
        flags = (*machine.flags, machine.window_flag)
        self.driver: Chrome = start_chrome(machine.chromium, machine.chromedriver, flags)
        source = "\n".join(
            path.read_text(encoding="utf-8") for path in (machine.axe_path, PAGE_SCRIPT)
        )
        self._command("Page.addScriptToEvaluateOnNewDocument", source=source)
        self._command("Performance.enable", timeDomain="threadTicks")
        self.options = {"runOnly": {"type": "tag", "values": list(standard().axe_tags)}}

    def plain(self, url: str) -> Plain:
        load_s = self._load(url)
        began = self._page_cpu_s()
        self._call("examine", self.options)
        axe_s = self._page_cpu_s() - began
        self._call("begin", {**self.options, "collecting": True})
        elements = self._keys()
        rule_s: dict[str, float] = {}
        began = self._page_cpu_s()
        while rule := self._call("step"):
            now = self._page_cpu_s()
            rule_s[rule] = now - began
            began = now
        self._call("finish")
        # What the halt itself costs is in every rule; the cheapest one is nothing but that.
        halt_s = min(rule_s.values())
        rule_s = {rule: spent_s - halt_s for rule, spent_s in rule_s.items()}
        outcomes: dict[int, list[dict[str, Any]]] = {}
        for outcome in self._call("outcomes"):
            outcomes.setdefault(outcome.pop("place"), []).append(outcome)
        return Plain(
            load_s=load_s, axe_s=axe_s, rule_s=rule_s, elements=elements, outcomes=outcomes
        )

    def cached(self, url: str, keys: set[str], painted: set[str]) -> Cached:
        """`keys` and `painted` are those of the site's earlier pages."""
        self._load(url)
        marks = [self._page_cpu_s()]
        self._call("begin", self.options)
        marks.append(self._page_cpu_s())
        self._call("subtreeAndLook")
        marks.append(self._page_cpu_s())
        self._call("painted", self._strict)
        marks.append(self._page_cpu_s())
        elements = self._told_keys()
        known = [place for place, each in enumerate(elements) if each.key in keys]
        same_paint = [place for place, each in enumerate(elements) if each.painted in painted]
        self._call("spare", known, same_paint)
        began = self._page_cpu_s()
        self._call("finish")
        rest_s = self._page_cpu_s() - began
        return Cached(
            tree_s=marks[1] - marks[0],
            key_s=marks[2] - marks[1],
            painted_s=marks[3] - marks[2],
            rest_s=rest_s,
            snapshot_s=self._snapshot_s(),
            elements=elements,
        )

    def kinds(self) -> dict[str, str]:
        """Each rule's kind: `local`, `painted` (local, but asks what is painted) or `page`."""
        return dict(self._call("rules"))

    def _load(self, url: str) -> float:
        began = self._tree_cpu_s()
        self.driver.get(url)
        self._call("settled")
        return self._tree_cpu_s() - began

    def _keys(self) -> tuple[Element, ...]:
        self._call("subtreeAndLook")
        self._call("painted", self._strict)
        return self._told_keys()

    def _told_keys(self) -> tuple[Element, ...]:
        return tuple(
            Element(subtree=subtree, key=key, painted=painted)
            for subtree, key, painted in self._call("keys")
        )

    def _snapshot_s(self) -> float:
        """What Chromium's own snapshot costs: the cheapest source of such keys that there is."""
        began = self._page_cpu_s()
        self._command(
            "DOMSnapshot.captureSnapshot",
            computedStyles=["color", "background-color", "font-size", "display", "visibility"],
            includePaintOrder=True,
            includeDOMRects=True,
        )
        return self._page_cpu_s() - began

    def _command(self, method: str, **parameters: object) -> Any:
        return self.driver.execute_cdp_cmd(method, parameters)

    def _call(self, function: str, *arguments: object) -> Any:
        told = ", ".join(json.dumps(argument) for argument in arguments)
        answer = self._command(
            "Runtime.evaluate",
            expression=f"templates.{function}({told})",
            awaitPromise=True,
            returnByValue=True,
        )
        if "exceptionDetails" in answer:
            raise RuntimeError(f"{function}: {answer['exceptionDetails']}")
        return answer["result"].get("value")

    def _page_cpu_s(self) -> float:
        """CPU-seconds that the page's main thread has used."""
        metrics: list[dict[str, Any]] = self._command("Performance.getMetrics")["metrics"]
        return next(float(each["value"]) for each in metrics if each["name"] == "ThreadTime")

    def _tree_cpu_s(self) -> float:
        """CPU-seconds that all of Chromium's processes have used."""
        assert self.driver.service.process is not None
        browser = psutil.Process(self.driver.service.process.pid).children(recursive=True)
        times = [process.cpu_times() for process in browser]
        return float(sum(each.user + each.system for each in times))
