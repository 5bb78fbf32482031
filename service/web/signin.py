"""Signing in and out, and the front page.

A sign-in link opens a page with a button, and only the button uses the link up: whatever fetches
links ahead of people (mail scanners, previews) leaves it whole. The cookie is SameSite=Lax, since
Strict would not be sent after a click in a terminal.
"""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response
from starlette.responses import RedirectResponse

from service.access import projects
from service.access import signin as access
from service.errors import FieldError, NotSignedIn
from service.projects import Project
from service.web.deps import FormFields, PageSession, PageWork, safe_next
from service.web.render import render

router = APIRouter(include_in_schema=False)

Code = Annotated[str, Path(min_length=1, max_length=200)]
Next = Annotated[str | None, Query(alias="next", max_length=2000)]
_MOST_PROJECTS = 200
_UNKNOWN_TOKEN = (
    "This token is not known here or was revoked. Check it, or ask an owner of the project for a "
    "new one."
)
_USED_LINK = (
    "This sign-in link was used already or is older than 15 minutes. Make a new one, or enter a "
    "token."
)


@router.get("/")
def front_page(request: Request, work: PageWork) -> Response:
    """The projects that the signed-in person reaches."""
    found = work.session.exec(
        projects.list_projects(work).order_by(Project.name).limit(_MOST_PROJECTS)
    ).all()
    return render(request, "front.html", actor=work.actor, projects=found)


@router.get("/sign-in")
def sign_in_page(request: Request, following: Next = None) -> Response:
    return render(request, "sign_in.html", next=safe_next(following))


@router.post("/sign-in")
def sign_in(request: Request, session: PageSession, form: FormFields) -> Response:
    """Exchange a token for a session."""
    access.require_same_origin(request.headers)
    following = safe_next(form.get("next"))
    try:
        cookie = access.sign_in_with_token(
            session, form.get("token", ""), request.app.state.clock()
        )
    except NotSignedIn:
        unknown = NotSignedIn("", errors=(FieldError(pointer="/token", detail=_UNKNOWN_TOKEN),))
        return render(request, "sign_in.html", status_code=401, next=following, refusal=unknown)
    return _with_cookie(request, cookie, following)


@router.get("/sign-in/{code}")
def sign_in_link(request: Request, code: Code, following: Next = None) -> Response:
    """A button; opening the link does not use it up."""
    return render(request, "sign_in_link.html", code=code, next=safe_next(following))


@router.post("/sign-in/{code}")
def use_sign_in_link(
    request: Request, session: PageSession, code: Code, form: FormFields
) -> Response:
    """Exchange the code for a session, and lead on to where the link said."""
    access.require_same_origin(request.headers)
    following = safe_next(form.get("next"))
    try:
        cookie = access.sign_in_with_code(session, code, request.app.state.clock())
    except NotSignedIn:
        used = NotSignedIn(_USED_LINK)
        return render(request, "sign_in.html", status_code=401, next=following, refusal=used)
    return _with_cookie(request, cookie, following)


@router.post("/sign-out")
def sign_out(request: Request, session: PageSession) -> Response:
    access.require_same_origin(request.headers)
    cookie = request.cookies.get(access.COOKIE)
    if cookie:
        access.sign_out(session, cookie, request.app.state.clock())
    answer = RedirectResponse("/sign-in", status_code=303)
    answer.delete_cookie(access.COOKIE, path="/")
    return answer


def _with_cookie(request: Request, cookie: str, following: str) -> Response:
    answer = RedirectResponse(following, status_code=303)
    answer.set_cookie(
        access.COOKIE,
        cookie,
        max_age=int(access.SESSION_LIVES.total_seconds()),
        path="/",
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
    )
    return answer
