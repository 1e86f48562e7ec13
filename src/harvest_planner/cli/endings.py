"""How commands end: with a report instead of a traceback, and a code that tells unusable input from wrong usage."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import typer
from pydantic import ValidationError

import harvest_planner as hp

UNUSABLE = 1
USAGE = 2


@contextmanager
def faults_told() -> Iterator[None]:
    """Whatever is wrong with the input as a report on stderr and an exit code; never a traceback."""
    try:
        with warnings.catch_warnings():
            # The plan lists them itself.
            warnings.simplefilter("ignore", hp.OutsideCalibrationWarning)
            yield
    except hp.MissingExtraError as error:
        print(error, file=sys.stderr)
        raise typer.Exit(USAGE) from None
    except (hp.HarvestPlannerError, ValidationError, OSError) as error:
        print(error, file=sys.stderr)
        raise typer.Exit(UNUSABLE) from None
