"""What is not there, or does not start, is named before any page, and never replaced by another."""

from pathlib import Path

import pytest
from hostile_site import Site
from visiting import AXE, TAGS

from service.browser import (
    BrowserOptions,
    Fleet,
    MissingPart,
    PageErrorCode,
    Viewport,
    VisitRequest,
    find_browser,
    read_axe_version,
)
from service.browser.chromium import sandbox_state


def _request(site: Site, deadline_s: float) -> VisitRequest:
    return VisitRequest(
        url=f"{site.origin}/good",
        viewport=Viewport(width=1280, height=1024),
        axe_tags=TAGS,
        allowed_hosts=site.hosts,
        deadline_s=deadline_s,
    )


def test_no_browser_to_be_had_is_infrastructure(site: Site, tmp_path: Path) -> None:
    with Fleet(BrowserOptions(axe_path=AXE, grid_url="http://127.0.0.1:1")) as fleet:
        outcome = fleet.visit(_request(site, 2.0))
    assert outcome.error is not None
    assert outcome.error.code is PageErrorCode.INFRASTRUCTURE


def test_a_missing_axe_core_is_named_and_never_replaced(tmp_path: Path) -> None:
    with pytest.raises(MissingPart, match="npm ci"):
        Fleet(BrowserOptions(axe_path=tmp_path / "axe.min.js"))
    other = tmp_path / "other.js"
    other.write_text("/*! something else */")
    with pytest.raises(MissingPart, match="is not axe-core"):
        read_axe_version(other)


def test_a_path_that_is_no_browser_is_refused_and_never_replaced(tmp_path: Path) -> None:
    with pytest.raises(MissingPart, match="Chromium is not at"):
        find_browser(chromium=str(tmp_path / "chromium"))
    with pytest.raises(MissingPart, match="chromedriver is not at"):
        find_browser(chromedriver=str(tmp_path / "chromedriver"))


def test_a_browser_that_does_not_start_is_told_before_any_page(tmp_path: Path) -> None:
    broken = tmp_path / "chromium"
    broken.write_text("#!/bin/sh\nexit 127\n")
    broken.chmod(0o755)
    with (
        pytest.raises(MissingPart, match=r"Chromium at .* does not start"),
        Fleet(BrowserOptions(axe_path=AXE, chromium=str(broken))),
    ):
        pytest.fail("nothing can be visited")


def test_what_chromium_says_before_it_ends_is_told(tmp_path: Path, site: Site) -> None:
    """chromedriver itself says no more than that it exited."""
    broken = tmp_path / "chromium"
    broken.write_text(
        f"#!/bin/sh\ncase $1 in --version) exec {find_browser().chromium} --version;; esac\n"
        "echo '[9:9:1123/150205.7:ERROR:zygote.cc(130)] No usable sandbox! Install one.' >&2\n"
        "exit 1\n"
    )
    broken.chmod(0o755)
    with Fleet(BrowserOptions(axe_path=AXE, chromium=str(broken))) as fleet:
        outcome = fleet.visit(_request(site, 10.0))
    assert outcome.error is not None
    assert outcome.error.code is PageErrorCode.INFRASTRUCTURE
    assert outcome.error.detail.endswith("Chromium says: No usable sandbox! Install one.")


def test_doctor_is_told_of_both_programs_and_the_sandbox() -> None:
    found = find_browser()
    assert found.versions_match
    assert (found.sandboxed, found.sandbox_detail) == sandbox_state()
