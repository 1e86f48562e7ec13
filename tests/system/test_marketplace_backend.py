"""The marketplace's backend: its own test command, on a real PostgreSQL, over real HTTP and in a real browser."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

TEST = Path(__file__).resolve().parents[2] / "examples" / "marketplace_backend" / "test"
WANTED = ("fastapi", "sqlalchemy", "psycopg", "alembic", "schemathesis", "selenium")
MISSING = [name for name in WANTED if importlib.util.find_spec(name) is None]
MISSING += [name for name in ("chromium", "chromedriver") if shutil.which(name) is None]


@pytest.mark.skipif(bool(MISSING), reason=f"needs requirements-test.txt and a browser: {', '.join(MISSING)}")
def test_the_services_own_tests_pass_without_a_skip() -> None:
    done = subprocess.run(
        [TEST], env=os.environ | {"PYTHON": sys.executable}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]
    assert "skipped" not in done.stdout.splitlines()[-1]
