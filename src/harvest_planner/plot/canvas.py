"""What every picture shares: axes, colours that the colour-blind can tell apart, and its words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from harvest_planner.errors import MissingExtraError
from harvest_planner.formats.words import languages, words

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Language = Literal["en", "vi"]

# Okabe & Ito 2008, Color Universal Design, https://jfly.uni-koeln.de/color/
SKY, GREEN, ORANGE, VERMILION, BLUE, GREY = "#56B4E9", "#009E73", "#E69F00", "#D55E00", "#0072B2", "#7F7F7F"
LINES = (BLUE, GREEN, ORANGE, VERMILION, SKY, "#CC79A7", "#000000")
"""Colours of lines that are told apart."""


def word(key: str, language: Language, **values: Any) -> str:
    """What a picture says, its placeholders filled.

    Raises
    ------
    ValueError : a language there is not.
    """
    if language not in languages():
        raise ValueError(f"language = {language!r}: needs {' or '.join(languages())}")
    return words(language).say(f"picture.{key}", **values)


def axes_of(ax: Axes | None, size: tuple[float, float] = (7.0, 4.0)) -> Axes:
    """The axes given, or new ones of that size [inch].

    Raises
    ------
    MissingExtraError : matplotlib is not installed.
    """
    if ax is not None:
        return ax
    figure, made = subplots(1, 1, figsize=size)
    figure.set_layout_engine("constrained")
    found: Axes = made
    return found


def subplots(rows: int, columns: int, **options: Any) -> tuple[Figure, Any]:
    """A figure with axes, by pyplot, so that notebooks show it.

    Raises
    ------
    MissingExtraError : matplotlib is not installed.
    """
    try:
        from matplotlib import pyplot
    except ImportError:
        raise MissingExtraError("matplotlib", extra="notebook", needed_for="a picture") from None
    return pyplot.subplots(rows, columns, **options)
