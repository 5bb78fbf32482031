"""Tables within a written document: columns of notes where the header names them."""

from collections.abc import Sequence

from service.research.doubts import Doubt
from service.research.exchange.columns import Row, RowReader, columns_left_out, columns_of
from service.research.exchange.values import Item


def table_items(rows: Sequence[Row], *, spoken: bool) -> tuple[list[Item], list[Doubt]]:
    """The rows as items; without known columns each row is one text, its cells joined by `|`."""
    if not rows:
        return [], []
    columns = columns_of(rows[0].cells)
    if columns is not None:
        reader = RowReader(columns=columns, spoken=spoken or columns.tells_who_spoke)
        items = reader.items(rows[1:])
        return items, [*columns_left_out(columns, rows[0].line), *reader.doubts]
    doubt = Doubt(
        line=rows[0].line,
        code="unknown-columns",
        detail="No column of this table is known, so each row is one note.",
    )
    texts = [(row, " | ".join(cell.strip() for cell in row.cells if cell.strip())) for row in rows]
    return [
        Item(line=row.line, raw=row.raw, text=text, spoken=spoken) for row, text in texts if text
    ], [doubt]
