"""`luiska gate` as a CI job runs it: real pages in a real browser, exit codes, files."""

import json
import re
import signal
from collections.abc import Iterator

import pytest
from local_site import LocalSite
from program import Running

PAGE = """<!doctype html><html lang="en"><head><title>{0}</title>
<style nonce="{1}">.note {{ color: #888 }} .card {{ margin: 1rem }}</style></head>
<body><header class="top"><a class="logo-link" href="/"><img src="/logo.png"></a></header>
<main class="page"><h1>{0}</h1>{2}</main></body></html>"""
BODY = (
    '<div class="card"><p>First</p></div><div class="card wide"><p class="note">Pale words</p>'
    '</div><form class="find"><input class="field" name="q"></form>'
)


class Pages(LocalSite):
    """A site whose pages a test changes; a list of texts is answered in turn."""

    def __init__(self) -> None:
        super().__init__({"/logo.png": b"", "/favicon.ico": b""})
        self.show(BODY)

    def show(self, body: str, path: str = "/", title: str = "Home", nonce: str = "a1") -> None:
        self.pages[path] = PAGE.format(title, nonce, body)


@pytest.fixture
def pages() -> Iterator[Pages]:
    with Pages() as site:
        site.show("<p>Search</p>", "/haku", "Search")
        yield site


@pytest.fixture
def gate(here, pages):
    """Gate / and /haku of the site; the exit, and the verdict."""

    def go(*options, urls=("/", "/haku")):
        ended = here(
            "gate", *urls, "--base-url", pages.origin, "--allow-host", pages.host, *options
        )
        return ended.code, json.loads(ended.out) if ended.out.startswith("{") else {}, ended.err

    return go


WRITTEN: list[str] = []


@pytest.fixture
def known(gate, tmp_path):
    """A baseline file of the site as it is; it is examined for the first of these tests alone."""
    file = tmp_path / "known.jsonl"
    if not WRITTEN:
        code, _, told = gate("--baseline", "known.jsonl", "--update-baseline")
        assert (code, told.splitlines()[-1]) == (0, "known.jsonl: 4 barriers on 2 pages.")
        WRITTEN.append(file.read_text())
    file.write_text(WRITTEN[0])
    return file


def new(verdict):
    return [
        (each["rule"], [one["selector"] for one in each["instances"]]) for each in verdict["new"]
    ]


def test_a_site_without_a_baseline_fails_for_what_is_there(gate):
    code, verdict, told = gate()
    assert (code, verdict["verdict"], len(verdict["new"])) == (2, "fail", 4)
    assert verdict["flakes"] == {"visited_again": 2, "differed": 0, "undecided": 0, "rate": 0.0}
    assert [page["url"] for page in verdict["pages"]]
    assert "Gate: failed. Barriers: 4 new, 0 known, 0 fixed" in told


def test_one_defect_more_is_named_and_nothing_else(gate, known, pages):
    assert gate("--baseline", "known.jsonl")[0] == 0
    pages.show(BODY.replace("<p>First</p>", '<p>First</p><button class="go"></button>'))
    code, verdict, _ = gate("--baseline", "known.jsonl")
    assert (code, new(verdict)) == (2, [("button-name", ["button"])])


def test_classes_siblings_nonces_and_wrappers_that_change_break_nothing(gate, known, pages):
    cards = BODY.replace("card wide", "panel_x7Gh2 wide").replace('"find"', '"css-1q2w3e find"')
    pages.show(f'<div class="wrap"><p>News</p>{cards}<p>Last</p></div>', nonce="zz9")
    code, verdict, _ = gate("--baseline", "known.jsonl")
    assert (code, new(verdict), verdict["fixed"]) == (0, [], [])


def test_a_fix_passes_and_is_told(gate, known, pages):
    pages.show(BODY.replace('<input class="field" name="q">', ""))
    code, verdict, _ = gate("--baseline", "known.jsonl")
    assert (code, [each["rule"] for each in verdict["fixed"]]) == (0, ["label"])


def test_a_page_that_is_not_there_is_incomplete_and_fixes_nothing(gate, known, pages):
    code, verdict, told = gate("--baseline", "known.jsonl", urls=("/gone", "/haku"))
    assert (code, verdict["verdict"], verdict["fixed"]) == (3, "incomplete", [])
    assert verdict["not_examined"][0]["error"] == "http_error"
    assert "/gone was not examined: http_error: the server answered 404" in told


