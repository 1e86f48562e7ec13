"""A problem as a folder: problem.toml, a CSV file for each table, crops.toml."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from harvest_planner import catalogue
from harvest_planner.errors import Fault, ProblemFileError
from harvest_planner.formats.drafts import TABLES, Draft, take_head, take_rows
from harvest_planner.formats.rows import Row, unknown_field
from harvest_planner.formats.tables import read_table, table_text
from harvest_planner.formats.texts import glimpse, read_text, shown
from harvest_planner.formats.toml_text import line_of, toml_document, toml_lines, toml_value
from harvest_planner.formats.versions import upgraded
from harvest_planner.schema.crop import Crop
from harvest_planner.schema.policy import Policy
from harvest_planner.schema.problem import PROBLEM_FORMAT, PlanningProblem, catalogue_crop
from harvest_planner.schema.quantities import Record

HEAD = "problem.toml"
CROPS = "crops.toml"
NEEDED = ("orders", "batches", "growers")
FILES = (HEAD, *(f"{table}.csv" for table in TABLES), CROPS)
_OWN_OF_CROP = ("id", "like", "name", "name_vi")


def folder_draft(folder: Path) -> Draft:
    """What the files of a folder hold; what is wrong with a file is noted and the next one read."""
    draft = Draft(clock=Row(HEAD, {}, spoilt=frozenset({"as_of"})), policy=Row(HEAD, {}), order=FILES)
    present = {entry.name for entry in folder.iterdir()}
    _take_head(draft, folder)
    for table, model in TABLES.items():
        name = f"{table}.csv"
        if table in NEEDED or name in present:
            _take_table(draft, folder / name, table, model)
    if CROPS in present:
        _take_crops(draft, folder)
    draft.faults.extend(_misnamed(present))
    return draft


def _take_head(draft: Draft, folder: Path) -> None:
    try:
        text, document = _toml(folder, HEAD)
        document = upgraded(document, current=PROBLEM_FORMAT, name=HEAD)
    except ProblemFileError as error:
        draft.faults.extend(error.faults)
        return
    known = ["as_of", "policy", "format"]
    for key in document:
        if key not in known:
            fault = Fault(
                HEAD,
                line_of(text, (key,)),
                shown(key),
                shown(document[key]),
                unknown_field(key, [*known, *Policy.model_fields]),
            )
            draft.faults.append(fault)
    take_head(draft, document, file=HEAD, text=text)


def _take_table(draft: Draft, path: Path, table: str, model: type[Record]) -> None:
    try:
        found = read_table(read_text(path, path.name), path.name, model)
    except ProblemFileError as error:
        draft.faults.extend(error.faults)
        draft.blind[table] = glimpse(path)
        return
    draft.rows[table] = found.rows
    draft.faults.extend(found.faults)
    if not found.whole:
        draft.blind[table] = glimpse(path)


def _take_crops(draft: Draft, folder: Path) -> None:
    try:
        text, document = _toml(folder, CROPS)
    except ProblemFileError as error:
        draft.faults.extend(error.faults)
        draft.blind["crops"] = glimpse(folder / CROPS)
        return
    for key in document:
        if key != "crops":
            fault = Fault(
                CROPS, line_of(text, (key,)), shown(key), shown(document[key]), "nothing but tables [[crops]]"
            )
            draft.faults.append(fault)
    take_rows(draft, "crops", document.get("crops", []), file=CROPS, text=text)


def _toml(folder: Path, name: str) -> tuple[str, dict[str, Any]]:
    text = read_text(folder / name, name)
    return text, {key: _given(value) for key, value in toml_document(text, name).items()}


def _given(value: Any) -> Any:
    """As in a cell of a table, an empty text means that nothing is given."""
    if isinstance(value, Mapping):
        return {key: _given(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_given(item) for item in value]
    return None if value == "" else value


def _misnamed(present: set[str]) -> list[Fault]:
    """Tables that would be left out because their file's name is misspelt."""
    absent = [name for name in FILES if name not in present]
    strangers = [name for name in sorted(present - {*FILES}) if name.lower().endswith((".csv", ".toml"))]
    meant = {name: [near for near in catalogue.nearest(name, absent, 1) if _alike(name, near)] for name in strangers}
    return [
        Fault(name, 0, "", "", f"the name {near[0]!r}, if that is what it holds")
        for name, near in meant.items()
        if near
    ]


def _alike(name: str, known: str) -> bool:
    stem, meant = (text.rpartition(".")[0].lower() for text in (name, known))
    return (
        stem in (meant, meant.removesuffix("s"), f"{meant}s", meant.removesuffix("es"))
        or stem.replace("_", "") == meant
    )


def folder_texts(problem: PlanningProblem) -> dict[str, str]:
    """The files of a folder that hold the problem, by name: what was given, without what is at its default.

    Raises
    ------
    ValueError : a text cannot stand in a file of the folder; names it and the remedy.
    """
    texts = {HEAD: _head_text(problem)}
    for table, model in TABLES.items():
        records = getattr(problem, table)
        if records or table in NEEDED:
            texts[f"{table}.csv"] = table_text(records, model)
    if problem.crops:
        rows = crop_rows(problem)
        texts[CROPS] = "\n".join("\n".join(["[[crops]]", *toml_lines(row), ""]) for row in rows)
    return texts


def _head_text(problem: PlanningProblem) -> str:
    lines = [f"as_of = {toml_value(problem.as_of)}"]
    policy = problem.policy.model_dump(exclude_defaults=True)
    if policy:
        lines += ["", "[policy]", *toml_lines(policy)]
    return "\n".join([*lines, ""])


def crop_rows(problem: PlanningProblem) -> list[dict[str, Any]]:
    """The crops as plain rows that read as the same crops."""
    own = {crop.id for crop in problem.crops}
    return [_crop_row(crop, own) for crop in problem.crops]


def _crop_row(crop: Crop, own: set[str]) -> dict[str, Any]:
    """What the crop says beyond the defaults, or beyond the crop of the catalogue that it is `like`.

    Where the problem has another crop of that name (`own`), that would lend other numbers: it is then written whole.
    """
    if crop.like in own and crop.like != crop.id:
        crop = crop.model_copy(update={"like": None})
    usual = {name: info.get_default(call_default_factory=True) for name, info in Crop.model_fields.items()}
    if crop.like is not None:
        usual |= {name: value for name, value in catalogue_crop(crop.like) if name not in _OWN_OF_CROP}
    plain = crop.model_dump(mode="json")
    return {name: _without_none(plain[name]) for name, value in crop if name == "id" or value != usual[name]}


def _without_none(value: Any) -> Any:
    """Nested tables without the fields that are not given."""
    if isinstance(value, dict):
        return {key: _without_none(item) for key, item in value.items() if item is not None}
    return [_without_none(item) for item in value] if isinstance(value, list) else value
