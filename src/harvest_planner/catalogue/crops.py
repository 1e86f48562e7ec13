"""The crops of the catalogue: one TOML file each, every number with its source or the word assumption."""

from __future__ import annotations

import copy
import tomllib
from functools import cache, lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from harvest_planner.catalogue.names import nearest
from harvest_planner.errors import UnknownIdError

_SUFFIX = ".toml"


def _folder() -> Traversable:
    return files("harvest_planner.catalogue").joinpath("data", "crops")


@lru_cache(maxsize=1)
def crop_ids() -> tuple[str, ...]:
    """Ids of the crops, sorted."""
    names = (entry.name for entry in _folder().iterdir())
    return tuple(sorted(name.removesuffix(_SUFFIX) for name in names if name.endswith(_SUFFIX)))


def crop_row(crop_id: str) -> dict[str, Any]:
    """One crop as a plain mapping, as `schema.crop.Crop.model_validate` takes it; the caller's own copy.

    Raises
    ------
    UnknownIdError : no crop of that id; carries the nearest ids.
    """
    if crop_id not in crop_ids():
        raise UnknownIdError("crop", crop_id, nearest(crop_id, crop_ids()), known=crop_ids())
    return copy.deepcopy(_read(crop_id))


@cache
def _read(crop_id: str) -> dict[str, Any]:
    text = _folder().joinpath(crop_id + _SUFFIX).read_text(encoding="utf-8")
    return {"id": crop_id, **tomllib.loads(text)}
