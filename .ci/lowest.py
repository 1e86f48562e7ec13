"""Prints the lowest versions that pyproject.toml allows, one pip constraint a line: `lowest.py pyproject.toml test`."""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path


def lowest(pyproject: Path, extras: list[str]) -> list[str]:
    """`name==version` for each requirement; a requirement without a lower bound is an error."""
    project = tomllib.loads(pyproject.read_text(encoding="utf-8"))["project"]
    wanted = [*project["dependencies"], *(line for extra in extras for line in project["optional-dependencies"][extra])]
    found = [re.match(r"([A-Za-z0-9._-]+)(?:\[[^\]]*\])?>=([0-9.]+)", line) for line in wanted]
    unbounded = [line for line, match in zip(wanted, found, strict=True) if match is None]
    if unbounded:
        raise SystemExit(f"no lower bound: {', '.join(unbounded)}")
    return sorted({f"{match[1]}=={match[2]}" for match in found if match})


if __name__ == "__main__":
    print("\n".join(lowest(Path(sys.argv[1]), sys.argv[2:])))