def test_a_baseline_is_not_written_from_pages_that_were_not_examined(gate, tmp_path):
    code, _, told = gate("--baseline", "b.jsonl", "--update-baseline", urls=("/gone",))
    assert (code, (tmp_path / "b.jsonl").exists()) == (3, False)
    assert "b.jsonl was not written" in told


@pytest.mark.long
def test_what_is_only_suppressed_is_not_taken_into_a_baseline(gate, tmp_path):
    policy = tmp_path / "luiska.toml"
    suppression = '[[suppress]]\nrule = "label"\nreason = "r"\nowner = "o"\nexpires = {}\n'
    policy.write_text(suppression.format("2099-01-31"))
    assert gate("--baseline", "known.jsonl", "--update-baseline")[0] == 0
    assert gate("--baseline", "known.jsonl")[0] == 0
    policy.write_text(suppression.format("2020-01-31"))
    code, verdict, _ = gate("--baseline", "known.jsonl")
    assert (code, [each["rule"] for each in verdict["new"]]) == (2, ["label"])


def test_the_policy_file_of_the_folder_holds(gate, tmp_path):
    (tmp_path / "luiska.toml").write_text(
        '[gate]\nimpact = "critical"\n[[suppress]]\nselector = ".top *"\nreason = "new logo"\n'
        'owner = "web"\nexpires = 2099-01-31\n[[suppress]]\nrule = "label"\nreason = "r"\n'
        'owner = "o"\nexpires = 2020-01-31\n'
    )
    code, verdict, told = gate()
    assert (code, [each["rule"] for each in verdict["suppressed"]]) == (
        2,
        ["image-alt", "link-name"],
    )
    assert [each["rule"] for each in verdict["new"] if each["breaks"]] == ["label"]
    assert (
        "The suppression of label (o) expired on 2020-01-31: what it covered counts again." in told
    )


def test_reports_are_written_also_when_the_gate_fails(gate, tmp_path):
    names = {
        "html": "r.html", "sarif": "r.sarif", "junit": "r.xml", "md": "r.md", "csv": "r.csv",
        "codequality": "cq.json", "gitlab-a11y": "a11y.json",
    }  # fmt: skip
    more = [word for pair in names.items() for word in ("--report", "=".join(pair))]
    assert gate(*more, "--output", "r.json")[0] == 2
    assert all((tmp_path / name).stat().st_size for name in [*names.values(), "r.json"])
    html = (tmp_path / "r.html").read_text()
    assert html.count("data:image/webp;base64,") >= 3
    assert json.loads((tmp_path / "r.json").read_text())["verdict"] == "fail"


def test_a_defect_that_comes_and_goes_is_decided_by_the_third_visit(gate, known, pages):
    flaky = BODY + '<button class="go"></button>'
    turns = iter([flaky, BODY, BODY])
    show = pages._answer

    def answer(request):
        if request.path == "/":
            pages.show(next(turns))
        show(request)

    pages._answer = answer
    code, verdict, _ = gate("--baseline", "known.jsonl", urls=("/",))
    assert (code, verdict["new"], verdict["flakes"]) == (
        0, [], {"visited_again": 1, "differed": 1, "undecided": 0, "rate": 1.0},
    )  # fmt: skip


def test_states_of_a_page_are_examined_apart(gate, pages, tmp_path):
    pages.show(
        '<button onclick="late.hidden = false">More</button>'
        '<div id="late" hidden><img src="/logo.png" class="late"></div>',
        "/haku",
    )
    (tmp_path / "luiska.toml").write_text(
        '[[page]]\nurl = "/haku"\nstate = "more shown"\nactions = ["click element button", '
        '"wait for element #late to be visible"]\n'
    )
    code, verdict, _ = gate(urls=("/haku",))
    states = {
        (one["page_state"], one["selector"])
        for each in verdict["new"]
        for one in each["instances"]
        if each["rule"] == "image-alt"
    }
    assert (code, verdict["expected"]) == (2, 2)
    assert ("more shown", ".late") in states
    assert ("", ".late") not in states


