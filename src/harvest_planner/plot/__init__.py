"""Pictures for notebooks, drawn with matplotlib (extra `notebook`): each function takes axes, or makes some.

>>> from harvest_planner import plot
>>> sorted(plot.__all__)[:2]
['ripeness', 'shares_by_day']
"""

from harvest_planner.plot.ripeness import (
    ripeness as ripeness,
    shares_by_day as shares_by_day,
    window_on_journey as window_on_journey,
)

__all__ = ["ripeness", "shares_by_day", "window_on_journey"]
