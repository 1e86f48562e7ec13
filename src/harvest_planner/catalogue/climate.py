"""Monthly air temperature of the few places for which a source was found."""

from __future__ import annotations

from functools import lru_cache

from harvest_planner.catalogue.places import district_ids, province_id
from harvest_planner.catalogue.tables import number, table


def climate_degc(place_id: str, month: int) -> float | None:
    """Mean air temperature of a place in a month [°C]; None where no source was found.

    The daily mean where the source gives one, else the middle of mean maximum and mean minimum. A district takes that
    of its province's seat.

    Parameters
    ----------
    place_id : id of a catalogue place.
    month : 1 to 12.

    Raises
    ------
    ValueError : no such month.

    Examples
    --------
    >>> climate_degc("ho-chi-minh", 8), climate_degc("cao-bang", 8), climate_degc("ca-mau", 8)
    (28.1, 27.5, None)
    """
    if not 1 <= month <= 12:
        raise ValueError(f"month {month} is not a month of the year; give 1 to 12")
    found = _monthly().get((place_id, month))
    if found is None and place_id in district_ids():
        return _monthly().get((province_id(place_id), month))
    return found


@lru_cache(maxsize=1)
def _monthly() -> dict[tuple[str, int], float]:
    return {(row["place_id"], int(row["month"])): _mean(row) for row in table("climate")}


def _mean(row: dict[str, str]) -> float:
    mean = number(row["mean_degc"])
    return mean if mean is not None else (float(row["max_degc"]) + float(row["min_degc"])) / 2.0
