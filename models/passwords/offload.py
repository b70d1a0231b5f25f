"""Hashing off the event loop, one at a time.

A hash takes 130 ms and 64 MiB. One worker bounds the memory however many people sign in at once, and leaves the other
core to the loop; argon2 and bcrypt release the interpreter's lock while they run.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from functools import cache

from models.passwords.hashing import Verdict, hash_password, unusable_hash, verify
from models.passwords.withheld import Guess, guesses


async def hash_off_loop(text: str) -> str:
    """`hash_password` in the worker. Raises what it raises. A cancelled call leaves its hash to finish unused."""
    return await asyncio.get_running_loop().run_in_executor(_worker(), hash_password, text)


async def verify_off_loop(text: str, stored: str | None) -> Verdict:
    """`verify` in the worker. Never raises, but for cancellation."""
    return await asyncio.get_running_loop().run_in_executor(_worker(), verify, text, stored)


async def guesses_off_loop(text: str, form: str | None) -> tuple[Guess, ...] | Verdict:
    """`guesses` in the worker. Never raises, but for cancellation."""
    return await asyncio.get_running_loop().run_in_executor(_worker(), guesses, text, form)


async def unusable_hash_off_loop() -> str:
    """`unusable_hash` in the worker."""
    return await asyncio.get_running_loop().run_in_executor(_worker(), unusable_hash)


@cache
def _worker() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max_workers=1, thread_name_prefix="password-hash")
