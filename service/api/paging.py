"""Lists in pages: `{"items": […], "next": cursor|null}`, by keyset, so nothing is skipped.

Ids are ordered by time, so the id of the last row is the cursor.
"""

from collections.abc import Callable, Sequence
from typing import Annotated, Any, Generic, TypeVar

from fastapi import Depends, Query
from pydantic import BaseModel, Field
from sqlmodel import Session, col
from sqlmodel.sql.expression import SelectOfScalar

from service.errors import FieldError, Malformed

Item = TypeVar("Item")
View = TypeVar("View")


class PageOf(BaseModel, Generic[Item]):
    """One page of a list."""

    items: list[Item]
    next: str | None = Field(
        description="Send it as `after` to get the next page; null on the last one."
    )


class PageQuery:
    """How much of a list is asked for, and after what."""

    def __init__(
        self,
        limit: Annotated[int, Query(ge=1, le=200, description="How many items at most.")] = 50,
        after: Annotated[
            str | None,
            Query(
                pattern=r"^[0-9A-Za-z_.:~-]{1,200}$",
                description="The `next` of the page before this one.",
            ),
        ] = None,
    ) -> None:
        self.limit = limit
        self.after = after


PageParameters = Annotated[PageQuery, Depends()]


def paginate(
    session: Session,
    statement: SelectOfScalar[Item],
    page: PageQuery,
    view: Callable[[Item], View],
    *,
    key: Any,
    newest_first: bool = False,
) -> PageOf[View]:
    """The page of `statement` that was asked for, each row shown by `view`.

    `key` is the column that orders the list, unique in it: a table's id. Raises `Malformed` when
    the item that `after` names is not in the list.
    """
    column: Any = col(key)
    if page.after is not None:
        if session.exec(statement.where(column == page.after).limit(1)).first() is None:
            raise _no_such_cursor()
        statement = statement.where(column < page.after if newest_first else column > page.after)
    order = column.desc() if newest_first else column.asc()
    rows = session.exec(statement.order_by(order).limit(page.limit + 1)).all()
    shown = rows[: page.limit]
    name = column.key
    return PageOf[Any](
        items=[view(row) for row in shown],
        next=str(getattr(shown[-1], name)) if len(rows) > page.limit else None,
    )


def paginate_values(
    values: Sequence[Item],
    page: PageQuery,
    view: Callable[[Item], View],
    *,
    id_of: Callable[[Item], str],
) -> PageOf[View]:
    """The page of a list that is in memory in its own order, such as a ranking.

    Raises `Malformed` when the item that `after` names is not in the list any more.
    """
    start = 0
    if page.after is not None:
        ids = [id_of(value) for value in values]
        if page.after not in ids:
            raise _no_such_cursor()
        start = ids.index(page.after) + 1
    shown = values[start : start + page.limit]
    more = start + page.limit < len(values)
    return PageOf[Any](
        items=[view(value) for value in shown], next=id_of(shown[-1]) if more else None
    )


def _no_such_cursor() -> Malformed:
    return Malformed(
        "The list has no such place, or not any more. Start from its first page.",
        errors=(FieldError(pointer="/query/after", detail="This is not in the list."),),
    )
