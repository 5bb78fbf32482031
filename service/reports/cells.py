"""Texts as cells of a spreadsheet, which must take none of them for a formula."""

from service.reports.text import readable

# What spreadsheets begin a formula with (OWASP, CSV injection), also as full-width letters.
_BEGINS_FORMULA = tuple("=+-@\t\r\n＝＋－＠")


def cell(text: str) -> str:
    """The text without what spreadsheets choke on, and guarded where it begins like a formula."""
    text = readable(text)
    return f"'{text}" if text.startswith(_BEGINS_FORMULA) else text
