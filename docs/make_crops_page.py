"""Writes docs/reference/crops.md from the catalogue: `python -m docs.make_crops_page`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from docs.expected_error import REPORTS, summary
from harvest_planner.catalogue import crop_ids
from harvest_planner.planning.curves import curve_of
from harvest_planner.ripening.window import share_between, window_bounds
from harvest_planner.schema.crop import Arrhenius, ChillingDose, Crop, SquareRoot
from harvest_planner.schema.problem import catalogue_crop

PAGE = Path(__file__).resolve().parent / "reference" / "crops.md"
ROOMS_DEGC = (20.0, 28.0)
SORTED_SD_D20 = 0.8
HEAD = """\
# The crops of the catalogue

Made by `python -m docs.make_crops_page` from the data files, which hold the same numbers and sources. How the clock
works and where it fails stands in [how fruit ripens](../explanation/how_fruit_ripens.md).

## What can be promised

- **sourced / assumed**: how many of the crop's numbers rest on a source alone, and how many say `assumption` anywhere
  in their source. Numbers that are 0 by definition are not counted.
- **best share**: the highest expected share of good fruit that any day of picking can give, for a buyer who wants it
  ripe within two days and good for one day more, in a room at that temperature, when the journey takes exactly the
  hours it should. Uncertain journeys only take away from it. It follows from the window and the spread of the crop
  alone, and both are assumed for most crops.
- **sorted to 0.8**: the same if fruit were sorted so well that the spread of its age is 0.8 d20; – where it is no
  wider already.
- Shares in (brackets) rest on a room outside the range in which the law was measured.
- **on the way**: for produce that is good when picked, which no choice of the day can make riper or greener, the days
  at 20 °C that it may take from picking to delivery before the share falls below 0.90; for cooked food, what its safety
  cap leaves of them. – where fruit ripens after picking: there the stage is chosen to fit the journey.
- Cooked food: all shares hold inside the safety cap only, which at ambient is two hours from the oven to the buyer.
"""
COLUMNS = (
    "crop",
    "range °C",
    "sourced / assumed",
    "best share, 20 °C",
    "sorted to 0.8",
    "best share, 28 °C",
    "sorted to 0.8",
    "on the way, d",
)


def best_share(crop: Crop, *, room_degc: float, sd_d20: float | None = None) -> float:
    """The highest share of good fruit over all ages at delivery that fruit of the crop can have.

    The wish is ripe within (0, 2) days and good for 1 day; the spread is that of the reference stage unless given.
    """
    lower, upper = window_bounds(curve_of(crop), ripe_within_days=(0.0, 2.0), keeps_days=1.0, room_degc=room_degc)
    youngest = min(stage.age_d20 for stage in crop.stages)
    spread = crop.stage().sd_d20 if sd_d20 is None else sd_d20
    return share_between(max(youngest, 0.5 * (lower + upper)), spread, lower, upper)


def days_on_the_way(crop: Crop, *, share: float = 0.9) -> float | None:
    """Days at 20 °C on the way until the share falls to that; None for fruit that ripens after picking."""
    if crop.ready_at_d20 > 0.0:
        return None
    curve = curve_of(crop)
    lower, upper = window_bounds(curve, ripe_within_days=(0.0, 2.0), keeps_days=1.0, room_degc=20.0)
    start, spread = crop.stage().age_d20, crop.stage().sd_d20
    low, high = 0.0, max(0.0, upper - start)
    while high - low > 1e-9:
        middle = 0.5 * (low + high)
        low, high = (middle, high) if share_between(start + middle, spread, lower, upper) >= share else (low, middle)
    safe = curve.safety_rate(20.0)
    return min(low, 1.0 / safe) if safe > 0.0 else low


def counts(crop: Crop) -> tuple[int, int]:
    """How many of the crop's numbers rest on a source alone, and how many on an assumption."""
    texts = [text for text in crop.sources.values() if "by definition" not in text]
    assumed = sum("assumption" in text for text in texts)
    return len(texts) - assumed, assumed


