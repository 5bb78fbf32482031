"""One part of a file that has several: the one that was asked for, or the only one."""

from collections.abc import Iterable

from service.research.exchange.values import Unreadable

_NAMED_AT_MOST = 20


def chosen(names: Iterable[str], asked: str | None, kind: str) -> str:
    """The part named `asked`, or the only part. Raises `Unreadable`, naming what there is.

    `kind` is what a part is called, and the parameter that asks for one.
    """
    there = list(dict.fromkeys(names))
    told = ", ".join(there[:_NAMED_AT_MOST]) or "none"
    if asked is not None:
        if asked not in there:
            raise Unreadable(
                f"There is no {kind} of that name. There are: {told}.", pointer=f"/query/{kind}"
            )
        return asked
    if len(there) != 1:
        problem = f"has no {kind}" if not there else f"has {len(there)} {kind}s"
        raise Unreadable(
            f"The file {problem}, and a session is one of them: say ?{kind}= with one of: {told}."
            if there
            else f"The file {problem}.",
            pointer=f"/query/{kind}",
        )
    return there[0]
