"""Templates of printed and shown pages: every text put into one is someone's input and is escaped."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING

from harvest_planner.errors import MissingExtraError

if TYPE_CHECKING:
    from jinja2 import Template


def page_template(name: str, *, extra: str, needed_for: str) -> Template:
    """The template of that name in `templates`. Raises MissingExtraError where jinja2 is not installed."""
    try:
        from jinja2 import Environment, StrictUndefined
    except ImportError:
        raise MissingExtraError("jinja2", extra=extra, needed_for=needed_for) from None
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return environment.from_string(_source(name))


@lru_cache(maxsize=8)
def _source(name: str) -> str:
    return files("harvest_planner.formats").joinpath("templates", name).read_text(encoding="utf-8")
