"""What goes over the wire. The user's schema is made of the model that has no hash, so that none can slip through."""

from typing import Annotated, Any

from pydantic import BaseModel, Field, SecretStr
from tortoise.contrib.pydantic import pydantic_model_creator

from models import Account

SHOWN = ("id", "username", "email", "full_name", "is_active", "is_superuser", "is_verified", "created_at")
# Any: the class is made at run time, so a type checker cannot look into it.
UserOut: Any = pydantic_model_creator(Account, name="User", include=SHOWN)
Password = Annotated[SecretStr, Field(max_length=1024)]


class Token(BaseModel):
    access_token: str
    token_type: str = "bearer"  # noqa: S105 - the type of all of them
    expires_in: int
    scope: str


class Me(BaseModel):
    user: UserOut
    roles: list[str]
    permissions: list[str]


class Users(BaseModel):
    users: list[UserOut]
    next: int | None  # the `after` of the page that follows


class NewPassword(BaseModel):
    current: Password
    new: Password
