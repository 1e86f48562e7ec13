"""Ten published single-source facility location problems against their optima: `python benchmarks/sscflp.py [p1 …]`.

The instances are Beasley's `cap` set made single-source; the folder `shared/instances/sscflp` beside the repository
holds them and, in `os`, the published optima. A facility is one batch with one possible pick day (its trip costs the
opening, its quantity is the capacity), a customer an order that may not be split, and a transport cost the freight of
a lane that takes one hour.
"""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass
from pathlib import Path

import harvest_planner as hp

INSTANCES = Path(__file__).resolve().parents[2] / "shared" / "instances" / "sscflp"
NAMES = ("p1", "p2", "p3", "p4", "p5", "p9", "p13", "p17", "p21", "p24")
ALWAYS_GOOD = {
    "id": "stone",
    "ready_at_d20": 0,
    "window_d20": 10_000,
    "stages": [{"id": "any", "age_d20": 100, "sd_d20": 0.001}],
    "reference_stage_id": "any",
}


@dataclass(frozen=True)
class Instance:
    """A facility location problem; `transport[j][i]` serves the whole of customer j from facility i."""

    name: str
    capacities: tuple[float, ...]
    openings: tuple[float, ...]
    demands: tuple[float, ...]
    transport: tuple[tuple[float, ...], ...]
    optimum: float


def read(name: str, folder: Path = INSTANCES) -> Instance:
    """The instance of that name and its published optimum.

    Raises
    ------
    FileNotFoundError : the instances are not there; the message says where they were looked for.
    """
    if not folder.is_dir():
        raise FileNotFoundError(f"the published instances are not in {folder}; put shared/ beside the repository")
    facilities, customers, *numbers = (folder / name).read_text(encoding="utf-8").split()
    i, j = int(facilities), int(customers)
    values = tuple(map(float, numbers))
    if len(values) != 2 * i + j + i * j:
        raise ValueError(f"{folder / name} holds {len(values)} numbers after its first two, not {2 * i + j + i * j}")
    costs = values[2 * i + j :]
    optima = (folder / "os").read_text(encoding="utf-8").split()
    return Instance(
        name=name,
        capacities=values[:i],
        openings=values[i : 2 * i],
        demands=values[2 * i : 2 * i + j],
        transport=tuple(costs[row * i : (row + 1) * i] for row in range(j)),
        optimum=float(optima[int(name.removeprefix("p")) - 1]),
    )


def problem_of(instance: Instance) -> hp.PlanningProblem:
    """The instance as a planning problem.

    An order pays its dearest transport and the dearest opening: as little as makes serving it worth any one trip.
    """
    facilities, customers = range(len(instance.capacities)), range(len(instance.demands))
    dearest = max(instance.openings)
    return hp.PlanningProblem.model_validate({
        "as_of": "2026-08-10T00:00:00+07:00",
        "policy": {"gap": 1e-6, "horizon_days": 1},
        "crops": [ALWAYS_GOOD],
        "places": [
            {"id": place, "latitude_deg": 21, "longitude_deg": 106, "ambient_degc": 20}
            for place in (*map(_facility, facilities), *map(_customer, customers))
        ],
        "growers": [{"id": _facility(i)} for i in facilities],
        "batches": [
            {"id": _facility(i), "grower_id": _facility(i), "crop_id": "stone", "place_id": _facility(i),
             "quantity_kg": instance.capacities[i], "trip_cost_vnd": instance.openings[i],
             "stage_id": "any", "observed_on": "2026-08-10"}
            for i in facilities
        ],
        "orders": [
            {"id": _customer(j), "crop_id": "stone", "destination_id": _customer(j),
             "quantity_kg": instance.demands[j], "deliver_until_at": "2026-08-12T00:00:00+07:00",
             "price_vnd_per_kg": (max(instance.transport[j]) + dearest) / instance.demands[j]}
            for j in customers
        ],
        "lanes": [
            {"id": f"{_facility(i)}-{_customer(j)}", "origin_id": _facility(i), "destination_id": _customer(j),
             "departures": "FREQ=DAILY;BYHOUR=12;BYMINUTE=0;BYSECOND=0", "transit_p50_h": 1, "transit_p95_h": 1,
             "cost_vnd_per_kg": instance.transport[j][i] / instance.demands[j]}
            for i in facilities for j in customers
        ],
    })  # fmt: skip


def cost_of(plan: hp.HarvestPlan, instance: Instance) -> float:
    """Openings and transport of the plan, by the instance's own numbers."""
    served = sum(instance.transport[_number(row.order_id)][_number(row.batch_id)] for row in plan.shipments)
    return served + sum(instance.openings[_number(pick.batch_id)] for pick in plan.picks)


def _facility(i: int) -> str:
    return f"f{i:02d}"


def _customer(j: int) -> str:
    return f"c{j:02d}"


def _number(name: str) -> int:
    return int(name[1:])


def main(names: tuple[str, ...]) -> None:
    """Print one line per instance."""
    print(f"{'instance':8} {'optimum':>12} {'ours':>12} {'over':>8} {'refused':>8} {'seconds':>8}")
    for name in names:
        instance = read(name)
        problem = problem_of(instance)
        started = time.perf_counter()
        plan = hp.plan_harvest(problem)
        seconds = time.perf_counter() - started
        ours = cost_of(plan, instance)
        over = ours / instance.optimum - 1
        print(f"{name:8} {instance.optimum:12,.2f} {ours:12,.2f} {over:8.4%} {len(plan.refusals):8} {seconds:8.1f}")


if __name__ == "__main__":
    main(tuple(sys.argv[1:]) or NAMES)
