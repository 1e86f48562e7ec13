"""The made-up week of Chi Lăng in the database: prints the clock's offset [s] and a key of each role."""

from __future__ import annotations

import os
from pathlib import Path

import harvest_planner as hp
from examples.marketplace_backend import clock, jobs, plans
from examples.marketplace_backend.keys import made
from examples.marketplace_backend.settings import settings

WEEK = Path(__file__).parents[1] / "chi_lang"


def stated(folder: Path = WEEK) -> None:
    """State the orchard and the orders of a problem folder, and ask for a plan."""
    problem = hp.load_problem(folder)
    plans.state_orchard(problem)
    plans.keep_orders(problem.orders)
    jobs.ask("plan", {"as_of": problem.as_of.isoformat()})


def main() -> None:
    """Print what `start` needs to know and the user wants to see."""
    ahead_s = (hp.load_problem(WEEK).as_of - clock.machine()).total_seconds()
    os.environ["MARKETPLACE_CLOCK_AHEAD_S"] = str(ahead_s)
    settings.cache_clear()
    print(ahead_s)
    stated()
    print("marketplace key: ", made("marketplace"))
    print("cooperative key: ", made("cooperative"))
    print("grower g01's key:", made("grower", "g01"))


if __name__ == "__main__":
    main()
