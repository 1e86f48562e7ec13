"""Every number in the JSON schema says its unit: in its name, or in its description."""

from __future__ import annotations

from typing import Any

import pytest

from harvest_planner import HarvestPlan, PlanningProblem
from harvest_planner.schema.plan import PickAdvice

UNITS = ("_kg", "_h", "_days", "_degc", "_km", "_vnd", "_vnd_per_kg", "_d20", "_deg", "_per_day", "_mol", "_per_kg")
SHARES = ("_share", "share", "_weight", "_risk", "gap", "reputation")
COUNTS = {"days_between_picks", "max_picks_per_batch", "seed", "kg"}
WRITTEN = {
    "_kg": "[kg]",
    "_h": "[h]",
    "_days": "[d]",
    "_degc": "[°C]",
    "_degc_days": "[°C·d]",
    "_d20": "[d20]",
    "_vnd": "[VND]",
    "_per_kg": "[1/kg]",
    "_vnd_per_kg": "[VND/kg]",
}
# Fields that hold numbers of several kinds: a table of temperatures and rates, parameters of a message, a change.
TABLES = {"points", "limits", "params", "value", "ripe_within_days", "calibrated_degc"}


def definitions() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for record in (PlanningProblem, HarvestPlan, PickAdvice):
        schema = record.model_json_schema()
        found |= schema.pop("$defs")
        found[record.__name__] = schema
    return found


def is_numeric(schema: dict[str, Any]) -> bool:
    choices = schema.get("anyOf", [schema])
    return any(choice.get("type") in ("number", "integer") for choice in choices)


def numeric_fields() -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (name, field, schema)
        for name, record in sorted(definitions().items())
        for field, schema in record.get("properties", {}).items()
        if is_numeric(schema) and field not in TABLES
    ]


@pytest.mark.parametrize(("name", "field", "schema"), numeric_fields())
def test_a_number_says_its_unit(name: str, field: str, schema: dict[str, Any]) -> None:
    in_name = field.endswith(UNITS + SHARES) or field in COUNTS
    in_words = "[" in schema.get("description", "")
    assert in_name or in_words, f"{name}.{field} has no unit"


def test_a_bracketed_unit_agrees_with_the_name() -> None:
    compared = {}
    for name, field, schema in numeric_fields():
        endings = [ending for ending in WRITTEN if field.endswith(ending)]
        if endings and "[" in schema.get("description", ""):
            compared[f"{name}.{field}"] = WRITTEN[max(endings, key=len)] in schema["description"]
    assert len(compared) > 25
    assert [field for field, agrees in compared.items() if not agrees] == []


def test_every_record_is_described() -> None:
    assert [name for name, schema in definitions().items() if not schema.get("description")] == []


def test_descriptions_reach_the_schema() -> None:
    batch = definitions()["Batch"]["properties"]
    assert batch["trip_cost_vnd"]["description"] == "Cost of one picking trip to this batch [VND]."


def test_records_are_closed_in_the_schema() -> None:
    records = [schema for schema in definitions().values() if "properties" in schema]
    assert len(records) > 20
    assert all(schema["additionalProperties"] is False for schema in records)
