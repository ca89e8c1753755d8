"""Files that Keras 1.2 to 3.15 wrote (`scripts/compatibility/goldens.py`) load as they were saved.

Each folder of `tests/goldens` holds one model, and in `facts.npz` what the Keras that wrote it
computed with it.
"""

import pathlib

import numpy as np
import pytest

import tfk

GOLDENS = pathlib.Path(__file__).resolve().parents[1] / "goldens"
FOLDERS = sorted(path.parent for path in GOLDENS.rglob("facts.npz"))


def load(folder):
    if (folder / "model.json").exists():
        model = tfk.models.model_from_json((folder / "model.json").read_text())
        model.load_weights(next(folder.glob("*weights.h5")))
        return model
    return tfk.models.load_model(next(folder.glob("model.*")))


def facts_of(folder):
    """What `facts.npz` holds: lists of arrays."""
    facts = {}
    with np.load(folder / "facts.npz") as stored:
        for key in stored.files:
            facts.setdefault(key.rpartition("_")[0], []).append(stored[key])
    return facts


def one(values):
    return values if len(values) > 1 else values[0]


def as_list(value):
    return list(value) if isinstance(value, (list, tuple)) else [value]


def check(got, expected):
    assert len(got) == len(expected)
    for value, other in zip(got, expected):
        np.testing.assert_allclose(np.asarray(value), other, rtol=2e-4, atol=2e-5)


@pytest.mark.filterwarnings("ignore:The optimizer's state")  # of Keras 1: an array for each gate
@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: "-".join(path.parts[-2:]))
def test_a_file_of_another_release(folder):
    model, facts = load(folder), facts_of(folder)
    x, y = one(facts["x"]), one(facts["y"]) if "y" in facts else None
    check(as_list(model(x, training=False)), facts["outputs"])
    if model.optimizer is None or "evaluation" not in facts:
        return
    model.run_eagerly = True
    model.reset_states()
    check(sorted(as_list(model.evaluate(x, y, verbose=0))), sorted(facts["evaluation"]))
    if "next" in facts:
        model.train_on_batch(x, y)
        model.reset_states()
        check(as_list(model(x, training=False)), facts["next"])


def test_they_are_small():
    assert len(FOLDERS) >= 40
    assert sum(path.stat().st_size for path in GOLDENS.rglob("*.*")) < 3 * 2**20
