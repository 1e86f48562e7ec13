"""The catalogue's places as a geopy geocoder that works offline; any other geocoder of geopy fits in its stead."""

from __future__ import annotations

from typing import Any

from geopy.geocoders.base import Geocoder
from geopy.location import Location

from harvest_planner.catalogue import place_row, resolve_place


class VietnamGazetteer(Geocoder):  # type: ignore[misc]  # geopy carries no annotations
    """Names of the 63 old and 34 new provinces of Viet Nam, their seats and a few towns → points.

    Examples
    --------
    >>> VietnamGazetteer().geocode("TP.HCM").point.latitude
    10.82302
    """

    def __init__(self) -> None:
        super().__init__()

    def geocode(self, query: str, *, exactly_one: bool = True, **_: Any) -> Any:
        """The point that a name or an address means, as a geopy Location; None for one unknown, as geopy answers.

        With `exactly_one` false, a list of that one. Further arguments of geopy's geocoders, such as a timeout, change
        nothing.

        Raises
        ------
        AmbiguousPlaceError : it means several places; carries their ids.
        """
        found = resolve_place(query)
        if found is None:
            return None
        row = place_row(found)
        address = row["name"] if row["name"] == row["province"] else f"{row['name']}, {row['province']}"
        location = Location(f"{address}, Việt Nam", (row["latitude_deg"], row["longitude_deg"], 0.0), row)
        return location if exactly_one else [location]
