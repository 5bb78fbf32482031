"""axe-core in the isolated world of every frame, behind the interface of axe-selenium-python.

The parts of a run (`axe.runPartial` per frame, `axe.finishRun` over all) travel over CDP and not by
`postMessage`, which a page sees and can forge. The results are those of one `axe.run`.
"""

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from axe_selenium_python import Axe

from checks.axe import target_key
from service.browser.failures import Clock, CommandRefused, CommandTimeout
from service.browser.session import BrowserSession
from service.browser.values import PageErrorCode, VisitFailed
from service.browser.world import (
    WORLD_NAME,
    ScriptFailed,
    World,
    WorldGone,
    complete,
    world_source,
)

MAX_FRAMES = 60
MAX_RESULT_CHARS = 50_000_000
FRAMES_SHARE = 0.7
DESCRIBE_SHARE = 0.5
TICK_S = 0.05
FREEZE_CAP_S = 10.0


def axe_options(tags: tuple[str, ...]) -> dict[str, object]:
    """The options of a run. `frame-tested` always runs: it is what tells of an unentered frame.

    Of what axe would fetch before it looks, style sheets are left out: they are for a rule that is
    experimental, which these tags never run.
    """
    return {
        "runOnly": {"type": "tag", "values": list(tags)},
        "rules": {"frame-tested": {"enabled": True}},
        "preload": {"assets": ["media"]},
    }


@dataclass(frozen=True, kw_only=True)
class AxeRun:
    """What one run gave: the raw results, each frame's world by its path, what did not finish.

    Where the page has no frames, the run itself told what stood there (`standing`), its `account`
    if that was asked for (see digest.js; an obstacle if it changed meanwhile), what axe-core cannot
    see of it (`survey`) and described the elements that it names: each as world.js tells it, by
    their target's key.
    """

    results: dict[str, Any]
    worlds: dict[tuple[str, ...], World] = field(default_factory=dict)
    unfinished: tuple[str, ...] = ()
    standing: Mapping[str, Any] | None = None
    account: Mapping[str, Any] | None = None
    survey: Mapping[str, Any] | None = None
    described: Mapping[str, Mapping[str, Any]] | None = None


@dataclass
class _Gathering:
    """The parts of a run as they come in, in the order that `finishRun` expects."""

    options: Mapping[str, object]
    clock: Clock
    frames_end: float
    main: World
    worlds: dict[tuple[str, ...], World] = field(default_factory=dict)
    unfinished: list[str] = field(default_factory=list)
    entered: int = 0


