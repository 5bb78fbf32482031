"""How the speed benchmark measures, and what it serves: real processes, a real server."""

import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from benchmarks.corpus.html import count_elements, without_network
from benchmarks.corpus.packages import listed_packages, reason
from benchmarks.speed.measuring import Command, Measured, measure
from benchmarks.speed.pages import NoPages, pages_of
from benchmarks.speed.sampling import program
from benchmarks.speed.server import served

BURN = "import time; end = time.process_time() + 0.4\nwhile time.process_time() < end: pass"
# The child outlives its parent, so that only whoever adopts it can count it.
ORPHAN = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {BURN!r}])"


def measured(folder, *programs, timeout_s=60.0):
    commands = tuple(
        Command(
            argv=(sys.executable, "-S", "-c", program),
            stdout=folder / f"out-{number}",
            stderr=folder / f"err-{number}",
        )
        for number, program in enumerate(programs)
    )
    return measure(Measured(commands=commands, cwd=folder, timeout_s=timeout_s), folder)


def test_the_cpu_of_orphans_is_counted_both_ways(tmp_path):
    usage = measured(tmp_path, ORPHAN, BURN)
    assert usage.exit_codes == (0, 0)
    assert (usage.left_processes, usage.timed_out) == (0, False)
    assert 0.8 <= usage.cpu_rusage_s < 4
    assert usage.cpu_cgroup_s is None or 0.8 <= usage.cpu_cgroup_s < 4


def test_commands_that_do_not_end_are_ended_and_told(tmp_path):
    usage = measured(tmp_path, "import time; time.sleep(600)", timeout_s=0.1)
    assert (usage.left_processes, usage.timed_out) == (1, True)
    assert usage.exit_codes == (-9,)


def test_the_peak_is_what_the_processes_held(tmp_path):
    usage = measured(tmp_path, "import time; held = bytearray(b'x' * 50_000_000); time.sleep(1.5)")
    assert 50_000_000 < usage.peak_pss_bytes < 100_000_000
    assert list(usage.cpu_by_program_s) == [Path(sys.executable).name]


def test_a_program_is_called_by_its_name_and_its_kind():
    assert program(["/usr/bin/chromedriver", "--port=0"]) == "chromedriver"
    assert program(["/usr/lib/chromium/chromium --type=renderer --lang=fi"]) == "chromium renderer"


def test_the_pages_of_a_folder_are_those_it_lists(tmp_path):
    (tmp_path / "pages.txt").write_text("b.html\na.html\n")
    assert pages_of(tmp_path) == ("b.html", "a.html")


def test_without_a_list_they_are_its_html_files(tmp_path):
    for name in ("b.html", "sub/a.htm", ".hidden/c.html", "d.js"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("<p>")
    assert pages_of(tmp_path) == ("b.html", "sub/a.htm")


def test_a_limit_takes_pages_from_everywhere(tmp_path):
    (tmp_path / "pages.txt").write_text("".join(f"{number}\n" for number in range(10)))
    assert pages_of(tmp_path, 3) == ("0", "3", "6")
    assert len(pages_of(tmp_path, 99)) == 10


def test_a_folder_without_pages_is_refused(tmp_path):
    with pytest.raises(NoPages, match="make corpus"):
        pages_of(tmp_path / "missing")
    with pytest.raises(NoPages, match="holds no HTML page"):
        pages_of(tmp_path)


def test_the_server_gives_files_with_their_kind_and_nothing_hidden_or_outside(tmp_path):
    folder = tmp_path / "served"
    (folder / ".packages").mkdir(parents=True)
    (folder / "a b.html").write_text("<p>a")
    (folder / ".packages" / "c.html").write_text("<p>c")
    (tmp_path / "d.html").write_text("<p>d")
    with served(folder) as site:
        assert site.page(site.url("a b.html")) == "a b.html"
        with urllib.request.urlopen(site.url("a b.html")) as answer:
            assert answer.read() == b"<p>a"
            assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
        for page in (".packages/c.html", "../d.html", "absent"):
            with pytest.raises(urllib.error.HTTPError) as error:
                urllib.request.urlopen(site.url(page))
            assert error.value.code == 404
            error.value.close()


def test_a_page_loses_the_subresources_of_other_hosts_and_keeps_its_links():
    page = (
        '<link rel="stylesheet" href="https://fonts.example/a.css">'
        "<link rel=preconnect crossorigin href='//fonts.example'>"
        '<link rel="canonical" href="https://own.example/">'
        '<script defer src="https://cdn.example/a.js"></script>'
        '<img alt="" src="/own.png"><a href="https://other.example/">other</a>'
    )
    assert without_network(page) == (
        '<link rel="stylesheet" href="/absent">'
        "<link rel=preconnect crossorigin href='/absent'>"
        '<link rel="canonical" href="https://own.example/">'
        '<script defer src="/absent"></script>'
        '<img alt="" src="/own.png"><a href="https://other.example/">other</a>'
    )
    assert count_elements(page) == 6


def test_the_corpus_is_of_at_least_sixty_pages_and_npm_packages_are_pinned():
    packages = listed_packages()
    pages = [(package.name, page) for package in packages for page in package.pages]
    assert len(pages) == len(set(pages)) >= 60
    npm = [package for package in packages if package.kind == "npm"]
    assert all(package.version and package.integrity for package in npm)


def test_what_a_package_manager_says_is_told_in_one_line():
    npm = "npm warn old\nnpm error code ETARGET\nnpm error notarget No matching version found\n"
    apt = "W: Download is performed unsandboxed as root\nE: Unable to locate package x\n"
    assert reason(npm) == "npm error notarget No matching version found"
    assert reason(apt) == "E: Unable to locate package x"
    assert reason("") is None