@pytest.mark.parametrize(
    ("policy", "options", "told"),
    [
        ("[gate]\nwitnessed = true\n", (), "witnessed = true asks what people met, which the le"),
        ('[gate]\nfail = "new"\n', (), "luiska.toml, line 2: gate.fail: there is no such key."),
        ("", ("--baseline", "none.jsonl"), "--baseline none.jsonl: is not there; --update-base"),
        ("", ("--update-baseline",), "--update-baseline needs --baseline, the file to write."),
        (
            "[gate]\n",
            ("--baseline", "luiska.toml", "--update-baseline"),
            "--baseline luiska.toml: is something else, which would be lost; name another file.",
        ),
        (
            "",
            ("--output", "r.json", "--report", "md=./r.json"),
            "r.json: two reports would be written there; name a file for each.",
        ),
        ("", ("--base-sha", "aaa"), "--base-sha compares with a scan that is kept: name the pl"),
        ("", ("--base-sha", ""), "--base-sha is empty: name what to compare with, or leave it o"),
        ("", ("--branch", " "), "--branch is empty: name what to compare with, or leave it out."),
        ("", ("--policy", "none.toml"), "--policy none.toml: No such file or directory"),
        ("", ("--format", "doc"), "There is no format doc: choose of json, csv, html, sarif, "),
        ("", ("--report", "sarif"), "--report sarif: write it like sarif=luiska.sarif."),
        ("", ("--report", "sarif=no/r.sarif"), "--report no/r.sarif: its folder is not there."),
        (
            '[[page]]\nurl = "/"\nactions = ["press it"]\n',
            (),
            "luiska.toml, line 3: page.0.actions.0: 'press it' is no action. There are: ",
        ),
    ],
)
def test_what_cannot_run_is_told_and_exits_with_1(gate, tmp_path, policy, options, told):
    if policy:
        (tmp_path / "luiska.toml").write_text(policy)
    code, _, said = gate(*options)
    assert (code, re.sub("^luiska: ", "", said).startswith(told)) == (1, True), said


def test_a_gate_without_pages_says_how_to_name_them(here):
    ended = here("gate")
    assert (ended.code, "Name pages: as URLs" in ended.err) == (1, True)


def test_a_policy_s_paths_need_to_know_where_the_site_is(here, tmp_path):
    (tmp_path / "luiska.toml").write_text('urls = ["/"]\n')
    ended = here("gate")
    assert (ended.code, "/: is no whole address; say with --base-url" in ended.err) == (1, True)


@pytest.mark.long
def test_a_store_compares_with_its_scan_of_the_base_commit(gate, pages):
    store = ("--store", "sqlite:///luiska.db")
    code, verdict, told = gate(*store, "--sha", "aaa", "--branch", "main", "--base-sha", "zzz")
    assert (code, len(verdict["new"])) == (2, 4)
    assert told.startswith("git tells of no commit before zzz here, so only a scan of itself is ")
    assert "No scan of commit zzz or of one before it is known" in verdict["remarks"][0]
    pages.show(BODY + '<button class="go"></button>')
    code, verdict, _ = gate(*store, "--sha", "bbb", "--base-sha", "aaa")
    assert (code, new(verdict), verdict["baseline"]) == (
        2, [("button-name", ["button"])], "the scan of commit aaa",
    )  # fmt: skip


def test_a_server_gives_the_same_verdict(gate, served, site, here):
    options = (
        "gate", site.url("/nameless"), site.url("/clean"), "--server", served.address,
        "--token", served.token,
    )  # fmt: skip
    on_server = here(*options, "--sha", "aaa", "--branch", "gate-main")
    assert on_server.code == 2, on_server.err
    verdict = json.loads(on_server.out)
    unstored = here(*options[:3], "--allow-host", site.host)
    assert new(verdict) == new(json.loads(unstored.out)) == [("button-name", ["button"])]
    again = here(*options, "--sha", "bbb", "--base-sha", "aaa")
    assert (again.code, json.loads(again.out)["baseline"]) == (0, "the scan of commit aaa")


def test_a_gate_does_not_take_what_a_killed_one_saw_for_what_is_there_now(gate, pages, tmp_path):
    fine = PAGE.replace('<img src="/logo.png">', "Home").format("Search", "a1", "<p>Fine</p>")
    pages.pages |= {"/haku": fine, "/silent": None}
    store, policy = f"sqlite:///{tmp_path}/luiska.db", tmp_path / "any.toml"
    policy.write_text('[gate]\nfail_on = "any"\nimpact = "minor"\n')
    options = ("--allow-host", pages.host, "--store", store, "--policy", str(policy))
    urls = (f"{pages.origin}/haku", f"{pages.origin}/silent")
    with Running("gate", *urls, *options, folder=tmp_path) as killed:
        killed.wait_for("/haku examined")
        killed.stop(signal.SIGKILL)
    pages.pages["/silent"] = fine
    pages.pages["/haku"] = fine.replace("</p>", "</p><img src=/logo.png>")
    code, verdict, _ = gate("--store", store, "--policy", str(policy), urls=urls)
    assert (code, verdict["verdict"]) == (2, "fail")
