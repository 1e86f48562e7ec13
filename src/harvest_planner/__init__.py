"""Which day to pick what, so that perishable goods ordered from anywhere arrive good to eat.

The names below are the library's public face; each is loaded when it is first used, so importing costs nothing.
Type checkers read them in `__init__.pyi`.
"""

from __future__ import annotations

import importlib
from typing import Any

__version__ = "0.1.0"

_HOMES = {
    "errors": (
        "AmbiguousPlaceError",
        "Fault",
        "FitError",
        "HarvestPlannerError",
        "LedgerConflictError",
        "MissingExtraError",
        "OfferExpiredError",
        "OutsideCalibrationWarning",
        "ProblemFileError",
        "ReservationExpiredError",
        "SoldOutError",
        "UnknownIdError",
        "UnknownReservationError",
    ),
    "formats.backtests": ("BacktestReport", "backtest"),
    "formats.calendars": ("write_calendar",),
    "formats.changes": ("advise", "describe_changes"),
    "formats.documents": ("load_plan", "save_plan", "save_problem"),
    "formats.explanations": ("Explanation", "describe_refusal", "explain"),
    "formats.hand_plans": ("judge_by_hand",),
    "formats.messages": ("Message", "messages"),
    "formats.orders_in.column_map": ("ColumnMap", "load_map"),
    "formats.orders_in.importing": ("import_orders",),
    "formats.orders_in.result": ("Contact", "ImportedOrders", "Parcel", "Skipped", "Unresolved", "chargeable_kg"),
    "formats.orders_in.writing": ("write_import",),
    "formats.problems": ("load_problem",),
    "formats.records.checking": ("LogFinding", "check_log"),
    "formats.records.contacts_in": ("load_contacts",),
    "formats.records.entering": ("enter_actuals",),
    "formats.records.epcis": ("epcis_document", "write_epcis"),
    "formats.records.labels": ("box_labels", "write_labels"),
    "formats.records.log_files": ("load_log", "save_log"),
    "formats.records.log_of_plan": ("harvest_log",),
    "formats.records.tracing": ("lots_of", "trace"),
    "formats.reports_in.importing": ("ReadReports", "read_reports"),
    "formats.sheets.writing": ("write_sheets",),
    "formats.workbook": ("write_workbook",),
    "learning.evidence": ("Evidence", "OutcomeFault", "Update"),
    "learning.drift": ("DriftTracker", "LaneDrift"),
    "learning.fit_ripening": ("fit_ripening",),
    "learning.fit_transit": ("fit_transit",),
    "learning.fitted": ("RipeningFit",),
    "learning.lane_fit": ("TransitFit",),
    "learning.learn": ("learn",),
    "learning.scores": ("Measure", "ReliabilityRow"),
    "planning.advice": ("when_to_pick",),
    "planning.by_hand": ("ByHand", "HandRow", "SizedViolation"),
    "planning.questions.ask": ("crop", "crops", "days_to_ripe", "good_share"),
    "planning.questions.ask_arrays": ("good_shares",),
    "planning.questions.condition": ("Condition",),
    "planning.harvest": ("plan_harvest",),
    "planning.itineraries": ("journeys",),
    "planning.itinerary": ("Itinerary", "TravelOutcome"),
    "planning.order_cutoff": ("LastPick", "OrderCutoff", "order_by"),
    "planning.progress": ("Progress",),
    "planning.promise.ledger": ("Book", "Ledger"),
    "planning.promise.memory": ("MemoryLedger",),
    "planning.promise.promiser": ("Promiser",),
    "planning.referee": ("check_plan",),
    "planning.questions.on_tree": ("TreeCalendar", "ripe_on_tree", "tree_calendar"),
    "planning.questions.ripe_when": ("condition_after", "good_window_days", "ready_day_percentiles", "shares_by_day"),
    "planning.replan.again": ("replan",),
    "planning.replan.on_the_way": ("ExpectedCondition", "expected_condition"),
    "planning.replan.difference": ("OrderChange", "PickChange", "PlanDifference"),
    "planning.what_if": ("WhatIf", "what_if_more"),
    "schema.crop": (
        "Arrhenius",
        "ChillingDose",
        "ChillingTime",
        "Crop",
        "DegreeDays",
        "RateTable",
        "SafetyCap",
        "SquareRoot",
        "Stage",
        "Treatment",
    ),
    "schema.events": (
        "DepartureCancelled",
        "FieldChecked",
        "GrowerAbsent",
        "LaneSlower",
        "OrderCancelled",
        "OrderPlaced",
        "OrderPromised",
        "PickedLess",
        "PlaceClosed",
    ),
    "schema.goods": ("Batch", "Commitment", "Order"),
    "schema.harvest_log": ("HarvestLog", "HarvestRow"),
    "schema.lane": ("Embargo", "Lane"),
    "schema.lot": ("lot_code",),
    "schema.outcome": ("DeliveryOutcome", "LegOutcome"),
    "schema.people": ("Grower", "Place"),
    "schema.plan": (
        "BatchDay",
        "BatchRow",
        "Change",
        "HarvestPlan",
        "Leg",
        "Pick",
        "PickAdvice",
        "Provenance",
        "Reason",
        "Refusal",
        "ShadowPrice",
        "Shipment",
        "Surplus",
        "Violation",
    ),
    "schema.policy": ("Policy",),
    "schema.problem": ("PlanningProblem",),
    "schema.promises": ("Offer", "Quote", "Reservation", "Stock", "Take"),
    "schema.traces": ("LotOrigin", "LotParcel", "Trace"),
    "simulation.compare": ("compare_policies",),
    "simulation.comparison": ("PolicyComparison", "PolicyMeasures", "PolicyRow"),
    "simulation.report": ("CalibrationRow", "Estimate", "SimulatedShipment", "SimulationReport"),
    "simulation.simulate": ("simulate",),
    "simulation.world": ("World",),
    "transit.gazetteer": ("VietnamGazetteer", "geocode_places"),
    "transit.road": ("road_km",),
}
_MODULES = ("plot",)
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = ["__version__", *_MODULES, *_HOME_OF]  # noqa: PLE0604


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return importlib.import_module(f"harvest_planner.{name}")
    home = _HOME_OF.get(name)
    if home is None:
        raise AttributeError(f"module 'harvest_planner' has no attribute {name!r}")
    value = getattr(importlib.import_module(f"harvest_planner.{home}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
