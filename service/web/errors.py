"""Errors as pages, for people; what programs get is made by `service.api.problem`."""

from fastapi import Request
from starlette.responses import HTMLResponse

from service.web.render import render, say


def error_page(request: Request, status: int) -> HTMLResponse:
    """A page that says what happened, in the reader's language."""
    if status == 404:
        heading = say(request, "Not found")
        detail = say(request, "There is no such page, or your token does not reach it.")
    elif status == 403:
        heading = say(request, "Not allowed")
        detail = say(request, "Your role may not do this. Ask an owner of the project.")
    elif status in (409, 412):
        heading = say(request, "Changed meanwhile")
        detail = say(request, "Somebody changed this meanwhile. Go back, reload, and try again.")
    elif status < 500:
        heading = say(request, "This cannot be read")
        detail = say(request, "Something in the request is wrong. Go back and try again.")
    else:
        heading = say(request, "Something went wrong")
        detail = say(request, "The fault is in Luiska. Trying again may help.")
    return render(request, "error.html", status_code=status, heading=heading, detail=detail)
