"""Box labels on sheets to print: the lot as text and QR code, when it was picked, when it is good to eat."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from harvest_planner.errors import MissingExtraError
from harvest_planner.formats.atomic import write_folder
from harvest_planner.formats.names import LocalText, clean, crop_name, place_name
from harvest_planner.formats.pages import page_template
from harvest_planner.formats.words import words
from harvest_planner.schema.lot import lot_code
from harvest_planner.schema.plan import HarvestPlan, Shipment
from harvest_planner.schema.problem import PlanningProblem

if TYPE_CHECKING:
    pass

GENERATOR = "harvest-planner box labels"
"""What every sheet calls its maker, in its head."""
_PLAIN = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_DIGEST_LETTERS = 16


@dataclass(frozen=True)
class _Label:
    """What stands on one box."""

    lot: str
    qr_svg: str
    crop: LocalText
    picked_on: dt.date
    eat_from_on: dt.date
    eat_until_on: dt.date
    place: str
    order: str
    kg: float


def box_labels(plan: HarvestPlan, problem: PlanningProblem, *, language: str = "vi") -> Iterator[tuple[str, str]]:
    """A sheet of labels for each day and place of packing, a label for each parcel that has not left yet.

    Parameters
    ----------
    plan : the answer.
    problem : the question it answers; of buyers a label tells no more than place and order id.
    language : of the labels.

    Yields
    ------
    A file name that is safe in any folder, and the HTML; by day and place.

    Raises
    ------
    MissingExtraError : segno or jinja2 is not installed (extra `labels`).
    ValueError : there is no such language.
    """
    spoken = words(language)
    template = page_template("box_labels.html.j2", extra="labels", needed_for="a box label")
    for (pick_on, place_id), shipments in sorted(_by_sheet(plan, problem).items()):
        html = template.render(
            say=spoken.say,
            language=language,
            generator=GENERATOR,
            pick_on=pick_on,
            place=place_name(problem, place_id),
            labels=[_label(shipment, problem) for shipment in sorted(shipments, key=_place_on_sheet)],
        )
        yield _file_name(pick_on, place_id), html


def write_labels(
    plan: HarvestPlan, problem: PlanningProblem, folder: str | Path, *, language: str = "vi"
) -> tuple[Path, ...]:
    """Write the sheets of `box_labels` to a folder: all of them, or none. Other files there are left alone.

    Raises
    ------
    MissingExtraError : segno or jinja2 is not installed (extra `labels`).
    ValueError : there is no such language.
    OSError : it cannot be written; the folder is then as it was before.
    """
    return tuple(write_folder(folder, dict(box_labels(plan, problem, language=language))))


def _by_sheet(plan: HarvestPlan, problem: PlanningProblem) -> dict[tuple[dt.date, str], list[Shipment]]:
    found: dict[tuple[dt.date, str], list[Shipment]] = defaultdict(list)
    for shipment in plan.shipments:
        if not shipment.legs or shipment.legs[0].departs_at >= problem.as_of:
            found[shipment.pick_on, problem.batch(shipment.batch_id).place_id].append(shipment)
    return found


def _place_on_sheet(shipment: Shipment) -> tuple[str, str, float]:
    return shipment.batch_id, shipment.order_id, shipment.kg


def _label(shipment: Shipment, problem: PlanningProblem) -> _Label:
    lot = lot_code(shipment.batch_id, shipment.pick_on)
    return _Label(
        lot=lot,
        qr_svg=_qr_svg(lot),
        crop=crop_name(problem, problem.batch(shipment.batch_id).crop_id),
        picked_on=shipment.pick_on,
        eat_from_on=shipment.eat_from_on,
        eat_until_on=shipment.eat_until_on,
        place=place_name(problem, problem.order(shipment.order_id).destination_id),
        order=clean(shipment.order_id),
        kg=shipment.kg,
    )


@lru_cache(maxsize=4096)
def _qr_svg(text: str) -> str:
    """The QR code as SVG; a quarter of it may be soiled (level Q) and it still reads."""
    try:
        import segno
    except ImportError:
        raise MissingExtraError("segno", extra="labels", needed_for="a box label") from None
    # A code of letters and digits alone would fit a Micro QR code, which few phones read.
    return str(segno.make_qr(text, error="q").svg_inline(border=4, omitsize=True, svgclass="qr", lineclass=None))


def _file_name(pick_on: dt.date, place_id: str) -> str:
    """Never two alike: an id in other than small letters, digits and hyphens gives letters of its SHA-256."""
    if _PLAIN.fullmatch(place_id):
        return f"{pick_on}-{place_id}.html"
    digest = base64.b32encode(hashlib.sha256(place_id.encode("utf-8", "surrogatepass")).digest())
    return f"{pick_on}.{digest[:_DIGEST_LETTERS].decode('ascii')}.html"
