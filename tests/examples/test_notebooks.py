"""Notebooks run to their last cell, which asserts what their text promises: quick ones here, all by
`make notebooks`.
"""

import ast
import json
import os
import pathlib
import subprocess
import sys

import pytest

from tfk.cli.notebook import read_notebook

ROOT = pathlib.Path(__file__).resolve().parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
QUICK = ("01_first_network.ipynb", "08_saving_and_serving.ipynb")


@pytest.mark.parametrize("name", QUICK)
def test_runs_to_the_end(name, tmp_path):
    pytest.importorskip("matplotlib")
    # An empty mirror in the place of the network: the data of the package are taken, on every
    # machine.
    places = {
        "KERAS_HOME": str(tmp_path),
        "TFK_DATASETS_MIRROR": str(tmp_path),
        "PYTHONPATH": str(ROOT),
    }
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "tfk",
            "run",
            "--figures",
            str(tmp_path / "figures"),
            str(ROOT / "notebooks" / name),
        ],
        env={**os.environ, **places},
        capture_output=True,
        text=True,
        timeout=180,
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    assert list((tmp_path / "figures").glob("*.png"))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_is_small_and_ends_with_what_it_promises(path):
    cells = json.loads(path.read_text(encoding="utf8"))["cells"]
    assert all(not cell.get("outputs") for cell in cells), "clear the outputs before committing"
    last = ast.parse(read_notebook(path)[-1].source)
    assert any(isinstance(node, ast.Assert) for node in last.body)
