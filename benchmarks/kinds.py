"""How long 20,000 kinds of a user's own take to load: `python benchmarks/kinds.py [KINDS]`.

A market's `crops.toml` names thousands of kinds that ripen like a few. Half of those made here are like a crop of the
catalogue; the others are like the kind before them, in families of ten, with a window of their own.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import harvest_planner as hp
from harvest_planner.planning.curves import curve_of

MODELS = ("leafy-greens", "na-chi-lang", "tomato", "litchi")
FAMILY = 10


def kinds(number: int) -> Iterator[dict[str, object]]:
    """Rows of `crops.toml`: every even kind is like the catalogue, every odd one like the odd one before it."""
    for i in range(number):
        row: dict[str, object] = {"id": f"kind-{i}", "name": f"Kind {i}", "name_vi": f"Loại {i}"}
        if i % 2 == 0 or i % (2 * FAMILY) == 1:
            yield {**row, "like": MODELS[i // 2 % len(MODELS)], "fruit_per_kg": 1 + i % 30}
        else:
            yield {**row, "like": f"kind-{i - 2}"}


def write_folder(folder: Path, number: int) -> None:
    """A problem folder with that many kinds and nothing to plan."""
    tables = [
        "\n".join(["[[crops]]", *(f"{key} = {_toml(value)}" for key, value in row.items())]) for row in kinds(number)
    ]
    (folder / "problem.toml").write_text("as_of = 2026-08-10T18:00:00+07:00\n", encoding="utf-8")
    (folder / "crops.toml").write_text("\n\n".join(tables) + "\n", encoding="utf-8")
    (folder / "growers.csv").write_text("id\ng1\n", encoding="utf-8")
    (folder / "batches.csv").write_text(
        "id,grower_id,crop_id,place_id,quantity_kg,stage_id,observed_on\nb1,g1,kind-0,lang-son,10,L1,2026-08-10\n",
        encoding="utf-8",
    )
    (folder / "orders.csv").write_text(
        "id,crop_id,quantity_kg,destination_id,deliver_until_at,price_vnd_per_kg\n"
        "o1,kind-0,5,ha-noi,2026-08-13T18:00:00+07:00,30000\n",
        encoding="utf-8",
    )


def _toml(value: object) -> str:
    return f'"{value}"' if isinstance(value, str) else str(value)


def main(number: int) -> None:
    """Load the folder and print what it took."""
    with tempfile.TemporaryDirectory() as name:
        write_folder(Path(name), number)
        start = time.perf_counter()
        problem = hp.load_problem(name)
        loaded = time.perf_counter()
        curves = {id(curve_of(crop)) for crop in problem.crops}
        shared = time.perf_counter()
    print(f"{len(problem.crops)} kinds loaded in {loaded - start:.1f} s")
    print(f"they share {len(curves)} curves, looked up in {shared - loaded:.1f} s")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000)
