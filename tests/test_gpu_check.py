"""`scripts/gpu_check.py` where no GPU is visible: every check runs, on the CPU."""

import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent


def test_every_check_runs_without_a_gpu():
    done = subprocess.run(
        [sys.executable, ROOT / "scripts/gpu_check.py", "--no-rows"],
        env={**os.environ, "CUDA_VISIBLE_DEVICES": "-1"},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    first, *checks = done.stdout.splitlines()
    assert "2 CPU device(s)" in first
    assert len(checks) == 7 and all(line.startswith("[ok] ") for line in checks)
