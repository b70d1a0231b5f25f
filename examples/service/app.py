"""The service. Every request asks the database who is there and what they may do, so that whatever Shellback does to an
account counts from the next request on; a token only says of which session it is."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Annotated, Any

import jwt
from fastapi import APIRouter, Depends, FastAPI, Form, HTTPException, Path, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, PlainTextResponse
from fastapi.security import OAuth2PasswordBearer, OAuth2PasswordRequestForm
from tortoise.contrib.fastapi import RegisterTortoise
from tortoise.exceptions import BaseORMException

from models import Account
from models.operations import Secret
from models.operations import service as accounts
from models.operations.credentials.redeem import redeem_reset
from models.operations.service import CurrentUser, Scope, ServiceCode, ServiceRefused, ServiceSession
from service.answers import NO_STORE, malformed, not_entered, refused, reset_page, unavailable
from service.schemas import Me, NewPassword, Token, UserOut, Users
from service.settings import from_environment

router = APIRouter()


def claims_of(request: Request, token: Annotated[str, Depends(OAuth2PasswordBearer("token"))]) -> dict[str, Any]:
    try:
        return jwt.decode(token, request.app.state.settings.jwt_secret, ["HS256"])
    except jwt.InvalidTokenError:
        raise refused(ServiceRefused(ServiceCode.NO_SESSION, "Sign in.")) from None


Claims = Annotated[dict[str, Any], Depends(claims_of)]


async def signed_in(claims: Claims) -> CurrentUser:
    user = await accounts.session_of(claims)
    if isinstance(user, ServiceRefused):
        raise refused(user)
    return user


def viewer(user: Annotated[CurrentUser, Depends(signed_in)]) -> None:
    """By a role that was granted in Shellback, maybe a second ago."""
    if not user.has("users.view"):
        raise HTTPException(403, "This needs the permission users.view.")


def address_of(request: Request) -> str | None:
    return request.client.host if request.client else None


def token_of(request: Request, session: ServiceSession) -> JSONResponse:
    signed = jwt.encode(session.claims(), request.app.state.settings.jwt_secret, "HS256")
    seconds = int((session.expires_at - datetime.now(UTC)).total_seconds())
    token = Token(access_token=signed, expires_in=seconds, scope=session.scope)
    return JSONResponse(token.model_dump(), headers=NO_STORE)


@router.post("/token", response_model=Token)
async def sign_in(
    request: Request,
    form: Annotated[OAuth2PasswordRequestForm, Depends()],
    code: Annotated[str | None, Form(max_length=20)] = None,
) -> JSONResponse:
    session = await accounts.authenticate(
        form.username,
        Secret(form.password),
        code=Secret(code) if code else None,
        address=address_of(request),
        user_agent=request.headers.get("user-agent"),
    )
    return not_entered(session) if isinstance(session, ServiceRefused) else token_of(request, session)


@router.post("/logout", status_code=204)
async def sign_out(claims: Claims) -> None:
    await accounts.sign_out(claims)


@router.get("/me")
async def me(user: Annotated[CurrentUser, Depends(signed_in)]) -> Me:
    roles = [source.role for source in user.permissions.sources]
    return Me(user=user.account, roles=roles, permissions=sorted(user.permissions.codenames))


@router.get("/users", dependencies=[Depends(viewer)])
async def users(
    after: Annotated[int, Query(ge=0, lt=2**31)] = 0, limit: Annotated[int, Query(ge=1, le=200)] = 50
) -> Users:
    rows = await Account.filter(id__gt=after, deleted_at=None).order_by("id").limit(limit + 1)
    return Users(users=rows[:limit], next=rows[limit - 1].id if len(rows) > limit else None)


@router.get("/users/{user_id}", dependencies=[Depends(viewer)])
async def user(user_id: Annotated[int, Path(ge=1, lt=2**31)]) -> UserOut:
    row = await Account.get_or_none(id=user_id, deleted_at=None)
    if row is None:
        raise HTTPException(404, "There is no such user.")
    return row


@router.post("/change-password", response_model=Token)
async def change_password(request: Request, body: NewPassword, claims: Claims) -> JSONResponse:
    user = await accounts.session_of(claims, needs=Scope.CHANGE_PASSWORD)
    if isinstance(user, ServiceRefused):
        raise refused(user)
    current, new = Secret(body.current.get_secret_value()), Secret(body.new.get_secret_value())
    session = await accounts.change_password(user, claims, current, new)
    if isinstance(session, ServiceRefused):
        raise refused(session)
    return token_of(request, session)


@router.get("/reset")
async def reset_form(token: Annotated[str, Query(max_length=100)]) -> HTMLResponse:
    """Where `reset_url` of Shellback's profile leads: https://here/reset?token={token}."""
    return reset_page(token)


@router.post("/reset")
async def reset(request: Request, token: Annotated[str, Form()], new: Annotated[str, Form()]) -> PlainTextResponse:
    outcome = await redeem_reset(Secret(token), Secret(new), address=address_of(request))
    if outcome.errors:
        return PlainTextResponse("\n".join(error.sentence for error in outcome.errors), 422, NO_STORE)
    return PlainTextResponse(outcome.sentence, 200 if outcome.is_ok else 400, NO_STORE)


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    async with RegisterTortoise(app, config=app.state.settings.tortoise):
        yield


def create_app() -> FastAPI:
    """uvicorn --factory --app-dir examples service.app:create_app"""
    handlers = {BaseORMException: unavailable, RequestValidationError: malformed}
    app = FastAPI(title="Service", lifespan=lifespan, exception_handlers=handlers)  # type: ignore[arg-type]
    app.state.settings = from_environment()
    app.include_router(router)
    return app
