"""The answers that are no data: errors as OAuth 2 wants them (RFC 6749, 5.2; RFC 6750, 3), and the page of a link.

Nothing that was sent, and no text of the database, is in an error.
"""

import logging
from html import escape

from fastapi import HTTPException, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse

from models.operations.service import ServiceCode, ServiceRefused

log = logging.getLogger("uvicorn.error")
NO_STORE = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
RESET_PAGE = """<!doctype html><meta charset="utf-8"><title>Choose a password</title>
<form method="post" action="?"><input type="hidden" name="token" value="{token}">
<label>New password <input type="password" name="new" autocomplete="new-password" required></label>
<button>Set it</button></form>"""


def refused(refusal: ServiceRefused) -> HTTPException:
    """401 where a token opens nothing, 403 where it opens less, 422 for a password that will not do."""
    if refusal.code in (ServiceCode.NO_SESSION, ServiceCode.SCOPE):
        less = refusal.code is ServiceCode.SCOPE
        how = 'Bearer error="insufficient_scope", scope="full"' if less else 'Bearer error="invalid_token"'
        return HTTPException(403 if less else 401, refusal.sentence, {"WWW-Authenticate": how})
    reasons = [error.sentence for error in refusal.errors] or [refusal.sentence]
    return HTTPException(422, {"error": str(refusal.code), "reasons": reasons})


def not_entered(refusal: ServiceRefused) -> JSONResponse:
    error = "mfa_required" if refusal.code is ServiceCode.CODE_NEEDED else "invalid_grant"
    return JSONResponse({"error": error, "error_description": refusal.sentence}, 400, NO_STORE)


def reset_page(token: str) -> HTMLResponse:
    return HTMLResponse(RESET_PAGE.format(token=escape(token)), headers=NO_STORE)


async def unavailable(_request: Request, error: Exception) -> JSONResponse:
    """The database did not answer, or refused. What it said can hold a row: only a sentence of ours is logged."""
    log.error("database: %s", getattr(error, "sentence", type(error).__name__))
    return JSONResponse({"detail": "Try again in a moment."}, 503, {"Retry-After": "1"})


async def malformed(request: Request, error: Exception) -> JSONResponse:
    """FastAPI's own answer would repeat what was sent, a password with it."""
    assert isinstance(error, RequestValidationError)
    wrong = [{"loc": one["loc"], "msg": one["msg"]} for one in error.errors()]
    return JSONResponse({"error": "invalid_request", "detail": wrong}, 400 if request.url.path == "/token" else 422)
