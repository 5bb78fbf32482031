"""Reading the fields of a form; what is wrong with one is an error that names it."""

from collections.abc import Mapping

from service.errors import FieldError, Malformed

Fields = Mapping[str, str]


def needed(form: Fields, name: str) -> str:
    """Raises `Malformed` for a field that is empty or too long."""
    value = given(form, name)
    if not value:
        raise wrong(name, "This is needed.")
    return value


def given(form: Fields, name: str, most: int = 200) -> str:
    """What a field holds, "" if there is nothing. Raises `Malformed` for one that is too long."""
    value = form.get(name, "").strip()
    if len(value) > most:
        raise wrong(name, f"At most {most} characters.")
    return value


def wrong(field: str, detail: str) -> Malformed:
    return Malformed(
        "The form is not complete.", errors=(FieldError(pointer=f"/{field}", detail=detail),)
    )
