"""The catalogue's places as a geopy geocoder that works offline; any other geocoder of geopy fits in its stead."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from geopy.distance import geodesic
from geopy.geocoders.base import Geocoder
from geopy.location import Location
from geopy.point import Point

from harvest_planner.catalogue import district_ids, nearest_places, place_ids, place_row, resolve_place
from harvest_planner.errors import AmbiguousPlaceError, UnknownIdError
from harvest_planner.schema.people import Place

REACH_KM = 50.0
"""How far a point may lie from the place that `reverse` answers with [km]: an assumption, twice the usual distance
between the towns of two districts."""


class VietnamGazetteer(Geocoder):  # type: ignore[misc]  # geopy carries no annotations
    """Addresses in Viet Nam → points, at the grain of provinces and district towns, offline.

    It reads the names of the 63 old and 34 new provinces, their seats, the districts of January 2025 and the communes
    of 2024 and 2025; a commune is answered by the town of its district. Nothing is guessed: a name must be equal after
    folding. `docs/reference/places.md` has the rules.

    A location's `raw` holds the place's `id` and its old `province`.

    Examples
    --------
    >>> VietnamGazetteer().geocode("TP.HCM").point.latitude
    10.82302
    >>> VietnamGazetteer().geocode("xã Đức Chánh, huyện Mộ Đức, Quảng Ngãi").address
    'Mộ Đức, Quảng Ngãi, Việt Nam'
    """

    def __init__(self) -> None:
        super().__init__()

    def geocode(self, query: str, *, exactly_one: bool = True, **_: Any) -> Any:
        """The point that a name or an address means, as a geopy Location; None for one unknown, as geopy answers.

        With `exactly_one` false, a list: of an ambiguous name all that it may mean. Further arguments of geopy's
        geocoders, such as a timeout, change nothing.

        Raises
        ------
        AmbiguousPlaceError : it means several places and one was asked for; carries their ids.
        """
        try:
            found = resolve_place(query)
        except AmbiguousPlaceError as error:
            if exactly_one:
                raise
            return [_location(place_id) for place_id in error.candidates]
        if found is None:
            return None
        return _location(found) if exactly_one else [_location(found)]

    def reverse(self, query: Any, *, exactly_one: bool = True, **_: Any) -> Any:
        """The place nearest to a point, as a geopy Location; None where none lies within 50 km.

        Parameters
        ----------
        query : whatever geopy takes for a point, latitude first: (21.03, 105.85), "21.03, 105.85", a Point.
        exactly_one : false for a list of that one.
        """
        here = Point(query)
        # Degrees tell which few may be nearest; the geodesic which one is.
        likely = sorted(_points().items(), key=lambda each: _square_deg(here, each[1]))[:5]
        km, place_id = min((float(geodesic(here, point).km), place_id) for place_id, point in likely)
        if km > REACH_KM:
            return None
        return _location(place_id) if exactly_one else [_location(place_id)]

    def suggest(self, query: str) -> tuple[str, ...]:
        """Ids of the three places whose names are most like the query's, likest first, to ask back with.

        Examples
        --------
        >>> VietnamGazetteer().suggest("Ca Mao")[0]
        'ca-mau'
        """
        return nearest_places(query)


def geocode_places(addresses: Mapping[str, str], *, geocoder: Any = None) -> tuple[Place, ...]:
    """A `Place` record for each address, for `PlanningProblem.places`: here any geocoder of geopy takes its place.

    Parameters
    ----------
    addresses : place id → address; the ids are what orders and lanes then refer to.
    geocoder : an object with geopy's `geocode(query)`, or such a function (a `RateLimiter`); none: `VietnamGazetteer`.

    Raises
    ------
    UnknownIdError : the geocoder does not know an address; carries the gazetteer's three nearest places.
    AmbiguousPlaceError : the gazetteer knows several places for it.

    Examples
    --------
    >>> (door,) = geocode_places({"buyer-17": "xã Đức Chánh, huyện Mộ Đức, Quảng Ngãi"})
    >>> door.id, door.name, door.province, door.latitude_deg
    ('buyer-17', 'xã Đức Chánh, huyện Mộ Đức, Quảng Ngãi', 'Quảng Ngãi', 14.95513)
    """
    chosen = VietnamGazetteer() if geocoder is None else geocoder
    geocode: Any = getattr(chosen, "geocode", chosen)
    return tuple(_place(place_id, address, geocode(address)) for place_id, address in addresses.items())


def _place(place_id: str, address: str, found: Any) -> Place:
    if found is None:
        raise UnknownIdError("place", address, nearest_places(address))
    # Only the gazetteer's own answer is sure to name the province before July 2025.
    ours = found.raw if isinstance(found.raw, Mapping) and found.raw.get("id") in _points() else {}
    return Place(
        id=place_id,
        latitude_deg=found.latitude,
        longitude_deg=found.longitude,
        name=address,
        province=ours.get("province"),
    )


def _location(place_id: str) -> Location:
    row = place_row(place_id)
    address = row["name"] if row["name"] == row["province"] else f"{row['name']}, {row['province']}"
    return Location(f"{address}, Việt Nam", (row["latitude_deg"], row["longitude_deg"], 0.0), row)


@lru_cache(maxsize=1)
def _points() -> dict[str, tuple[float, float]]:
    rows = map(place_row, (*place_ids(), *sorted(district_ids())))
    return {row["id"]: (row["latitude_deg"], row["longitude_deg"]) for row in rows}


def _square_deg(here: Point, point: tuple[float, float]) -> float:
    return float((here.latitude - point[0]) ** 2 + (here.longitude - point[1]) ** 2)
