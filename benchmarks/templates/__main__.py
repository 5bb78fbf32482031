"""`python -m benchmarks.templates`: what an element-wise cache could spare, in CPU time."""

import argparse
import json
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.speed.machine import look_around
from benchmarks.speed.pages import DEFAULT_FOLDER, pages_of
from benchmarks.speed.server import served
from benchmarks.templates.ledger import Site, add_to
from benchmarks.templates.visits import Tab

_out = Console(width=120)
SHARED = (
    *("site", "pages", "elements", "same subtree", "same key", "same paint", "could skip"),
    *("judgements compared", "outcome differs", "facts differ"),
)
COST = (
    *("site", "load s", "axe s", "tree s", "keys s", "paint keys s", "rest s", "snapshot s"),
    *("axe, keys free", "axe", "visit, keys free", "visit"),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=Path, default=DEFAULT_FOLDER)
    parser.add_argument("--limit", type=int)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--strict", action="store_true")
    chosen = parser.parse_args()
    sites = measure(chosen.pages.resolve(), chosen.limit, strict=chosen.strict)
    everything = {**sites, "all": total(sites)}
    for columns, row in ((SHARED, shared), (COST, cost)):
        table = Table(*columns)
        for name, site in everything.items():
            table.add_row(name, *row(site))
        _out.print(table)
    _out.print(rules(everything["all"]))
    for name, site in sites.items():
        for example in site.examples:
            _out.print(f"{name}: {example}", markup=False)
    if chosen.json:
        chosen.json.write_text(json.dumps({k: told(v) for k, v in sites.items()}, indent=1))


def measure(folder: Path, limit: int | None, *, strict: bool) -> dict[str, Site]:
    """Every page twice, in turn; a site is a folder of the corpus."""
    sites: dict[str, Site] = {}
    with served(folder) as server:
        tab = Tab(look_around(), strict=strict)
        try:
            pages = pages_of(folder, limit)
            # The first documents of a browser cost more than any other.
            tab.plain(server.url(pages[0]))
            kinds = tab.kinds()
            for page in pages:
                site = sites.setdefault(page.partition("/")[0], Site(kinds=kinds))
                url = server.url(page)
                plain = tab.plain(url)
                cached = tab.cached(url, site.known("local"), site.known("painted"))
                site.add(page, plain, cached)
                _out.print(f"{page}: {len(plain.elements)} elements", style="dim")
        finally:
            tab.driver.quit()
    return sites


def total(sites: dict[str, Site]) -> Site:
    everything = Site(kinds=next(iter(sites.values())).kinds)
    for site in sites.values():
        everything.pages += site.pages
        everything.counts.update(site.counts)
        add_to(everything.seconds, site.seconds)
        add_to(everything.rule_s, site.rule_s)
        add_to(everything.spared_s, site.spared_s)
    return everything


def shared(site: Site) -> tuple[str, ...]:
    """Shares of all elements, and of all rules' time; then what equal keys were judged."""
    counts = site.counts
    return (
        str(site.pages),
        f"{counts['elements'] / site.pages:.0f}",
        f"{counts['same subtree'] / counts['elements']:.0%}",
        f"{counts['same key'] / counts['elements']:.0%}",
        f"{counts['same painted'] / max(counts['painted'], 1):.0%}",
        f"{sum(site.spared_s.values()) / site.seconds['rules']:.0%}",
        *(str(of_both(site, what)) for what in ("judgements", "outcome differs", "facts differs")),
    )


def of_both(site: Site, what: str) -> int:
    return sum(site.counts[f"{what} {kind}"] for kind in ("local", "painted"))


def cost(site: Site) -> tuple[str, ...]:
    """CPU-seconds a page, then the cached visit's over today's."""
    spent_s = site.seconds
    parts = ("load", "axe", "tree", "key", "painted", "rest", "snapshot")
    free_s = spent_s["tree"] + spent_s["rest"]
    cached_s = free_s + spent_s["key"] + spent_s["painted"]
    today_s = spent_s["load"] + spent_s["axe"]
    return (
        *(f"{spent_s[part] / site.pages:.3f}" for part in parts),
        f"{free_s / spent_s['axe']:.2f}",
        f"{cached_s / spent_s['axe']:.2f}",
        f"{(spent_s['load'] + free_s) / today_s:.2f}",
        f"{(spent_s['load'] + cached_s) / today_s:.2f}",
    )


def rules(site: Site) -> Table:
    """The dearest rules: their kind, their share of all rules' time, and what could be skipped."""
    table = Table("rule", "kind", "share of the rules' time", "could be skipped")
    dearest = sorted(site.rule_s.items(), key=lambda item: -item[1])[:15]
    for rule, _ in dearest:
        table.add_row(rule, site.kinds[rule], *shares(site, [rule]))
    for kind in ("local", "painted", "page"):
        own = [rule for rule in site.rule_s if site.kinds[rule] == kind]
        table.add_row(f"all {len(own)} of them", kind, *shares(site, own))
    return table


def shares(site: Site, some: list[str]) -> tuple[str, str]:
    """Of all rules' time, what these rules take; and of that, what falls on known elements."""
    spent_s = sum(site.rule_s[rule] for rule in some)
    spared_s = sum(site.spared_s[rule] for rule in some)
    return f"{spent_s / site.seconds['rules']:.1%}", f"{spared_s / spent_s:.0%}"


def told(site: Site) -> dict[str, object]:
    return {
        "pages": site.pages,
        "counts": site.counts,
        "seconds": site.seconds,
        "rule_s": site.rule_s,
        "spared_s": site.spared_s,
        "examples": site.examples,
    }


if __name__ == "__main__":
    main()
