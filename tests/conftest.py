"""How hard hypothesis tries: 80 examples; HYPOTHESIS_PROFILE=thorough: 2,000; exhaustive: 10,000."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

SLOW_TO_DRAW = (HealthCheck.too_slow, HealthCheck.data_too_large)
settings.register_profile("fast", max_examples=80, deadline=None, derandomize=True, suppress_health_check=SLOW_TO_DRAW)
settings.register_profile(
    "thorough", max_examples=2000, deadline=None, derandomize=True, suppress_health_check=SLOW_TO_DRAW
)
settings.register_profile(
    "exhaustive", max_examples=10_000, deadline=None, derandomize=True, suppress_health_check=SLOW_TO_DRAW
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "fast"))
