"""Fitting needs scipy, which only this floor uses; where it is absent, the extra that brings it is named."""

from __future__ import annotations

from harvest_planner.errors import MissingExtraError


def require_scipy(needed_for: str) -> None:
    """Nothing where scipy and numpy are installed.

    Raises
    ------
    MissingExtraError : one of them is not.
    """
    for package in ("numpy", "scipy"):
        try:
            __import__(package)
        except ImportError:
            raise MissingExtraError(package, extra="fit", needed_for=needed_for) from None