def _shares(crop: Crop, room_degc: float) -> list[str]:
    low, high = crop.calibrated_degc or ROOMS_DEGC
    mark = "{:.2f}" if low <= room_degc <= high else "({:.2f})"
    wider = crop.stage().sd_d20 > SORTED_SD_D20
    better = mark.format(best_share(crop, room_degc=room_degc, sd_d20=SORTED_SD_D20)) if wider else "–"
    return [mark.format(best_share(crop, room_degc=room_degc)), better]


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _summary_table(crops: list[Crop]) -> Iterator[str]:
    yield _row(list(COLUMNS))
    yield _row(["---"] * len(COLUMNS))
    for crop in crops:
        sourced, assumed = counts(crop)
        shares = [cell for room in ROOMS_DEGC for cell in _shares(crop, room)]
        way = days_on_the_way(crop)
        days = "–" if way is None else f"{way:.2g}"
        yield _row([f"[`{crop.id}`](#{crop.id})", _range(crop), f"{sourced} / {assumed}", *shares, days])


def _range(crop: Crop) -> str:
    return "–" if crop.calibrated_degc is None else "{:g} to {:g}".format(*crop.calibrated_degc)


def _reports() -> Iterator[str]:
    yield "\n## Against reports that did not go into it\n"
    yield summary() + " Days by `python docs/expected_error.py`.\n"
    yield _row(["crop", "report", "°C", "reported d", "said d", "ratio"])
    yield _row(["---"] * 6)
    for report in REPORTS:
        numbers = f"{report.temperature_degc:g}", f"{report.days:g}", f"{report.said_days:.1f}", f"{report.ratio:.2f}"
        yield _row([f"`{report.crop_id}`", report.what, *numbers])


def _law(crop: Crop) -> str:
    law = crop.temperature_law
    if isinstance(law, SquareRoot):
        return f"square root, Tmin {law.tmin_degc:g} °C"
    if isinstance(law, Arrhenius):
        return f"Arrhenius, Ea {law.ea_kj_per_mol:g} kJ/mol"
    return "rates " + ", ".join(f"{rate:.3g} at {degc:g} °C" for degc, rate in law.points)


def _limits(crop: Crop) -> Iterator[str]:
    yield f"clock: {_law(crop)}; measured from {_range(crop)} °C"
    if crop.stops_below_degc is not None:
        yield f"stands still at {crop.stops_below_degc:g} °C and below"
    if isinstance(crop.chilling, ChillingDose):
        yield f"chilling: {crop.chilling.limit_degc_days:g} °C·d below {crop.chilling.below_degc:g} °C"
    elif crop.chilling is not None:
        yield "chilling: " + ", ".join(f"{days:g} d at {degc:g} °C" for degc, days in crop.chilling.points)
    if crop.treatment is not None:
        yield f"first: {crop.treatment.name}, {crop.treatment.duration_h:g} h"
    if crop.safety_cap is not None:
        yield "safety cap: " + ", ".join(
            f"{hours:g} h" + ("" if degc is None else f" to {degc:g} °C") for degc, hours in crop.safety_cap.limits
        )


def _section(crop: Crop) -> Iterator[str]:
    yield f"\n## {crop.id}\n"
    opens, closes = crop.ready_at_d20, crop.ready_at_d20 + crop.window_d20
    yield f"{crop.name} ({crop.name_vi}), {crop.kind}. Good from {opens:.4g} to {closes:.4g} d20.\n"
    yield from (f"- {limit}" for limit in _limits(crop))
    yield "\n" + _row(["stage", "age d20", "sd, common", "looks", "nhìn thấy"])
    yield _row(["---"] * 5)
    for stage in crop.stages:
        spread = f"{stage.sd_d20:.2g}, {stage.batch_sd_d20:.2g}"
        words = [f"{stage.name}: {stage.looks}", f"{stage.name_vi}: {stage.looks_vi}"]
        yield _row([stage.id, f"{stage.age_d20:.3g}", spread, *words])
    yield "\nIt rests on\n"
    yield from (f"- `{field}`: {text}" for field, text in crop.sources.items())


def render() -> str:
    """The whole page."""
    crops = [catalogue_crop(crop_id) for crop_id in crop_ids()]
    sections = [line for crop in crops for line in _section(crop)]
    return "\n".join([HEAD, *_summary_table(crops), *_reports(), *sections]) + "\n"


if __name__ == "__main__":
    PAGE.write_text(render(), encoding="utf-8")
    print(f"wrote {PAGE}")
