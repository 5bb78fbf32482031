"""The word of a verdict, and the sentences that give its reasons. Pure."""

from service.barriers.gate.values import Judged, People, Policy, Verdict, VerdictWord


def told_people(people: People | None) -> str:
    """`3 of 8 people met it`: counts, never who."""
    assert people is not None
    return f"{people.met} of {people.exposed} people met it"


def word_of(verdict: Verdict, policy: Policy) -> tuple[VerdictWord, tuple[str, ...]]:
    """`fail` where something breaks the gate, else `incomplete` where too little is known."""
    reasons = [
        f"{each.title} ({each.rule or 'met in sessions'}): {_told_where(each)}"
        for each in verdict.breaking
    ]
    open_pages = [
        f"{each.url} was not examined: {each.error}: {each.detail}" for each in verdict.not_examined
    ]
    nothing = [] if verdict.examined else ["No page was examined."]
    unstable = [
        f"{each.title} ({each.rule}): the visits do not agree: {_told_where(each)}"
        for each in verdict.unstable
    ]
    counting = open_pages if policy.incomplete == "fail" else []
    reasons = [*reasons, *nothing, *counting, *unstable]
    if verdict.breaking:
        return "fail", tuple(reasons)
    if nothing or counting or unstable:
        return "incomplete", tuple(reasons)
    allowed = [f'Allowed by incomplete = "allow": {each}' for each in open_pages]
    return "pass", tuple(allowed)


def _told_where(judged: Judged) -> str:
    pages = judged.pages
    if not pages:
        return "on no page that is known"
    more = f" and {len(pages) - 1} more" if len(pages) > 1 else ""
    return f"{judged.instances[0].selector} on {pages[0]}{more}"
