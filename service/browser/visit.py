"""One page visit on one browser: from the address to artifacts, or to a named error."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from checks.values import Element, Links, PageArtifacts
from service.browser.axe import IsolatedAxe, axe_options
from service.browser.digest import Digests, State
from service.browser.elements import gather_elements
from service.browser.failures import (
    FAILURES,
    Clock,
    CommandInterrupted,
    CommandRefused,
    CommandTimeout,
    SessionLost,
    WindowClosed,
)
from service.browser.gate import Document, kept_back
from service.browser.guard import Door
from service.browser.links import gather_links
from service.browser.navigation import is_same, rest_again, standing_of
from service.browser.page_pictures import take_page_picture
from service.browser.pictures import take_pictures
from service.browser.progress import Progress
from service.browser.reaching import Means, make_ready, reach_page
from service.browser.recording import Recording
from service.browser.secrets import Secrets
from service.browser.session import BrowserSession
from service.browser.unseen import find_unseen
from service.browser.values import (
    Answer,
    PageErrorCode,
    PagePicture,
    Picture,
    VisitFailed,
    VisitRequest,
)
from service.browser.world import ScriptFailed, WorldGone

ATTEMPTS = 2


@dataclass(frozen=True, kw_only=True)
class Examined:
    """What a visit that came through brought back.

    A `reused` one found the digest that was asked for: its artifacts have no results of axe.
    `answers` are what a page without scripts was made from.
    """

    artifacts: PageArtifacts
    partial_reasons: tuple[str, ...]
    has_frames: bool
    axe: IsolatedAxe
    document: Document
    digests: Digests | None
    digest: str | None = None
    reused: bool = False
    answers: tuple[Answer, ...] | None = None
    pictures: tuple[Picture, ...] = ()
    page_picture: PagePicture | None = None


def examine(
    session: BrowserSession,
    request: VisitRequest,
    axe_path: Path,
    clock: Clock,
    progress: Progress,
    door: Door,
    means: Means | None = None,
    *,
    resizes: bool = False,
) -> Examined:
    """Visit the page through a door that has this visit's policy, and check it.

    With `resizes` the page remembers what `examine_again` can go on from.

    Raises VisitFailed, SessionLost or CommandTimeout, nothing else.
    A page that navigates away or opens a dialog during the checks gets a second attempt.
    """
    progress.enter("navigate")
    means = means or Means()
    try:
        axe = IsolatedAxe(session, axe_path, frozen=request.approach.frozen)
        _prepare(session, axe, request, clock, means.secrets)
        digests = None
        if request.digests is not None:
            digests = Digests(
                session=session,
                axe_path=axe_path,
                door=door,
                clock=clock,
                recording=Recording(session),
            )
        for _ in range(ATTEMPTS):
            progress.enter("navigate")
            if digests is not None:
                digests.begin()
            document = reach_page(session, request, clock, door, means)
            examined = _check(request, axe, document, clock, progress, door, digests, resizes)
            if examined is not None:
                return _pictured(examined, request, means.secrets, clock)
        raise VisitFailed(
            PageErrorCode.NAVIGATION_FAILED,
            "the page left its address or opened a dialog during the checks, twice",
        )
    except WindowClosed as error:
        raise VisitFailed(
            PageErrorCode.NAVIGATION_FAILED, "the page closed its own window"
        ) from error
    except CommandInterrupted as error:
        raise VisitFailed(PageErrorCode.RENDER_TIMEOUT, str(error)) from error
    except (CommandRefused, ScriptFailed, WorldGone) as error:
        in_page = progress.phase == "navigate"
        code = PageErrorCode.NAVIGATION_FAILED if in_page else PageErrorCode.CHECK_FAILED
        raise VisitFailed(code, f"Chromium refused a command: {error}") from error
    except CommandTimeout as error:
        in_page = progress.phase == "navigate"
        code = PageErrorCode.RENDER_TIMEOUT if in_page else PageErrorCode.CHECK_TIMEOUT
        raise VisitFailed(code, str(error)) from error
    except SessionLost as error:
        if error.crashed:
            raise VisitFailed(PageErrorCode.BROWSER_CRASH, str(error)) from error
        raise
    finally:
        progress.enter(progress.phase)


def examine_again(
    session: BrowserSession,
    shown: Examined,
    request: VisitRequest,
    clock: Clock,
    progress: Progress,
    door: Door,
) -> Examined | None:
    """Check the page that is shown in another viewport; None if that takes a load of its own.

    It does when the page went elsewhere, shows nothing in that size, or does not answer.
    """
    progress.enter("navigate")
    try:
        session.set_viewport(request.viewport)
        document = rest_again(session, request, shown.document, clock, door)
        if document is None:
            return None
        digests = shown.digests
        if digests is not None:
            digests = replace(digests, clock=clock)
        return _check(request, shown.axe, document, clock, progress, door, digests, resizes=True)
    except (VisitFailed, ScriptFailed, WorldGone, *FAILURES):
        return None
    finally:
        progress.enter(progress.phase)


def _prepare(
    session: BrowserSession,
    axe: IsolatedAxe,
    request: VisitRequest,
    clock: Clock,
    secrets: Secrets,
) -> None:
    """Make the tab ready. What happens to it before the page was asked for is not the page's doing.

    Raises SessionLost also for a browser that does not answer.
    """
    try:
        with session.blaming_what_came_before():
            axe.inject(clock.left_s(10))
            session.set_viewport(request.viewport)
            make_ready(session, request, clock, secrets)
    except CommandTimeout as error:
        what = f"the browser did not answer before it was asked for a page: {error}"
        raise SessionLost(what, crashed=False) from error


def cut_reasons(door: Door) -> tuple[str, ...]:
    """What the guard cut short: the page may lack something that its visitors get."""
    return tuple(refusal.reason for refusal in door.refusals if refusal.is_cut)


def _pictured(
    examined: Examined, request: VisitRequest, secrets: Secrets, clock: Clock
) -> Examined:
    """The same with the pictures that were asked for, now that nothing can change findings."""
    results, world = examined.artifacts.axe, examined.document.world
    return replace(
        examined,
        page_picture=take_page_picture(results, world, request, clock),
        pictures=take_pictures(results, world, request, secrets, clock),
    )


def _check(
    request: VisitRequest,
    axe: IsolatedAxe,
    document: Document,
    clock: Clock,
    progress: Progress,
    door: Door,
    digests: Digests | None,
    resizes: bool,
) -> Examined | None:
    """What the checks gave; None when it was not the same page before and after them."""
    options = axe_options(request.axe_tags)
    before: State | None = None

    def look() -> None:
        nonlocal before
        before = _state(request, document, progress, door, digests)
        progress.enter("axe")

    try:
        is_known = digests is not None and request.viewport in (request.digests or {})
        if is_known:
            before = _state(request, document, progress, door, digests)
        links = gather_links(document.world, clock) if request.wants_links else None
        if digests is not None and before is not None and before.digest is not None:
            digest = digests.sealed(before)
            if digest is not None and digest == (request.digests or {}).get(request.viewport):
                return _reused(request, axe, document, digests, digest, before.framed, links)
        progress.enter("axe")
        run = axe.run(
            options=options,
            main=document.world,
            clock=clock,
            resizes=resizes,
            before=None if digests is None or is_known else look,
        )
        progress.enter("elements")
        elements, undescribed = gather_elements(run, clock)
        unseen = find_unseen(run, document.world, clock)
        standing = standing_of(document, clock) if run.standing is None else run.standing
        if standing is None or not is_same(document, standing):
            return None
        late = kept_back(request, standing)
        if run.account is None:
            after = _state(request, document, progress, door, digests)
        else:
            progress.move("axe", "digest", run.account["tookMs"])
            before = after = _state(request, document, progress, door, digests, run.account)
        is_whole = not (run.unfinished or undescribed or unseen.unfinished or late)
        # What changed while it was examined may have been examined half before, half after.
        digest = None
        if digests is not None and is_whole and after is not None and after == before:
            digest = digests.sealed(after, unseen.places)
        answers = _answers(document, digests, digest)
    except (WorldGone, CommandInterrupted):
        return None
    return Examined(
        digests=digests,
        digest=digest,
        answers=answers,
        artifacts=replace(
            _artifacts(request, document, run.results, elements),
            links=links,
            closed_hosts=unseen.hosts,
        ),
        has_frames=run.described is None,
        axe=axe,
        document=document,
        partial_reasons=tuple(
            dict.fromkeys(
                (
                    *document.partial_reasons,
                    *late,
                    *run.unfinished,
                    *undescribed,
                    *unseen.unfinished,
                    *cut_reasons(door),
                )
            )
        ),
    )


def _state(
    request: VisitRequest,
    document: Document,
    progress: Progress,
    door: Door,
    digests: Digests | None,
    account: Mapping[str, Any] | None = None,
) -> State | None:
    """What stands in the tab; None when nobody asked, or when it is not the whole page."""
    if digests is None or document.partial_reasons or cut_reasons(door):
        return None
    progress.enter("digest")
    if account is not None:
        return digests.state_of(account, request, document)
    return digests.state(request, document)


def _answers(
    document: Document, digests: Digests | None, digest: str | None
) -> tuple[Answer, ...] | None:
    """What the page was made from, where it can be told and makes all of it."""
    if digests is None or digest is None:
        return None
    return digests.answers(document)


def _reused(
    request: VisitRequest,
    axe: IsolatedAxe,
    document: Document,
    digests: Digests,
    digest: str,
    has_frames: bool,
    links: Links | None,
) -> Examined:
    return Examined(
        artifacts=replace(_artifacts(request, document, {}, {}), links=links),
        has_frames=has_frames,
        axe=axe,
        document=document,
        partial_reasons=(),
        digests=digests,
        digest=digest,
        answers=_answers(document, digests, digest),
        reused=True,
    )


def _artifacts(
    request: VisitRequest,
    document: Document,
    results: Mapping[str, Any],
    elements: Mapping[str, Element],
) -> PageArtifacts:
    return PageArtifacts(
        url=request.url,
        final_url=document.href,
        status=document.status,
        content_type=document.content_type,
        title=document.title,
        language=document.language,
        axe=results,
        elements=elements,
    )
