"""`luiska scan` says of a page what axe-core itself says of it, rule by rule and node by node.

Luiska runs axe in an isolated world, in parts, frame by frame; here axe runs as its authors meant,
in the page itself, in the same browser. Most pages are nobody's here: they were made by others'
programs and come with Python or with packages of the lock files.
"""

import difflib
import importlib.util
import io
import json
import pydoc
from pathlib import Path

import pytest
from local_site import SAMPLES, LocalSite
from rich.console import Console
from rich.table import Table
from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service
from starlette.middleware.errors import ServerErrorMiddleware

from checks import standard
from service.browser import find_browser
from service.config import Settings

AXE = Settings.model_fields["axe_path"].default
TAGS = standard("wcag22aa").axe_tags


def page_of_package(name, path):
    spec = importlib.util.find_spec(name)
    assert spec is not None
    assert spec.submodule_search_locations is not None
    return (Path(spec.submodule_search_locations[0]) / path).read_text(encoding="utf-8")


def page_of_pydoc(name):
    module = importlib.import_module(name)
    return pydoc.html.page(pydoc.describe(module), pydoc.html.document(module))


def page_of_rich():
    console = Console(record=True, width=80, file=io.StringIO())
    table = Table("part", "works", title="Parts")
    table.add_row("[green]axe-core", "[dim]yes")
    console.print(table)
    return console.export_html()


def page_of_starlette():
    try:
        raise ValueError("something <odd>")
    except ValueError as error:
        return ServerErrorMiddleware(None).generate_html(error)  # type: ignore[arg-type]


def page_of_difflib():
    old, new = (SAMPLES.parent / "notes" / f"S-0{n}.txt" for n in (1, 2))
    lines = [path.read_text(encoding="utf-8").splitlines()[:20] for path in (old, new)]
    return difflib.HtmlDiff().make_file(*lines, context=True)


def pages_by_others():
    return {
        "/axe-selenium-python": page_of_package("axe_selenium_python", "tests/test_page.html"),
        "/import-linter": page_of_package("importlinter", "ui/static/index.html"),
        "/pydoc-json": page_of_pydoc("json"),
        "/pydoc-wsgiref": page_of_pydoc("wsgiref.simple_server"),
        "/difflib": page_of_difflib(),
        "/rich": page_of_rich(),
        "/starlette": page_of_starlette(),
    }


SAMPLE_PAGES = [f"/{path.relative_to(SAMPLES)}" for path in sorted(SAMPLES.glob("*/*.html"))]


@pytest.fixture(scope="module")
def foreign():
    with LocalSite(pages_by_others()) as site:
        yield site


@pytest.fixture(scope="module")
def browser():
    """A plain Chromium at 1280 × 1024; axe-core is in every document before its own scripts."""
    settings = Settings()
    found = find_browser(settings.chromium, settings.chromedriver)
    options = ChromeOptions()
    options.binary_location = found.chromium
    for flag in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"):
        options.add_argument(flag)
    driver = Chrome(options=options, service=Service(found.chromedriver))
    driver.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": 1280, "height": 1024, "deviceScaleFactor": 1, "mobile": False},
    )
    driver.execute_cdp_cmd(
        "Page.addScriptToEvaluateOnNewDocument", {"source": AXE.read_text(encoding="utf-8")}
    )
    yield driver
    driver.quit()


def selector(target):
    """axe's target as Luiska writes it: ` >>> ` into a frame, ` >> ` into a shadow root."""
    return " >>> ".join(step if isinstance(step, str) else " >> ".join(step) for step in target)


def said_by_axe(browser, url):
    browser.get(url)
    results = browser.execute_script(
        "return axe.run(document, {runOnly: {type: 'tag', values: arguments[0]}})", list(TAGS)
    )
    assert results["testEngine"]["version"] == "4.14.1"
    return sorted(
        (outcome, rule["id"], selector(node["target"]), node["html"], node["impact"])
        for outcome, kind in (("failed", "violations"), ("cantTell", "incomplete"))
        for rule in results[kind]
        for node in rule["nodes"]
    )


def said_by_luiska(page):
    assert (page["state"], page["partial"]) == ("examined", False), page["error_detail"]
    return sorted(
        (each["outcome"], each["rule"], each["selector"], each["html"], each["impact"])
        for each in page["findings"]
    )


def test_a_scan_says_what_axe_core_itself_says_rule_by_rule_and_node_by_node(
    here, foreign, browser
):
    paths = [*foreign.pages, *SAMPLE_PAGES]
    urls = [foreign.url(path) for path in paths]
    ended = here("scan", *urls, "--allow-host", foreign.host)
    assert ended.code == 0, ended.err
    luiska = {page["url"]: said_by_luiska(page) for page in json.loads(ended.out)["pages"]}
    axe = {url: said_by_axe(browser, url) for url in urls}
    assert luiska == axe
    # The comparison is of something: findings of both kinds, on most of the pages.
    found = [each for findings in axe.values() for each in findings]
    assert {outcome for outcome, *_ in found} == {"failed", "cantTell"}
    assert len({rule for _, rule, *_ in found}) > 15
    assert sum(bool(axe[foreign.url(path)]) for path in foreign.pages) >= 5
