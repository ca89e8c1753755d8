"""Processes that write and read the same files at the same time."""

import subprocess
import sys

import pytest

WRITER = """
import sys
import numpy as np, tfk
model = tfk.Sequential([tfk.Input((4,)), tfk.layers.Dense(64), tfk.layers.Dense(2)])
for number in range(25):
    model.set_weights([np.full(w.shape, number) for w in model.get_weights()])
    model.save_weights(sys.argv[1])
    model.load_weights(sys.argv[1])
    values = {float(v) for w in model.get_weights() for v in (w.min(), w.max())}
    assert len(values) == 1, values
"""


@pytest.mark.conformance
def test_two_processes_write_and_read_one_checkpoint(tmp_path):
    command = [sys.executable, "-c", WRITER, str(tmp_path / "shared")]
    writers = [subprocess.Popen(command, stderr=subprocess.PIPE) for _ in range(2)]
    for writer in writers:
        error = writer.communicate()[1].decode()
        assert writer.returncode == 0, error
