"""Crops, places, carriers and climate as data files with a source per row, and their loader (stdlib only)."""

from harvest_planner.catalogue.carriers import carrier_rows, closure_rows, corridor_rows
from harvest_planner.catalogue.climate import climate_degc
from harvest_planner.catalogue.crops import crop_ids, crop_row
from harvest_planner.catalogue.holidays import holidays
from harvest_planner.catalogue.names import fold, nearest
from harvest_planner.catalogue.packaging import packaging_ids, packaging_row
from harvest_planner.catalogue.places import (
    district_ids,
    nearest_places,
    place_ids,
    place_row,
    province_id,
    resolve_place,
)

__all__ = [
    "carrier_rows",
    "climate_degc",
    "closure_rows",
    "corridor_rows",
    "crop_ids",
    "crop_row",
    "district_ids",
    "fold",
    "holidays",
    "nearest",
    "nearest_places",
    "packaging_ids",
    "packaging_row",
    "place_ids",
    "place_row",
    "province_id",
    "resolve_place",
]
