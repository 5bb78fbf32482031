"""The timeline of a session: what was tried when, and what was noted."""

from collections.abc import Iterable, Mapping

from service.languages import translations
from service.reports.pictures.values import Span, Table, Timeline
from service.reports.pictures.words import code_marks, outcome_marks
from service.research.tables import Attempt, Reading

_MINUTE_MS = 60_000


def timeline(
    label: str,
    attempts: Iterable[Attempt],
    readings: Iterable[Reading],
    task_numbers: Mapping[str, int],
    language: str,
) -> Timeline:
    """Attempts and notes whose time is known; an attempt without an end lasts to the last note."""
    _ = translations()[language].gettext
    outcomes, codes = outcome_marks(language), code_marks(language)
    timed = [
        (each.code, each.offset_ms / _MINUTE_MS)
        for each in readings
        if each.offset_ms is not None and each.code in codes
    ]
    begun = [each for each in attempts if each.started_offset_ms is not None]
    moments = [moment for _code, moment in timed]
    moments += [
        (each.ended_offset_ms or each.started_offset_ms or 0) / _MINUTE_MS for each in begun
    ]
    end = max(moments, default=0.0)
    spans = tuple(
        Span(
            start=(each.started_offset_ms or 0) / _MINUTE_MS,
            end=end if each.ended_offset_ms is None else each.ended_offset_ms / _MINUTE_MS,
            mark=outcomes[each.outcome],
            label=f"T{task_numbers[each.task_id]}",
        )
        for each in begun
    )
    rows = tuple(
        (codes[code], tuple(moment for other, moment in timed if other == code))
        for code in codes
        if any(other == code for other, _moment in timed)
    )
    told = [
        f"{each.label}: {each.mark.meaning}, {each.end - each.start:.1f} min." for each in spans
    ]
    told += [f"{mark.meaning}: {len(moments)}." for mark, moments in rows]
    return Timeline(
        title=_("Timeline of the session %(label)s") % {"label": label},
        description=" ".join(told) if told else _("Nothing with a time was noted."),
        nothing=_("Nothing with a time was noted."),
        spans=spans,
        rows=rows,
        end=end or 1.0,
        unit="min",
        table=Table(
            columns=(_("Minute"), _("What"), _("How it ended")),
            rows=tuple(
                (f"{moment:.1f}", what, how)
                for moment, what, how in sorted(
                    [(each.start, each.label, each.mark.meaning) for each in spans]
                    + [(moment, mark.meaning, "") for mark, at in rows for moment in at]
                )
            ),
        ),
    )
