"""The public names with their homes, for type checkers; `__init__.py` loads each when it is first used."""

from harvest_planner import plot as plot
from harvest_planner.errors import (
    AmbiguousPlaceError as AmbiguousPlaceError,
    Fault as Fault,
    FitError as FitError,
    HarvestPlannerError as HarvestPlannerError,
    LedgerConflictError as LedgerConflictError,
    MissingExtraError as MissingExtraError,
    OfferExpiredError as OfferExpiredError,
    OutsideCalibrationWarning as OutsideCalibrationWarning,
    ProblemFileError as ProblemFileError,
    ReservationExpiredError as ReservationExpiredError,
    SoldOutError as SoldOutError,
    UnknownIdError as UnknownIdError,
    UnknownReservationError as UnknownReservationError,
)
from harvest_planner.formats.backtests import BacktestReport as BacktestReport, backtest as backtest
from harvest_planner.formats.calendars import write_calendar as write_calendar
from harvest_planner.formats.changes import advise as advise, describe_changes as describe_changes
from harvest_planner.formats.documents import (
    load_plan as load_plan,
    save_plan as save_plan,
    save_problem as save_problem,
)
from harvest_planner.formats.explanations import (
    Explanation as Explanation,
    describe_refusal as describe_refusal,
    explain as explain,
)
from harvest_planner.formats.hand_plans import judge_by_hand as judge_by_hand
from harvest_planner.formats.messages import Message as Message, messages as messages
from harvest_planner.formats.orders_in.column_map import ColumnMap as ColumnMap, load_map as load_map
from harvest_planner.formats.orders_in.importing import import_orders as import_orders
from harvest_planner.formats.orders_in.result import (
    Contact as Contact,
    ImportedOrders as ImportedOrders,
    Parcel as Parcel,
    Skipped as Skipped,
    Unresolved as Unresolved,
    chargeable_kg as chargeable_kg,
)
from harvest_planner.formats.orders_in.writing import write_import as write_import
from harvest_planner.formats.problems import load_problem as load_problem
from harvest_planner.formats.records.checking import LogFinding as LogFinding, check_log as check_log
from harvest_planner.formats.records.contacts_in import load_contacts as load_contacts
from harvest_planner.formats.records.entering import enter_actuals as enter_actuals
from harvest_planner.formats.records.epcis import epcis_document as epcis_document, write_epcis as write_epcis
from harvest_planner.formats.records.labels import box_labels as box_labels, write_labels as write_labels
from harvest_planner.formats.records.log_files import load_log as load_log, save_log as save_log
from harvest_planner.formats.records.log_of_plan import harvest_log as harvest_log
from harvest_planner.formats.records.tracing import lots_of as lots_of, trace as trace
from harvest_planner.formats.reports_in.importing import ReadReports as ReadReports, read_reports as read_reports
from harvest_planner.formats.sheets.writing import write_sheets as write_sheets
from harvest_planner.formats.workbook import write_workbook as write_workbook
from harvest_planner.learning.drift import DriftTracker as DriftTracker, LaneDrift as LaneDrift
from harvest_planner.learning.evidence import Evidence as Evidence, OutcomeFault as OutcomeFault, Update as Update
from harvest_planner.learning.fit_ripening import fit_ripening as fit_ripening
from harvest_planner.learning.fit_transit import fit_transit as fit_transit
from harvest_planner.learning.fitted import RipeningFit as RipeningFit
from harvest_planner.learning.lane_fit import TransitFit as TransitFit
from harvest_planner.learning.learn import learn as learn
from harvest_planner.learning.scores import Measure as Measure, ReliabilityRow as ReliabilityRow
from harvest_planner.planning.advice import when_to_pick as when_to_pick
from harvest_planner.planning.by_hand import (
    ByHand as ByHand,
    HandRow as HandRow,
    SizedViolation as SizedViolation,
)
from harvest_planner.planning.harvest import plan_harvest as plan_harvest
from harvest_planner.planning.itineraries import journeys as journeys
from harvest_planner.planning.itinerary import Itinerary as Itinerary, TravelOutcome as TravelOutcome
from harvest_planner.planning.order_cutoff import (
    LastPick as LastPick,
    OrderCutoff as OrderCutoff,
    order_by as order_by,
)
from harvest_planner.planning.progress import Progress as Progress
from harvest_planner.planning.promise.ledger import Book as Book, Ledger as Ledger
from harvest_planner.planning.promise.memory import MemoryLedger as MemoryLedger
from harvest_planner.planning.promise.promiser import Promiser as Promiser
from harvest_planner.planning.questions.ask import (
    crop as crop,
    crops as crops,
    days_to_ripe as days_to_ripe,
    good_share as good_share,
)
from harvest_planner.planning.questions.ask_arrays import good_shares as good_shares
from harvest_planner.planning.questions.condition import Condition as Condition
from harvest_planner.planning.questions.on_tree import (
    TreeCalendar as TreeCalendar,
    ripe_on_tree as ripe_on_tree,
    tree_calendar as tree_calendar,
)
from harvest_planner.planning.questions.ripe_when import (
    condition_after as condition_after,
    good_window_days as good_window_days,
    ready_day_percentiles as ready_day_percentiles,
    shares_by_day as shares_by_day,
)
from harvest_planner.planning.referee import check_plan as check_plan
from harvest_planner.planning.replan.again import replan as replan
from harvest_planner.planning.replan.difference import (
    OrderChange as OrderChange,
    PickChange as PickChange,
    PlanDifference as PlanDifference,
)
from harvest_planner.planning.replan.on_the_way import (
    ExpectedCondition as ExpectedCondition,
    expected_condition as expected_condition,
)
from harvest_planner.planning.what_if import WhatIf as WhatIf, what_if_more as what_if_more
from harvest_planner.schema.crop import (
    Arrhenius as Arrhenius,
    ChillingDose as ChillingDose,
    ChillingTime as ChillingTime,
    Crop as Crop,
    DegreeDays as DegreeDays,
    RateTable as RateTable,
    SafetyCap as SafetyCap,
    SquareRoot as SquareRoot,
    Stage as Stage,
    Treatment as Treatment,
)
from harvest_planner.schema.events import (
    DepartureCancelled as DepartureCancelled,
    FieldChecked as FieldChecked,
    GrowerAbsent as GrowerAbsent,
    LaneSlower as LaneSlower,
    OrderCancelled as OrderCancelled,
    OrderPlaced as OrderPlaced,
    OrderPromised as OrderPromised,
    PickedLess as PickedLess,
    PlaceClosed as PlaceClosed,
)
from harvest_planner.schema.goods import Batch as Batch, Commitment as Commitment, Order as Order
from harvest_planner.schema.harvest_log import HarvestLog as HarvestLog, HarvestRow as HarvestRow
from harvest_planner.schema.lane import Embargo as Embargo, Lane as Lane
from harvest_planner.schema.lot import lot_code as lot_code
from harvest_planner.schema.outcome import DeliveryOutcome as DeliveryOutcome, LegOutcome as LegOutcome
from harvest_planner.schema.people import Grower as Grower, Place as Place
from harvest_planner.schema.plan import (
    BatchDay as BatchDay,
    BatchRow as BatchRow,
    Change as Change,
    HarvestPlan as HarvestPlan,
    Leg as Leg,
    Pick as Pick,
    PickAdvice as PickAdvice,
    Provenance as Provenance,
    Reason as Reason,
    Refusal as Refusal,
    ShadowPrice as ShadowPrice,
    Shipment as Shipment,
    Surplus as Surplus,
    Violation as Violation,
)
from harvest_planner.schema.policy import Policy as Policy
from harvest_planner.schema.problem import PlanningProblem as PlanningProblem
from harvest_planner.schema.promises import (
    Offer as Offer,
    Quote as Quote,
    Reservation as Reservation,
    Stock as Stock,
    Take as Take,
)
from harvest_planner.schema.traces import LotOrigin as LotOrigin, LotParcel as LotParcel, Trace as Trace
from harvest_planner.simulation.compare import compare_policies as compare_policies
from harvest_planner.simulation.comparison import (
    PolicyComparison as PolicyComparison,
    PolicyMeasures as PolicyMeasures,
    PolicyRow as PolicyRow,
)
from harvest_planner.simulation.report import (
    CalibrationRow as CalibrationRow,
    Estimate as Estimate,
    SimulatedShipment as SimulatedShipment,
    SimulationReport as SimulationReport,
)
from harvest_planner.simulation.simulate import simulate as simulate
from harvest_planner.simulation.world import World as World
from harvest_planner.transit.gazetteer import (
    VietnamGazetteer as VietnamGazetteer,
    geocode_places as geocode_places,
)
from harvest_planner.transit.road import road_km as road_km

__version__: str
__all__: list[str]
