"""Orders of a data frame judged by columns, beside the yardstick: `python -m benchmarks.frames --orders 1000000`.

The orders of a national day are read by polars and judged by columns in this process, then read and judged one by one
as `benchmarks.yardstick` does. Prints one JSON object; seconds are of processor time, since others may use the machine.
"""

from __future__ import annotations

import argparse
import json
import resource
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.national_day import add_options, day_of
from benchmarks.yardstick import read_orders
from harvest_planner.schema.frames import table_or_rows
from harvest_planner.schema.goods import Order
from harvest_planner.schema.record_table import RecordTable


def compared(path: Path) -> dict[str, Any]:
    """The figures of one file of orders."""
    import polars

    started = time.process_time()
    frame = polars.read_csv(path, infer_schema_length=None)
    read = time.process_time()
    table = table_or_rows(frame, Order)
    judged = time.process_time()
    peak_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    assert isinstance(table, RecordTable), "the frame was not judged by columns"
    lines = sum(1 for _ in table.json_lines())
    written = time.process_time()
    records = read_orders(path)
    done = time.process_time()
    return {
        "orders": lines,
        "read_s": round(read - started, 2),
        "judged_s": round(judged - read, 2),
        "json_lines_s": round(written - judged, 2),
        "yardstick_s": round(done - written, 2),
        "peak_mib": round(peak_mib),
        "equal": table == tuple(records),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    add_options(parser)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        # Only the file matters: the day itself is gone before anything is measured.
        day_of(given).frame("orders").write_csv(Path(folder) / "orders.csv")
        print(json.dumps(compared(Path(folder) / "orders.csv")))


if __name__ == "__main__":
    main()
