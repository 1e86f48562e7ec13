"""How time grows with size: `python -m benchmarks.growth [--sizes 10000 100000 400000] [--table]`.

National days in which no two orders have the same price, so that classes do not saturate, each planned by a process of
its own (`benchmarks.national`, whose other options may follow). The exponent is the slope of log time over log orders,
by least squares. Prints one JSON object.
"""

from __future__ import annotations

import argparse
import json
import math
import statistics
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

SIZES = (10_000, 100_000, 400_000)


def run(orders: int, options: Sequence[str]) -> dict[str, Any]:
    """The figures of one national day."""
    command = [sys.executable, "-m", "benchmarks.national", f"--orders={orders}", "--distinct-prices", *options]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def exponent(orders: Sequence[float], seconds: Sequence[float]) -> float:
    """Slope of log seconds over log orders.

    Examples
    --------
    >>> round(exponent([10, 100, 1000], [3, 30, 300]), 6)
    1.0
    """
    return statistics.linear_regression(list(map(math.log, orders)), list(map(math.log, seconds))).slope


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES))
    parser.add_argument("--table", action="store_true")
    given, options = parser.parse_known_args()
    runs = [run(size, options) for size in given.sizes]
    found = {
        "sizes": given.sizes,
        **{name: [each[name] for each in runs] for name in ("plan_s", "yardstick_s", "gap", "classes", "faults")},
        "exponent": round(exponent(given.sizes, [each["plan_s"] for each in runs]), 3),
    }
    if given.table:
        for size, each in zip(given.sizes, runs, strict=True):
            print(f"{size:10,}{each['plan_s']:10.1f} s  gap {each['gap']:.3%}", file=sys.stderr)
        print(f"exponent {found['exponent']}", file=sys.stderr)
    print(json.dumps(found))


if __name__ == "__main__":
    main()
