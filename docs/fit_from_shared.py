"""Fits ripening to measured fruit with `hp.fit_ripening`: `python docs/fit_from_shared.py [FOLDER]`.

The folder holds `avocado_hass_20c_and_ambient.csv` and `papaya_hue.csv`; none given: `shared/facts` beside the
repository. Prints the tables that docs/explanation/fitting.md states. Needs `harvest-planner[fit]`.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import harvest_planner as hp

FACTS = Path(__file__).resolve().parents[2] / "shared" / "facts"
INDICES = (2, 3, 4, 5)
AMBIENTS_DEGC = (20.5, 21.0, 22.0, 25.0)
"""What the unknown temperature of group Tam may have been: assumptions, to see what hangs on them."""
HALF_HUE_DEG = 93.7
"""Half-way along the course of hue that docs/estimate_from_shared.py finds, 119.1 to 68.3 degrees."""
PAPAYA_DEGC = 20.0
"""An assumption: nobody wrote the papayas' temperature down. At 20 °C a day of the clock is a day."""

Rows = list[dict[str, Any]]


def _table(path: Path) -> list[dict[str, str]]:
    if not path.is_file():
        raise FileNotFoundError(f"measured data not found: {path}; give the folder that holds it")
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def avocado(folder: Path, degc: Mapping[str, float]) -> Rows:
    """The looks at the Hass avocados of these groups, each kept at its temperature [°C]; day 0 is the first look.

    The fruit was bought three days after harvest, which is the catalogue's stage H3.
    """
    return [
        {
            "fruit": f"{row['storage_group']} {row['sample']}",
            "day": int(row["day"]) - 1,
            "temperature": degc[row["storage_group"]],
            "score": int(row["ripening_index"]),
            "stage": "H3",
        }
        for row in _table(folder / "avocado_hass_20c_and_ambient.csv")
        if row["storage_group"] in degc
    ]


def papaya(folder: Path, degc: float) -> Rows:
    """The hue of the papayas by colorimeter, taken to have been kept at one temperature [°C]; hue falls."""
    return [
        {"fruit": row["Fruit"], "day": float(row["Time"]), "temperature": degc, "score": float(row["H_mean"])}
        for row in _table(folder / "papaya_hue.csv")
        if row["Method"] == "Colorimeter"
    ]


def fit_index(folder: Path, index: int) -> hp.RipeningFit:
    """The fit to the 143 Hass at 20 °C that calls an index ripe."""
    return hp.fit_ripening(avocado(folder, {"T20": 20.0}), ripe_at=index)


def fit_both(folder: Path, ambient_degc: float, law: hp.SquareRoot | hp.Arrhenius | None = None) -> hp.RipeningFit:
    """The fit to all 286 Hass, ripe at index 3 and past their best at 5, for an assumed ambient temperature [°C]."""
    rows = avocado(folder, {"T20": 20.0, "Tam": ambient_degc})
    return hp.fit_ripening(rows, "avocado-hass", ripe_at=3, over_at=5, temperature_law=law)


def fit_papaya(folder: Path, degc: float = PAPAYA_DEGC) -> hp.RipeningFit:
    """The fit to 20 Sunrise Solo that calls half the course of hue ripe."""
    return hp.fit_ripening(papaya(folder, degc), ripe_at=HALF_HUE_DEG)


def index_lines(folder: Path) -> Iterator[str]:
    """A line for each index: mean day and spread with their standard errors, and how well the curve holds."""
    yield "| index | mean day at 20 °C | sd | largest misfit | p |"
    yield "|---|---|---|---|---|"
    for index in INDICES:
        fit = fit_index(folder, index)
        yield f"| {index} | {_number(fit, 'ready_at_d20')} | {_number(fit, 'sd_d20')} | {_goodness(fit)} |"


def ambient_lines(folder: Path) -> Iterator[str]:
    """A line for each temperature that group Tam may have had."""
    yield "| assumed ambient | ready_at_d20 | window_d20 | sd_d20 | tmin_degc |"
    yield "|---|---|---|---|---|"
    for degc in AMBIENTS_DEGC:
        fit = fit_both(folder, degc)
        numbers = [_number(fit, name) for name in ("ready_at_d20", "window_d20", "sd_d20")]
        told = "tmin_degc" in fit.parameters
        law = _number(fit, "tmin_degc", digits=0) if told else "at the end of what it may be"
        yield f"| {degc:g} °C | {' | '.join(numbers)} | {law} |"


def papaya_lines(folder: Path) -> Iterator[str]:
    """The days to half the course of hue."""
    fit = fit_papaya(folder)
    yield f"half hue after {_number(fit, 'ready_at_d20')} d, sd {_number(fit, 'sd_d20')} d, {fit.fruit} fruit"


def _number(fit: hp.RipeningFit, name: str, digits: int = 2) -> str:
    return f"{fit.parameters[name]:.{digits}f} ± {fit.standard_errors[name]:.{digits}f}".replace("-", "−")


def _goodness(fit: hp.RipeningFit) -> str:
    misfit, p = fit.goodness.largest_misfit, fit.goodness.p_value
    chance = "–" if p is None else "below 0.0001" if p < 1e-4 else f"{p:.4f}"
    return f"{'–' if misfit is None else format(misfit, '.2f')} | {chance}"


def main(folder: Path) -> None:
    """Print all of it, and each fit's warnings once."""
    print(*index_lines(folder), "", *ambient_lines(folder), "", *papaya_lines(folder), sep="\n")
    fits = {
        "index 3": fit_index(folder, 3),
        **{f"ambient {degc:g} °C": fit_both(folder, degc) for degc in AMBIENTS_DEGC},
        "papaya": fit_papaya(folder),
    }
    for name, fit in fits.items():
        print("", f"{name}:", *(f"  {warning}" for warning in fit.warnings), sep="\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else FACTS)
