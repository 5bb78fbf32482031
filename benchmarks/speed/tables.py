"""The tables that a run prints."""

from collections.abc import Sequence

from rich.table import Table

from benchmarks.speed.compare import same_counts
from benchmarks.speed.machine import Machine
from benchmarks.speed.ratios import Ratio
from benchmarks.speed.rounds import Run

REFERENCE = "limit"


def facts(machine: Machine, peers: dict[str, str], tags: tuple[str, ...], load: float) -> Table:
    """What the numbers were measured on and with."""
    table = Table(title="The machine and the programs", show_header=False)
    rows = {
        "machine": f"{machine.cores} cores, {machine.memory_bytes / 1e9:.0f} GB, {machine.system}",
        "load before": f"{load:.2f} (1 minute)",
        "Chromium": f"{machine.chromium_version}, {' '.join(machine.flags)}",
        "viewport": f"1280x1024 (window {machine.window[0]}x{machine.window[1]})",
        "axe-core": f"{machine.axe_version} for every contestant; tags {', '.join(tags)}",
        "peers": ", ".join(f"{name} {version}" for name, version in peers.items()) or "none run",
    }
    for name, value in rows.items():
        table.add_row(name, value)
    return table


def round_table(runs: Sequence[Run]) -> Table:
    """One round: what each contestant took, and whether it found what the limit found."""
    table = Table(title=f"Round {runs[0].round}: {len(runs[0].pages)} pages")
    table.add_column("contestant")
    for column in (
        *("wall s", "pages/min", "CPU s", "CPU s/page", "peak MB"),
        *("failed", "findings", f"same as {REFERENCE}"),
    ):
        table.add_column(column, justify="right")
    table.add_column("settings")
    reference = next((run for run in runs if run.contestant == REFERENCE), None)
    for run in runs:
        same = same_counts(run.pages, reference.pages) if reference else None
        table.add_row(
            run.contestant if run.whole else f"[red]{run.contestant} (invalid)",
            f"{run.usage.wall_s:.1f}",
            f"{run.pages_per_minute:.1f}",
            f"{run.usage.cpu_s:.1f}",
            f"{run.cpu_per_page_s:.3f}",
            f"{run.usage.peak_pss_bytes / 1e6:.0f}",
            f"{run.failed}",
            f"{run.findings}",
            "" if same is None else f"{same}/{len(run.pages)}",
            run.failure or run.settings,
        )
    by = ", ".join(sorted({run.usage.counted_by for run in runs}))
    table.caption = f"CPU of the whole process tree by {by}; peak MB is the sum of PSS"
    return table


def ratio_table(title: str, found: Sequence[Ratio]) -> Table:
    """Luiska over each peer, beside the targets."""
    table = Table("luiska /", "of its", title=title)
    for column in ("ratio", "target", ""):
        table.add_column(column, justify="right")
    words = {True: "[green]met", False: "[red]not met", None: ""}
    for each in found:
        table.add_row(
            each.peer,
            each.measure,
            f"{each.value:.2f}" if each.valid else f"({each.value:.2f}, invalid)",
            "" if each.at_most is None else f"≤ {each.at_most:.2f}",
            words[each.met],
        )
    return table
