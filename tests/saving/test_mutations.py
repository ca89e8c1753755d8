"""Random damage to files of every format: each of them loads or raises a clear error."""

import os
import pathlib
import subprocess
import sys
import time

import numpy as np
import pytest

import tfk
from tests.saving import mutated_checkpoints
from tests.saving.mutated_checkpoints import small_model
from tests.saving.mutations import mutated, mutated_inside

MUTATIONS = int(os.environ.get("MUTATIONS", "500"))


@pytest.mark.parametrize("ending", [".keras", ".h5", ".weights.h5", "_weights.h5"])
def test_mutated_files_load_or_raise_a_clear_error(ending, tmp_path):
    """Random mutations of each format: never a crash, a hang or an error of the wrong kind.

    More of them, with the seconds that the slowest took (`-s` shows them):
    `MUTATIONS=2000 python -m pytest -q -s tests/saving/test_mutations.py`.
    """
    rng = np.random.default_rng(0)
    path = str(tmp_path / f"file{ending}")
    model, loaded, seconds = small_model(), 0, []
    (model.save_weights if "weights" in ending else model.save)(path)
    good = pathlib.Path(path).read_bytes()
    for number in range(MUTATIONS):
        change = mutated_inside if ending == ".keras" and number % 4 else mutated
        with open(path, "wb") as file:
            file.write(change(good, rng))
        began = time.perf_counter()
        try:
            if "weights" in ending:
                model.load_weights(path)
            else:
                tfk.models.load_model(path)
            loaded += 1
        except (ValueError, OSError) as error:
            assert str(error)
        seconds.append(time.perf_counter() - began)
    print(f"{ending}: {loaded} of {MUTATIONS} loaded, the slowest took {max(seconds):.3f} s")
    assert 0 < loaded < MUTATIONS


def test_mutated_folders_load_or_raise_a_clear_error(tmp_path):
    """Files of a SavedModel: what `load_model` does not read may hold anything, as it runs nothing
    in it.
    """
    small_model().save(tmp_path / "m")
    rng, loaded = np.random.default_rng(0), 0
    files = sorted(path for path in (tmp_path / "m").rglob("*") if path.is_file())
    for number in range(MUTATIONS // 5):
        file = files[number % len(files)]
        good = file.read_bytes()
        file.write_bytes(
            (mutated_inside if file.suffix == ".keras" and number % 2 else mutated)(good, rng)
        )
        try:
            tfk.models.load_model(tmp_path / "m")
            loaded += 1
        except (ValueError, OSError) as error:
            assert file.suffix == ".keras" and str(error)
        file.write_bytes(good)
    assert 0 < loaded < MUTATIONS // 5


def test_mutated_json_loads_or_raises_a_clear_error():
    rng, text, loaded = np.random.default_rng(0), small_model().to_json().encode(), 0
    for _ in range(MUTATIONS):
        try:
            tfk.models.model_from_json(mutated(text, rng).decode("latin-1"))
            loaded += 1
        except ValueError as error:
            assert str(error)
    assert 0 < loaded < MUTATIONS


def test_mutated_checkpoints_load_or_raise_a_clear_error(tmp_path):
    result = subprocess.run(
        [sys.executable, "-m", mutated_checkpoints.__name__, str(tmp_path), str(MUTATIONS)],
        capture_output=True, text=True, timeout=60 + MUTATIONS, cwd=pathlib.Path(__file__).parents[2],
    )  # fmt: skip
    assert result.returncode == 0, result.stderr[-2000:]
    loaded, refused, _ = result.stdout.split()
    assert int(loaded) and int(refused) > MUTATIONS // 2
