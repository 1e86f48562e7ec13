"""One day of orders from four marketplaces, planned for the orchard of Chi Lăng.

`python examples/marketplace_day.py [DIR]` imports every export of examples/marketplace_day with its map, leaves out
what is at fault (and says so), plans, and writes what comes of it to DIR (marketplace_day_out): contacts apart from the
problem, the plan, its workbook, messages and a calendar.
"""

from __future__ import annotations

import sys
from itertools import chain
from pathlib import Path

import harvest_planner as hp

HERE = Path(__file__).parent
EXPORTS = ("voso.csv", "postmart.csv", "spx.xlsx", "shopee.json")


def main(out: Path) -> None:
    """Import, plan, write."""
    imports = {name: imported(name, out) for name in EXPORTS}
    orders = tuple(chain.from_iterable(found.orders for found in imports.values()))
    orchard = hp.load_problem(HERE / "chi_lang")
    problem = hp.PlanningProblem(
        **{**{name: getattr(orchard, name) for name in type(orchard).model_fields}, "orders": orders, "commitments": ()}
    )
    hp.save_problem(problem, out / "problem")
    plan = hp.plan_harvest(problem)
    hp.save_plan(plan, out / "plan.json")
    hp.write_workbook(plan, problem, out / "plan.xlsx", language="vi")
    hp.write_calendar(plan, problem, out / "picking_days.ics")
    for kind in ("sms", "zalo"):
        lines = "".join(f"{message.text}\n" for message in hp.messages(plan, problem, kind=kind))
        (out / f"{kind}.txt").write_text(lines, encoding="utf-8")
    print(f"{len(orders)} orders: {len(plan.shipments)} shipments, {len(plan.refusals)} refused, {plan.status}")


def imported(name: str, out: Path) -> hp.ImportedOrders:
    """The sound orders of an export; its tables go to a folder of their own."""
    found = hp.import_orders(HERE / "marketplace_day" / name, column_map=HERE / "marketplace_day" / "orders_map.toml")
    for fault in found.faults:
        print(f"left out: {fault}")
    hp.write_import(found, out / "imports" / Path(name).stem / "orders.csv")
    return found


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "marketplace_day_out"))
