"""Keys from the command line: `python -m examples.marketplace_backend.keys cooperative` prints a new one, once."""

from __future__ import annotations

import argparse

from examples.marketplace_backend.auth import Role, new_key
from examples.marketplace_backend.database import transaction


def made(role: Role, grower_id: str | None = None) -> str:
    """A new key's text; the database keeps its hash."""
    with transaction() as session:
        return new_key(session, role, grower_id)[1]


def main() -> None:
    """Print a new key."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("role", choices=("marketplace", "cooperative", "grower"))
    parser.add_argument("--grower", help="which grower, for that role")
    asked = parser.parse_args()
    if (asked.role == "grower") != (asked.grower is not None):
        parser.error("--grower goes with the role grower, and with no other")
    print(made(asked.role, asked.grower))


if __name__ == "__main__":
    main()
