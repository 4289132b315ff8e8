"""Puts the helpers of these tests on the path and keeps hypothesis within the time of the fast suite."""

from __future__ import annotations

import sys
from pathlib import Path

from hypothesis import HealthCheck, settings

sys.path.insert(0, str(Path(__file__).parent))

settings.register_profile("text", max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("text")
