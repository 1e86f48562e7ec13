"""Arguments, lines for people and exit codes: the command `harvest-planner`."""

from __future__ import annotations

import sys

from harvest_planner.errors import MissingExtraError

_PACKAGES = ("typer", "rich", "jinja2")
_USAGE = 2


def main() -> None:
    """Run the command; without the packages of extra `cli`, one line on stderr and exit code 2."""
    for stream in (sys.stdout, sys.stderr):
        if reconfigure := getattr(stream, "reconfigure", None):
            # Names are Vietnamese, and JSON is UTF-8 whatever the terminal's code page.
            reconfigure(encoding="utf-8")
    for package in _PACKAGES:
        try:
            __import__(package)
        except ImportError:
            print(MissingExtraError(package, extra="cli", needed_for="the command harvest-planner"), file=sys.stderr)
            raise SystemExit(_USAGE) from None
    from harvest_planner.cli.commands import app

    app(prog_name="harvest-planner")
