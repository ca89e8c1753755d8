"""Examples run and reach what their text promises: the quick ones here, all of them by `make
examples`.
"""

import ast
import os
import pathlib
import runpy
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
FOLDER = ROOT / "examples"
SCRIPTS = sorted(path.name for path in FOLDER.glob("*.py"))

# Script, arguments: each takes a few seconds, and ends with exit code 1 where it misses its figure.
QUICK = (
    ("custom_callback.py",),
    ("custom_train_step.py",),
    ("gradient_accumulation.py",),
    ("recommender.py",),
    ("siamese.py",),
    ("three_kinds_of_models.py",),
    ("timeseries_anomaly_autoencoder.py",),
    ("timeseries_forecasting_lstm.py",),
    ("variational_autoencoder.py",),
)


@pytest.mark.parametrize("row", QUICK, ids=lambda row: row[0])
def test_reaches_its_figure(row, tmp_path):
    script, *arguments = row
    done = subprocess.run(
        [sys.executable, str(FOLDER / script), *arguments],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=180,
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]


@pytest.mark.parametrize("script", SCRIPTS)
def test_explains_itself(script, monkeypatch, capsys):
    docstring = ast.get_docstring(ast.parse((FOLDER / script).read_text(encoding="utf8")))
    assert docstring and f"python examples/{script}" in docstring

    monkeypatch.syspath_prepend(str(FOLDER))
    monkeypatch.setattr(sys, "argv", [script, "--help"])
    with pytest.raises(SystemExit) as end:
        runpy.run_path(str(FOLDER / script), run_name="__main__")
    assert end.value.code in (None, 0)
    assert docstring.splitlines()[0] in " ".join(capsys.readouterr().out.split())
