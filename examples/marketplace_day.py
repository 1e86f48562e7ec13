"""One day of orders from four marketplaces, planned for the orchard of Chi Lăng and turned into all that comes of it.

`python examples/marketplace_day.py [DIR]`, or `examples/marketplace_day/run [DIR]`, imports every export of
examples/marketplace_day with its map and leaves out what is at fault (and says so). Then it runs the commands that a
cooperative would, and prints each. In DIR (marketplace_day_out) stand the contacts, apart from the problem, the plan
with its tables, workbook and sheets, the referee's word on it, messages, calendars and box labels, the harvest log with
a lot's trace, and its events as EPCIS 2.0.
"""

from __future__ import annotations

import contextlib
import sys
from itertools import chain
from pathlib import Path

import harvest_planner as hp
from harvest_planner.cli.commands import app

HERE = Path(__file__).parent
EXPORTS = ("voso.csv", "postmart.csv", "spx.xlsx", "shopee.json")


def main(out: Path) -> None:
    """Import, plan, write."""
    orders = tuple(chain.from_iterable(imported(name, out).orders for name in EXPORTS))
    orchard = hp.load_problem(HERE / "chi_lang")
    problem = hp.PlanningProblem(
        **{**{name: getattr(orchard, name) for name in type(orchard).model_fields}, "orders": orders, "commitments": ()}
    )
    hp.save_problem(problem, out / "problem")
    asked, plan = str(out / "problem"), str(out / "plan")
    command("plan", asked, "--out", plan, "--xlsx", str(out / "plan.xlsx"), "--language", "vi", into=out / "plan.txt")
    command("check", plan, asked, into=out / "check.txt")
    command("sheets", plan, asked, "--language", "en", "--out", str(out / "sheets_in_english"))
    for kind in ("sms", "zalo"):
        command("messages", plan, asked, "--kind", kind, into=out / f"{kind}.txt")
    command("calendar", plan, asked, "--out", str(out / "picking_days.ics"))
    command("calendar", plan, asked, "--team", "team-1", "--out", str(out / "team-1.ics"))
    command("labels", plan, asked, "--out", str(out / "labels"))
    done = hp.load_plan(out / "plan" / "plan.json")
    record(done, plan, asked, out)
    print(f"{len(orders)} orders: {len(done.shipments)} shipments, {len(done.refusals)} refused, {done.status}")


def record(done: hp.HarvestPlan, plan: str, asked: str, out: Path) -> None:
    """The harvest log, with what was done at the first pick, its trace, and the events of it."""
    contacts, log = out / "contacts.csv", str(out / "log.csv")
    tables = [(out / "imports" / Path(name).stem / "contacts.csv").read_text(encoding="utf-8-sig") for name in EXPORTS]
    heading = tables[0].splitlines()[0]
    rows = chain.from_iterable(table.splitlines()[1:] for table in tables)
    contacts.write_text("\n".join((heading, *rows, "")), encoding="utf-8")
    command("log", "make", plan, asked, "--out", log, "--contacts", str(contacts))
    first = next(pick for pick in done.picks if pick.order_ids)
    lot = hp.lot_code(first.batch_id, first.pick_on)
    hours = ("--picked-from", "05:20", "--picked-until", "07:45", "--packed-at", "08:30", "--handed-over-at", "10:00")
    command("log", "enter", log, lot, *hours, "--as-planned")
    command("log", "trace", log, lot, into=out / "trace.txt")
    command("epcis", plan, log, "--out", str(out / "events.jsonld"))


def imported(name: str, out: Path) -> hp.ImportedOrders:
    """The sound orders of an export; its tables go to a folder of their own."""
    found = hp.import_orders(HERE / "marketplace_day" / name, column_map=HERE / "marketplace_day" / "orders_map.toml")
    for fault in found.faults:
        print(f"left out: {fault}")
    hp.write_import(found, out / "imports" / Path(name).stem / "orders.csv")
    return found


def command(*words: str, into: Path | None = None) -> None:
    """Run a command of harvest-planner; what it prints goes to a file where one is named."""
    print("harvest-planner", *words, *(() if into is None else (">", into)))
    with contextlib.ExitStack() as stack:
        if into is not None:
            handle = stack.enter_context(into.open("w", encoding="utf-8"))
            stack.enter_context(contextlib.redirect_stdout(handle))
        app(words, standalone_mode=False)


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "marketplace_day_out"))
