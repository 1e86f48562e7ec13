"""Where an order goes: the province of an address, settled by its district where that has several meanings."""

from __future__ import annotations

from functools import lru_cache

from harvest_planner.catalogue import fold, place_row, province_id, resolve_place
from harvest_planner.errors import AmbiguousPlaceError
from harvest_planner.formats.orders_in.column_map import ColumnMap
from harvest_planner.formats.orders_in.products import AskError

_COUNTRY = frozenset({"viet nam", "vietnam", "vn"})
_REMEDY = "write it in the map under [places] with the id of one"


class Addresses:
    """The places of one import; each is looked up once."""

    def __init__(self, column_map: ColumnMap) -> None:
        self._own = column_map.places
        self._fold = lru_cache(maxsize=65536)(fold)
        self._ends = lru_cache(maxsize=65536)(self._same_province)
        self._levels = lru_cache(maxsize=65536)(self._of_levels)

    def place_id(self, address: str, ward: str, district: str, province: str) -> str:
        """The id of the destination: a province, at whose grain carriers run, or what the map names.

        Raises
        ------
        AskError : the place is unknown, ambiguous, or the address ends in another province; carries no street.
        """
        parts = [part for part in map(str.strip, address.split(",")) if part]
        if parts and self._fold(parts[-1]) in _COUNTRY:
            parts.pop()
        if province:
            try:
                found = self._levels(ward, district, province)
            except AskError:
                named = _settled(", ".join((*parts, province)))
                if named is None:
                    raise
                found = named
            if len(parts) > 1:
                self._ends(found, province, parts[-1])
            return found
        # Without columns of its own the province is the last part of the address, the district before it.
        last, before, third = (*reversed(parts[-3:]), "", "", "")[:3]
        if not last:
            raise AskError("place", "", "a province, or an address whose last part is one")
        try:
            return self._levels(third, before, last)
        except AskError as error:  # what stands before the province may be a street, which is nobody's business
            raise AskError("place", last, str(error), error.candidates) from None

    def _of_levels(self, ward: str, district: str, province: str) -> str:
        texts = [", ".join(filter(None, levels)) for levels in ((ward, district, province), (district, province))]
        for text in (*texts, province):
            if fold(text) in self._own:
                return self._own[fold(text)]
        for text in texts:
            try:
                found = resolve_place(text)
            except AmbiguousPlaceError as error:
                expected = f"one place; this may be {', '.join(error.candidates)}: {_REMEDY}"
                raise AskError("place", _shown(district, province), expected, error.candidates) from None
            if found is not None:
                return province_id(found)
        raise AskError("place", _shown(district, province), f"a place that the gazetteer knows: {_REMEDY}")

    def _same_province(self, found: str, province: str, last: str) -> None:
        """The address must not end in another province than the column of provinces names."""
        if fold(last) == fold(province):
            return
        try:
            named = resolve_place(last)
        except AmbiguousPlaceError as error:
            named = found if found in error.candidates else error.candidates[0]
        if named is not None and _province_of(named) != _province_of(found):
            expected = f"one province; the address ends in {place_row(named)['name']!r}: correct the row"
            raise AskError("place", province, expected, (found, named))


def _settled(whole: str) -> str | None:
    """The place of an address whose town says which of several is meant."""
    try:
        found = resolve_place(whole)
    except AmbiguousPlaceError:
        return None
    return None if found is None else province_id(found)


def _shown(district: str, province: str) -> str:
    return ", ".join(filter(None, (district, province)))


@lru_cache(maxsize=4096)
def _province_of(place_id: str) -> str:
    try:
        return str(place_row(place_id)["province"])
    except LookupError:  # a place of the problem's own
        return place_id
