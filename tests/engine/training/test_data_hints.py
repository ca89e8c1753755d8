"""Hints at the first batch: given once, hidden by verbose=0, and never for correct programs."""

import warnings

import numpy as np
import pytest

import tfk
from tfk.utils import TrainingHint

RNG = np.random.default_rng(0)
BYTES = RNG.integers(0, 256, (64, 8, 8, 1)).astype("uint8")
BYTES[0, 0, 0], BYTES[0, 0, 1] = 0, 255
ROWS = RNG.normal(size=(64, 4)).astype("float32")
LABELS = RNG.integers(0, 2, (64, 1)).astype("float32")


def hints_of(model, x, y, **fit):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        model.fit(x, y, batch_size=64, **{"verbose": 2, **fit})
    return [str(one.message) for one in caught if one.category is TrainingHint]


def network(*layers, shape=(8, 8, 1), loss="binary_crossentropy"):
    model = tfk.Sequential([tfk.Input(shape), *layers, tfk.layers.Dense(1, "sigmoid")])
    model.compile("sgd", loss)
    return model


def flat(*layers, **settings):
    return network(*layers, tfk.layers.Flatten(), **settings)


@pytest.mark.parametrize("dtype", ["uint8", "int64", "float32"])
def test_bytes_in_a_network_without_rescaling(dtype):
    model = flat()
    (found,) = hints_of(model, BYTES.astype(dtype), LABELS)
    assert "Rescaling(1 / 255)" in found
    assert not hints_of(model, BYTES.astype(dtype), LABELS)  # once
    model.compile("sgd", "binary_crossentropy")
    assert not hints_of(model, BYTES.astype(dtype), LABELS, verbose=0)


@pytest.mark.parametrize(
    ("model", "x"),
    [
        (lambda: flat(tfk.layers.Rescaling(1 / 255)), BYTES),
        (lambda: flat(tfk.layers.Conv2D(2, 3), tfk.layers.BatchNormalization()), BYTES),
        (lambda: flat(tfk.layers.Lambda(lambda x: x / 255)), BYTES),
        (flat, BYTES / np.float32(255)),
        (flat, BYTES.astype("float32") - 128),
        (flat, (BYTES % 100).astype("float32")),  # small numbers
        (
            lambda: network(
                tfk.layers.Embedding(256, 2), tfk.layers.GlobalAveragePooling1D(), shape=(64,)
            ),
            BYTES.reshape(64, 64),
        ),
        (lambda: network(shape=(4,)), ROWS),
    ],
)
def test_no_hint_at_what_is_scaled_or_no_image(model, x):
    assert not hints_of(model(), x, LABELS)


def test_labels_that_are_never_1():
    (found,) = hints_of(network(shape=(4,)), ROWS, 0 * LABELS)
    assert "all 64 targets are 0" in found
    assert not hints_of(network(shape=(4,)), ROWS, 0 * LABELS, verbose=0)
    assert not hints_of(network(shape=(4,)), ROWS[:16], 0 * LABELS[:16])  # too few to tell
    assert not hints_of(network(shape=(4,), loss="mse"), ROWS, 0 * LABELS)


def test_softmax_on_one_unit():
    def model():
        model = tfk.Sequential([tfk.layers.Dense(1, "softmax", input_shape=(4,))])
        model.compile("sgd", "mse")
        return model

    (found,) = hints_of(model(), ROWS, LABELS)
    assert "softmax of a single unit is always 1" in found
    assert not hints_of(model(), ROWS, LABELS, verbose=0)


def test_hints_can_be_filtered():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.simplefilter("ignore", TrainingHint)
        flat().fit(BYTES, LABELS, verbose=2)
