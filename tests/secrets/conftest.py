"""The databases of the whole program, with a hundred people in them."""

from tests.e2e.conftest import _peopled_template, peopled

__all__ = ["_peopled_template", "peopled"]
