"""Type checkers and editors resolve the public API: pyright on a user's program."""

import json
import pathlib
import subprocess
import sys

import pytest

FOLDER = pathlib.Path(__file__).resolve().parent / "typing"


@pytest.mark.conformance
def test_pyright_understands_a_program():
    command = [sys.executable, "-m", "pyright", "--outputjson", "-p", str(FOLDER)]
    output = subprocess.run(command, capture_output=True, text=True).stdout
    found = json.loads(output)["generalDiagnostics"]
    errors = {item["range"]["start"]["line"] for item in found if item["severity"] == "error"}
    lines = (FOLDER / "user_program.py").read_text(encoding="utf8").splitlines()
    assert errors == {place for place, line in enumerate(lines) if "# error" in line}
    types = "\n".join(item["message"] for item in found if item["severity"] == "information")
    for signature in (
        'Type of "history.history" is "HistoryDict',
        "epochs: int = 1",
        "-> History",
        "use_bias: bool = True",
        "learning_rate: float",
    ):
        assert signature in types
