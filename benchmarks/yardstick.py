"""The yardstick of the national day: `python -m benchmarks.yardstick FOLDER` prints the seconds as JSON.

The orders of `orders.csv` are read with `csv.DictReader` and judged with `TypeAdapter(list[Order]).validate_python`,
garbage collection as Python sets it. Of the cells only what the records cannot read is touched: an empty one is left
out, and those that hold several values are parted at |.
"""

from __future__ import annotations

import csv
import json
import sys
import time
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from harvest_planner.schema.goods import Order

SEVERAL = ("ripe_within_days", "certifications")


def read_orders(path: Path) -> list[Order]:
    """The records of a CSV file of orders."""
    with path.open(newline="", encoding="utf-8") as file:
        return TypeAdapter(list[Order]).validate_python([_given(row) for row in csv.DictReader(file)])


def _given(row: dict[str, str]) -> dict[str, Any]:
    given: dict[str, Any] = {name: cell for name, cell in row.items() if cell}
    for name in SEVERAL:
        if name in given:
            given[name] = tuple(given[name].split("|"))
    return given


def yardstick_s(folder: Path) -> float:
    """Seconds that it takes."""
    started = time.perf_counter()
    read_orders(folder / "orders.csv")
    return time.perf_counter() - started


if __name__ == "__main__":
    print(json.dumps({"yardstick_s": round(yardstick_s(Path(sys.argv[1])), 3)}))
