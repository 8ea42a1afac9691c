"""One hundred jobs, the worker killed five times, one hundred effects, none twice."""

import json
import os
import subprocess
import sys
from pathlib import Path

from django.conf import settings


def test_killed_worker_loses_nothing_and_does_nothing_twice(tmp_path: Path) -> None:
    kept = {key: value for key, value in os.environ.items() if not key.startswith("NOC_")}
    finished = subprocess.run(
        [sys.executable, "-m", "tests.portal.jobs.drill"],
        cwd=settings.BASE_DIR,
        env={**kept, "NOC_VAR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "tests.portal.jobs.drill_settings"},
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    assert finished.returncode == 0, finished.stderr
    result = json.loads(finished.stdout)
    assert {key: result[key] for key in ("done", "effects", "distinct", "kills", "heartbeat")} == {
        "done": 100,
        "effects": 100,
        "distinct": 100,
        "kills": 5,
        "heartbeat": True,
    }
    # It was killed at work, and somebody took over.
    assert result["at_work"] >= 5
    assert result["taken_twice"] >= 1
