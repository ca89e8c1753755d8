"""Notebooks run to their last cell, which asserts what their text promises: quick ones here, all by
`make notebooks`, which stores their outputs.
"""

import ast
import importlib
import json
import os
import pathlib
import re
import subprocess
import sys

import pytest

from tfk.cli.notebook import read_notebook

ROOT = pathlib.Path(__file__).resolve().parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
LARGEST = 300_000  # bytes
OF_ONE_MACHINE = re.compile(r"/tmp/|/home/|/root/|/Users/|0x[0-9a-f]{6,}|Traceback")
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
    assert path.stat().st_size < LARGEST
    last = ast.parse(read_notebook(path)[-1].source)
    assert any(isinstance(node, ast.Assert) for node in last.body)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_is_stored_with_the_outputs_of_a_whole_run(path):
    cells = json.loads(path.read_text(encoding="utf8"))["cells"]
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    assert [cell["execution_count"] for cell in code] == list(range(1, len(code) + 1))
    outputs = [output for cell in code for output in cell["outputs"]]
    assert any("image/png" in output.get("data", {}) for output in outputs)
    said = [output.get("text", output.get("data", {}).get("text/plain", "")) for output in outputs]
    assert not OF_ONE_MACHINE.findall("\n".join("".join(text) for text in said))
    assert {output["output_type"] for output in outputs} <= {
        "stream",
        "display_data",
        "execute_result",
    }
    assert all(output.get("name") != "stderr" for output in outputs)


def test_without_network_the_local_data_are_taken_after_one_message(tmp_path, monkeypatch, capsys):
    asked = []

    def unreachable(request, timeout):
        asked.append(timeout)
        raise OSError("no route to host")

    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.setenv("TFK_DATASETS_MIRROR", "")
    monkeypatch.syspath_prepend(str(ROOT / "notebooks"))
    monkeypatch.setattr("urllib.request.urlopen", unreachable)
    data = importlib.import_module("lecture_data")
    ((images, _), _), _ = data.load_digits()
    (houses, _), _ = data.load_houses()
    assert images.shape[1:] == (8, 8) and houses[0].shape == (404, 13)
    assert len(asked) == 1 and asked[0] <= 5
    assert capsys.readouterr().out.count("\n") == 1
