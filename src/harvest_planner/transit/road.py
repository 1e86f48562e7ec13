"""Road distance: along national road 1A, joined by geodesics, because a flat detour factor loses 450 km to Cà Mau."""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise
from typing import Any

from harvest_planner.catalogue import corridor_rows
from harvest_planner.schema.people import Place
from harvest_planner.schema.problem import catalogue_place

DETOUR = 1.3
"""Road over geodesic off the corridor: an assumption."""
NEAR_KM = 300.0
"""By air, the farthest that geodesic × 1.3 is trusted: to join the road, or to go direct. An assumption; a longer join
would be the flat detour again, 1,790 km from Chi Lăng to Cà Mau."""
_AT_NODE_KM = 1.0
"""A place this near to a town of the corridor lies on it."""

_Point = tuple[float, float]


def road_km(origin: Place | str, destination: Place | str) -> float:
    """Road distance between two places [km], an estimate off national road 1A.

    Both on the road: its kilometre posts. Else each place off it joins once, by geodesic × 1.3 (assumption), at
    whichever town under 300 km away by air makes the whole way shortest (none so near: at the nearest); places under
    300 km apart by air may also go direct, by geodesic × 1.3.

    Parameters
    ----------
    origin, destination : places, or their ids or names in the catalogue.

    Raises
    ------
    UnknownIdError : the catalogue does not know the place.
    AmbiguousPlaceError : the name means several places.

    Examples
    --------
    >>> road_km("lang-son", "ca-mau")
    2220.0
    """
    start, end = _point(origin), _point(destination)
    if start == end:
        return 0.0
    # One order for both directions, so that there and back are the same to the last digit.
    return _road_km(*sorted((start, end)))


def _point(place: Place | str) -> _Point:
    found = catalogue_place(place) if isinstance(place, str) else place
    return found.latitude_deg, found.longitude_deg


@lru_cache(maxsize=65536)
def _road_km(start: _Point, end: _Point) -> float:
    along = _corridor_km()
    joins, leaves = _joins(start), _joins(end)
    on_road = joins[0][1] == leaves[0][1] == 0.0
    shortest = min(join_km + along[entry][exit_] + leave_km for entry, join_km in joins for exit_, leave_km in leaves)
    air_km = _air_km(start, end)
    if on_road or air_km >= NEAR_KM:
        return shortest
    return min(shortest, DETOUR * air_km)


@lru_cache(maxsize=4096)
def _joins(point: _Point) -> tuple[tuple[str, float], ...]:
    """Where a point may join the corridor: (town, road km to it); a point on it only where it lies."""
    by_air = {
        str(row["place_id"]): _air_km(point, (row["latitude_deg"], row["longitude_deg"])) for row in corridor_rows()
    }
    nearest = min(by_air, key=lambda place_id: by_air[place_id])
    if by_air[nearest] < _AT_NODE_KM:
        return ((nearest, 0.0),)
    reach_km = max(NEAR_KM, by_air[nearest])
    return tuple((place_id, DETOUR * km) for place_id, km in by_air.items() if km <= reach_km)


def _air_km(start: _Point, end: _Point) -> float:
    from geopy.distance import geodesic

    return float(geodesic(start, end).km)


@lru_cache(maxsize=1)
def _corridor_km() -> dict[str, dict[str, float]]:
    import networkx as nx

    road: Any = nx.Graph()
    rows = corridor_rows()
    for north, south in pairwise(rows):
        road.add_edge(north["place_id"], south["place_id"], km=south["leg_road_km"])
    return dict(nx.all_pairs_dijkstra_path_length(road, weight="km"))
