"""Fits measured avocado and papaya with `hp.fit_ripening`: `python docs/fit_from_shared.py [FOLDER]`.

The folder holds `avocado_hass_20c_and_ambient.csv` and `papaya_hue.csv`; none given: `shared/facts` beside the
repository. Needs the extra `fit`. Prints what docs/explanation/fitting.md says.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import harvest_planner as hp

FACTS = Path(__file__).resolve().parents[2] / "shared" / "facts"
AMBIENT_DEGC = 22.0
"""The group at ambient was not measured; what is fitted with it only shows what such data can tell."""
PAPAYA_DEGC = 25.0
"""The temperature of the papayas was not written down."""


def looks_at_avocado(folder: Path, *, ambient_degc: float | None = None) -> list[dict[str, Any]]:
    """One row for each look at a Hass: the group at 20 °C, and with a temperature for it the group at ambient."""
    kept_at = {"T20": 20.0} | ({} if ambient_degc is None else {"Tam": ambient_degc})
    return [
        {
            "fruit": f"{row['storage_group']}-{row['sample']}",
            "day": int(row["day"]) - 1,
            "temperature": kept_at[row["storage_group"]],
            "score": int(row["ripening_index"]),
        }
        for row in _table(folder / "avocado_hass_20c_and_ambient.csv")
        if row["storage_group"] in kept_at
    ]


def looks_at_papaya(folder: Path, *, method: str) -> list[dict[str, Any]]:
    """One row for each look at a Sunrise Solo by colorimeter or scanner: hue falls as it ripens."""
    return [
        {"fruit": row["Fruit"], "day": float(row["Time"]), "temperature": PAPAYA_DEGC, "score": float(row["H_mean"])}
        for row in _table(folder / "papaya_hue.csv")
        if row["Method"] == method
    ]


def avocado_by_index(folder: Path) -> dict[int, hp.RipeningFit]:
    """A fit for each ripening index of the 143 Hass at 20 °C, 'ripe' being that index."""
    looks = looks_at_avocado(folder)
    return {index: hp.fit_ripening(looks, ripe_at=index) for index in (2, 3, 4, 5)}


def _table(path: Path) -> Iterable[dict[str, str]]:
    if not path.is_file():
        raise FileNotFoundError(f"measured data not found: {path}; give the folder that holds it")
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def main() -> None:
    """Print every fit."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else FACTS
    for index, fit in avocado_by_index(folder).items():
        mean, sd = fit.parameters["ready_at_d20"], fit.parameters["sd_d20"]
        errors = fit.standard_errors
        print(f"Hass at 20 °C, index {index}: day {mean:.2f} ± {errors['ready_at_d20']:.2f},", end=" ")
        print(f"sd {sd:.2f} ± {errors['sd_d20']:.2f} ({fit.fruit} fruit)")
    looks = looks_at_avocado(folder, ambient_degc=AMBIENT_DEGC)
    print(f"both groups, ambient taken for {AMBIENT_DEGC:g} °C:")
    print(hp.fit_ripening(looks, "avocado-hass", ripe_at=3, over_at=5))
    for method in ("Colorimeter", "Scanner"):
        print(f"papaya by {method.lower()}, hue below 95:")
        print(hp.fit_ripening(looks_at_papaya(folder, method=method), "papaya", ripe_at=95))


if __name__ == "__main__":
    main()
