"""Pictures for notebooks, drawn with matplotlib (extra `notebook`): each function takes axes, or makes some.

>>> from harvest_planner import plot
>>> plot.__all__[:3]
['arrivals', 'calibration', 'journey_map']
"""

from harvest_planner.plot.backtested import reliability as reliability
from harvest_planner.plot.learned import learned_age as learned_age
from harvest_planner.plot.ripeness import (
    ripeness as ripeness,
    shares_by_day as shares_by_day,
    window_on_journey as window_on_journey,
)
from harvest_planner.plot.simulated import calibration as calibration, policies as policies
from harvest_planner.plot.transport import arrivals as arrivals, journey_map as journey_map

__all__ = [
    "arrivals",
    "calibration",
    "journey_map",
    "learned_age",
    "policies",
    "reliability",
    "ripeness",
    "shares_by_day",
    "window_on_journey",
]
