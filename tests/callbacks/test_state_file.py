import os
import random
import zipfile

import ml_dtypes
import numpy as np
import pytest

from tfk.callbacks.state_file import read_state, write_state


def test_values_come_back_bit_for_bit(tmp_path):
    state = {
        "array": np.arange(6, dtype="float32").reshape(2, 3)[:, ::2],
        "scalar": np.float32(0.1),
        "half": np.array([1.5, np.nan], ml_dtypes.bfloat16),
        "empty": np.zeros((0, 3), "int64"),
        "zero-d": np.array(7),
        "bools": np.array([True, False]),
        "nested": {"list": [1, 2.5, None, True, "text"], "tuple": (np.int64(3), float("inf"))},
        "nan": float("nan"),
        "python": random.getstate()[1],
    }
    path = tmp_path / "state"
    write_state(path, state)
    back = read_state(path)
    assert list(back) == list(state)
    for name in ("array", "half", "empty", "zero-d", "bools"):
        assert back[name].dtype == state[name].dtype and back[name].shape == state[name].shape
        assert back[name].tobytes() == np.ascontiguousarray(state[name]).tobytes()
    assert back["scalar"] == np.float32(0.1) and type(back["scalar"]) is np.float32
    assert back["nested"] == {"list": [1, 2.5, None, True, "text"], "tuple": [3, float("inf")]}
    assert back["nan"] != back["nan"] and tuple(back["python"]) == state["python"]
    back["array"][:] = 0  # arrays can be written into
    assert os.listdir(tmp_path) == ["state"]


@pytest.mark.parametrize(
    ("bad", "where"),
    [
        ({"a": [object()]}, r"state\['a'\]\[0\]: a object"),
        ({"a": {1: 2}}, r"state\['a'\]: expected a dict with strings"),
        ({"a": np.array(["x"])}, r"state\['a'\]: arrays of dtype"),
    ],
)
def test_what_cannot_be_saved_is_named_and_the_old_file_stays(bad, where, tmp_path):
    path = tmp_path / "state"
    write_state(path, {"good": 1})
    with pytest.raises(TypeError, match=where):
        write_state(path, bad)
    assert read_state(path) == {"good": 1} and os.listdir(tmp_path) == ["state"]


def test_a_full_disk_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "state"
    write_state(path, {"good": 1})

    def full(*args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        write_state(path, {"good": 2})
    assert read_state(path) == {"good": 1} and os.listdir(tmp_path) == ["state"]


def test_torn_and_foreign_files_are_refused(tmp_path):
    path = tmp_path / "state"
    write_state(path, {"array": np.arange(1000)})
    whole = path.read_bytes()
    for size in (0, 10, len(whole) // 2, len(whole) - 1):
        path.write_bytes(whole[:size])
        with pytest.raises(ValueError, match="damaged or not a saved state"):
            read_state(path)
    flipped = bytearray(whole)
    flipped[whole.index(np.arange(1000).tobytes()) + 500] ^= 1
    path.write_bytes(flipped)
    with pytest.raises(ValueError, match="damaged"):
        read_state(path)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("other", "x")
    with pytest.raises(ValueError, match="damaged"):
        read_state(path)
