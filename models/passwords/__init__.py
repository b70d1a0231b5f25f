"""The one password policy, shared with the web service that keeps the users.

What is stored and how it is verified (`hashing`, `stored`, `withheld`), what may be chosen (`policy`, `common`,
`breached`), what the program makes itself (`generate`), and the worker that keeps all of it off the event loop
(`offload`). Nothing here reads or writes a user.
"""

from models.passwords.generate import generate, generate_words
from models.passwords.hashing import Verdict, hash_password, unusable_hash, verify
from models.passwords.library import library_problem
from models.passwords.offload import guesses_off_loop, hash_off_loop, unusable_hash_off_loop, verify_off_loop
from models.passwords.policy import check_policy
from models.passwords.withheld import verdict_of

__all__ = [
    "Verdict",
    "check_policy",
    "generate",
    "generate_words",
    "guesses_off_loop",
    "hash_off_loop",
    "hash_password",
    "library_problem",
    "unusable_hash",
    "unusable_hash_off_loop",
    "verdict_of",
    "verify",
    "verify_off_loop",
]