class IsolatedAxe(Axe):  # type: ignore[misc]
    """axe-selenium-python's `Axe` with our axe-core, real options and all frames.

    A `frozen` one holds animations still in every document before it looks.
    """

    def __init__(self, session: BrowserSession, axe_path: Path, *, frozen: bool = False) -> None:
        super().__init__(session.driver, script_url=str(axe_path))
        self._session = session
        self._is_frozen = frozen
        self._source = _source(axe_path)

    def inject(self, timeout_s: float = 10.0) -> None:
        """Have axe at hand in the isolated world of every document that this tab loads from now on.

        It is put there when the document has loaded and is to be examined.
        """
        self._session.add_script(self._source, WORLD_NAME, timeout_s)

    def run(
        self,
        context: object = None,
        options: Mapping[str, object] | None = None,
        *,
        main: World | None = None,
        clock: Clock | None = None,
        resizes: bool = False,
        before: Callable[[], None] | None = None,
    ) -> AxeRun:
        """Run axe over the document of `main` and its frames.

        With `resizes`, runs over one document in several sizes share what no size changes. With
        `before`, the run takes the page's account along; where it cannot, that is called first.

        Raises VisitFailed (check_failed, too_large), WorldGone when the page was left meanwhile,
        and what `BrowserSession.command` raises.
        """
        if main is None or clock is None:
            raise TypeError("an isolated run needs the main frame's world and a clock")
        options = options or {}
        try:
            self._hold_still(main, clock)
            whole = self._run_whole(main, options, clock, resizes, before is not None)
            if whole is not None:
                return whole
            if before is not None:
                before()
            return self._run_in_parts(main, context, options, clock)
        except ScriptFailed as error:
            raise VisitFailed(PageErrorCode.CHECK_FAILED, f"axe-core gave up: {error}") from error

    def _run_whole(
        self,
        main: World,
        options: Mapping[str, object],
        clock: Clock,
        resizes: bool,
        with_account: bool,
    ) -> AxeRun | None:
        """The run over a page in one go; None if the page takes more than one."""
        describe_ms = int(clock.left_s() * DESCRIBE_SHARE * 1000)
        run = "examineInThisSize" if resizes else "examine"
        text = main.call(run, options, describe_ms, with_account, timeout_s=clock.left_s())
        if text is None:
            return None
        answer = _read(text)
        unfinished: tuple[str, ...] = ()
        if answer["undescribed"]:
            unfinished = (f"there was no time left to describe {answer['undescribed']} elements",)
        return AxeRun(
            results=answer["results"],
            unfinished=unfinished,
            standing=answer["standing"],
            account=answer["account"],
            survey=answer["survey"],
            described=_described(answer["results"], answer["elements"]),
        )

    def _run_in_parts(
        self, main: World, context: object, options: Mapping[str, object], clock: Clock
    ) -> AxeRun:
        gathering = _Gathering(
            options=options,
            clock=clock,
            frames_end=time.monotonic() + clock.left_s() * FRAMES_SHARE,
            main=main,
        )
        self._run_frame(main, (), context, gathering)
        text = main.call("finish", gathering.options, timeout_s=clock.left_s())
        return AxeRun(
            results=_read(text),
            worlds=gathering.worlds,
            unfinished=tuple(gathering.unfinished),
        )

    def _run_frame(
        self, world: World, path: tuple[str, ...], context: object, gathering: _Gathering
    ) -> None:
        clock = gathering.clock
        answer = json.loads(
            world.call("start", context, gathering.options, timeout_s=clock.left_s())
        )
        gathering.worlds[path] = world
        if path:
            gathering.main.call("add", answer["partial"], timeout_s=clock.left_s())
        for index, child in enumerate(answer["children"]):
            child_path = (*path, _step(child["selector"]))
            if not self._enter(world, index, child, child_path, gathering):
                # axe then reports the frame under `frame-tested`, as something it can't tell.
                gathering.main.call("add", None, timeout_s=clock.left_s())

    def _enter(
        self,
        parent: World,
        index: int,
        child: dict[str, Any],
        path: tuple[str, ...],
        gathering: _Gathering,
    ) -> bool:
        """Run in one child frame; False when it could not be entered."""
        if gathering.entered >= MAX_FRAMES:
            gathering.unfinished.append(f"only the first {MAX_FRAMES} frames were examined")
            return False
        if time.monotonic() > gathering.frames_end:
            gathering.unfinished.append("there was no time left for all of the page's frames")
            return False
        gathering.entered += 1
        try:
            world = self._world_of_child(parent, index, child, gathering.clock)
            if world is None:
                return False
            self._run_frame(world, path, child["context"], gathering)
        except CommandTimeout:
            raise
        except (CommandRefused, ScriptFailed, WorldGone):
            # The frame left, lives in another process or broke axe. A left main document shows in
            # the comparison after the run.
            return False
        return True

    def _world_of_child(
        self, parent: World, index: int, child: dict[str, Any], clock: Clock
    ) -> World | None:
        """A child frame's world, or None where no document of the page's author stands in it."""
        element = parent.evaluate(f"luiska.frames[{index}]", clock.left_s(10), by_value=False)
        if "objectId" not in element:
            return None
        node = self._session.command(
            "DOM.describeNode", clock.left_s(10), objectId=element["objectId"]
        )["node"]
        if "frameId" not in node:
            return None
        world = World.of_frame(self._session, node["frameId"], clock)
        complete(world, self._source, clock)
        state = json.loads(world.call("frameState", timeout_s=clock.left_s(10)))
        if not state["isHtml"] or state["href"].startswith("chrome-error:"):
            return None
        never_loaded = state["href"] == "about:blank" and not child["inline"]
        if never_loaded and child["source"].startswith(("http:", "https:")):
            return None
        if state["opaque"]:
            revive_timers(world, clock)
        self._hold_still(world, clock)
        return world

    def _hold_still(self, world: World, clock: Clock) -> None:
        if self._is_frozen:
            world.call("freeze", timeout_s=clock.left_s(FREEZE_CAP_S))


def revive_timers(world: World, clock: Clock) -> None:
    """Make axe's waiting work in a document whose scripts are off."""
    world.call("probeTimers", timeout_s=clock.left_s(10))
    time.sleep(TICK_S)
    world.call("replaceDeadTimers", timeout_s=clock.left_s(10))


def _read(text: str) -> dict[str, Any]:
    if len(text) > MAX_RESULT_CHARS:
        raise VisitFailed(
            PageErrorCode.TOO_LARGE, f"axe-core's results are {len(text)} characters long"
        )
    return dict(json.loads(text))


def _described(
    results: Mapping[str, Any], elements: Sequence[Mapping[str, Any]]
) -> dict[str, Mapping[str, Any]]:
    """What is known of each element, by its target's key; takes its place out of the results."""
    nodes = (
        node
        for kind in ("violations", "incomplete")
        for rule in results[kind]
        for node in rule["nodes"]
    )
    return {
        target_key(node["target"]): elements[place]
        for node in nodes
        if (place := node.pop("element", None)) is not None
    }


@lru_cache(maxsize=2)
def _source(axe_path: Path) -> str:
    return world_source(axe_path)


def _step(selector: list[Any]) -> str:
    """One step of a frame's path as a dictionary key; a step into shadow roots is a list."""
    return json.dumps(selector[0])
