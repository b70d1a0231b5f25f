"""Tortoise's executors, with the statements of each model kept by the model.

Tortoise 1.1.9 keeps them by the name of the table: where two models share one (`User` and `Account`), whichever is used
first decides what the other one's INSERT writes, and a user would be created without a hash.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from tortoise.backends.base import executor

if TYPE_CHECKING:
    from tortoise.models import Model

_BY_MODEL: Final[dict[type[Model], dict[Any, Any]]] = {}


class ByModel(executor.BaseExecutor):
    """Comes before the executor of a dialect; the file of each dialect is apart, so that one does not import both."""

    def __init__(self, model: type[Model], db: Any, *args: Any, **options: Any) -> None:
        shared = executor.EXECUTOR_CACHE
        # Nothing awaits in between, so that nobody else sees the other dictionary.
        executor.EXECUTOR_CACHE = _BY_MODEL.setdefault(model, {})
        try:
            super().__init__(model, db, *args, **options)
        finally:
            executor.EXECUTOR_CACHE = shared
