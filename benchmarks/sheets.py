"""How fast pick sheets are written: `python -m benchmarks.sheets [TEAMS] [GROWERS] [DAYS]`.

Plans are made up: growers in teams, most of a handful and one of a thousand, each picking its own batch for three
orders a day. A sheet is one grower's day. The sheets are written by `write_sheets` to a temporary folder, as the
command `sheets` does. Time is the processor's on one core, the clock's beside it. Peak memory is that of the process
while writing, beside what the plan and the problem took before.
"""

from __future__ import annotations

import datetime as dt
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from typing import Any

import harvest_planner as hp

AS_OF = dt.datetime(2026, 8, 10, 4, tzinfo=dt.timezone(dt.timedelta(hours=7)))
STAGES = ("S1", "S2", "S3", "S4")
PLACES = ("ca-mau", "ha-noi", "ho-chi-minh", "da-nang", "lai-chau", "hai-phong", "nghe-an")
BIG_TEAM = 1000
BOXES = 3
GOAL_PER_MINUTE = 20_000


def main(teams: int = 61_000, growers: int = 283_000, days: int = 1) -> None:
    """Make a plan, write its sheets, say what it took."""
    problem = _problem(teams, growers)
    plan = _plan(growers, days)
    before_mib = _peak_mib()
    with tempfile.TemporaryDirectory() as folder:
        start_s, clock_s = time.process_time(), time.perf_counter()
        paths = hp.write_sheets(plan, problem, folder)
        took_s, waited_s = time.process_time() - start_s, time.perf_counter() - clock_s
        size_mib = sum(path.stat().st_size for path in paths) / 2**20
    sheets = growers * days
    print(f"{sheets:,} sheets of {growers:,} growers in {len(paths):,} files ({size_mib:,.0f} MiB)")
    print(f"{took_s:.1f} s of one core ({waited_s:.1f} s by the clock)")
    print(f"sheets a minute on one core: {60 * sheets / took_s:,.0f} (goal {GOAL_PER_MINUTE:,})")
    print(f"peak memory: {_peak_mib():,.0f} MiB, of it {before_mib:,.0f} MiB before writing (plan and problem)")


def _problem(teams: int, growers: int) -> hp.PlanningProblem:
    return hp.PlanningProblem.model_construct(
        as_of=AS_OF,
        growers=tuple(hp.Grower(id=f"g{n}", name=f"Hộ số {n}", team_id=_team(n, teams)) for n in range(growers)),
        batches=tuple(map(_batch, range(growers))),
        orders=tuple(
            hp.Order.model_validate(
                {
                    "id": f"o{n}-{box}",
                    "crop_id": "na-chi-lang",
                    "quantity_kg": 5,
                    "destination_id": PLACES[(n + box) % len(PLACES)],
                    "deliver_until_at": AS_OF + dt.timedelta(days=6),
                    "price_vnd_per_kg": 60_000,
                }
            )
            for n in range(growers)
            for box in range(BOXES)
        ),
    )


def _team(number: int, teams: int) -> str:
    return "t0" if number < BIG_TEAM else f"t{1 + number % max(1, teams - 1)}"


def _batch(number: int) -> hp.Batch:
    return hp.Batch.model_validate(
        {
            "id": f"b{number}",
            "grower_id": f"g{number}",
            "crop_id": "na-chi-lang",
            "place_id": "chi-lang",
            "quantity_kg": 60,
            "stage_id": STAGES[number % len(STAGES)],
            "observed_on": AS_OF.date(),
            "plot": f"Thửa {number % 9}",
            "last_spray_on": "2026-07-01",
            "pre_harvest_interval_days": 7,
        }
    )


def _plan(growers: int, days: int) -> hp.HarvestPlan:
    each = [(n, AS_OF.date() + dt.timedelta(days=day)) for n in range(growers) for day in range(1, days + 1)]
    return hp.HarvestPlan.model_construct(
        status="optimal",
        value_vnd=0.0,
        bound_vnd=0.0,
        gap=0.0,
        batches=tuple(_row(n) for n in range(growers)),
        picks=tuple(_pick(n, day) for n, day in each),
        shipments=tuple(shipment for n, day in each for shipment in _shipments(n, day)),
        provenance=hp.Provenance(version=hp.__version__, problem_sha256="0", as_of=AS_OF),
    )


def _row(number: int) -> hp.BatchRow:
    return hp.BatchRow.model_construct(
        batch_id=f"b{number}",
        grower_id=f"g{number}",
        days=(),
        latest_pick_on=dt.date(2026, 8, 15),
        left_kg=10.0 * (number % 2),
        lost_on=None,
        advice_code="pick",
    )


def _pick(number: int, day: dt.date) -> hp.Pick:
    from_at = dt.datetime.combine(day, dt.time(5), AS_OF.tzinfo)
    return hp.Pick.model_construct(
        batch_id=f"b{number}",
        grower_id=f"g{number}",
        pick_on=day,
        from_at=from_at,
        until_at=from_at + dt.timedelta(hours=4),
        kg=20.0,
        surplus_kg=5.0,
        stage_id=STAGES[number % len(STAGES)],
        age_at_pick_d20=0.0,
        order_ids=(),
        destination_ids=(),
    )


def _shipments(number: int, day: dt.date) -> Iterator[Any]:
    """Only what a sheet needs of a shipment."""
    for box in range(BOXES):
        yield hp.Shipment.model_construct(order_id=f"o{number}-{box}", batch_id=f"b{number}", pick_on=day, kg=5.0)


def _peak_mib() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return used / (2**20 if sys.platform == "darwin" else 2**10)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
