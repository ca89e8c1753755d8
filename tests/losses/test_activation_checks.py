"""Last activations that a loss was not made for: Keras 2's numbers, and one warning."""

import warnings

import numpy as np
import pytest

import tfk
from tfk.utils.hints import TrainingHint, hints_shown

tf_keras = pytest.importorskip("tf_keras")

X = np.random.default_rng(0).normal(size=(16, 5)).astype("float32")
CLASSES = np.random.default_rng(1).integers(0, 3, 16)
ONE_HOT = np.eye(3, dtype="float32")[CLASSES]
BINARY = (CLASSES[:, None] > 0).astype("float32")


def build(keras, units, activation, loss, **settings):
    model = keras.Sequential(
        [keras.layers.Dense(units, activation=activation, input_shape=(5,), name="out")]
    )
    model.set_weights([np.linspace(-1, 1, 5 * units).reshape(5, units), np.zeros(units)])
    model.compile("sgd", loss, metrics=[] if "focal" in str(loss) else [loss], **settings)
    return model


def hints_of(run):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        run()
    return [str(one.message) for one in caught if one.category is TrainingHint]


@pytest.mark.parametrize("eagerly", [False, True])
@pytest.mark.parametrize(
    ("units", "activation", "loss", "usual"),
    [
        (3, "softmax", "binary_crossentropy", "sigmoid"),
        (3, "softmax", "binary_focal_crossentropy", "sigmoid"),
        (1, "softmax", "binary_crossentropy", "sigmoid"),
        (3, "sigmoid", "categorical_crossentropy", "softmax"),
        (3, "sigmoid", "categorical_focal_crossentropy", "softmax"),
        (3, "sigmoid", "sparse_categorical_crossentropy", "softmax"),
    ],
)
def test_the_logits_are_scored_as_in_keras(units, activation, loss, usual, eagerly):
    y = BINARY if units == 1 else CLASSES if loss.startswith("sparse") else ONE_HOT
    ours, theirs = (
        build(keras, units, activation, loss, run_eagerly=eagerly) for keras in (tfk, tf_keras)
    )
    expected = theirs.evaluate(X, y, verbose=0)
    results = []
    hints = hints_of(lambda: results.append(ours.evaluate(X, y, verbose=0)))
    np.testing.assert_allclose(results[0], expected, rtol=1e-5)
    assert len(hints) == 1
    assert f"last activation is {activation}" in hints[0] and f"Usually {usual} goes" in hints[0]
    assert not hints_of(lambda: ours.fit(X, y, epochs=2, verbose=0))


def test_training_follows_keras():
    ours, theirs = (build(keras, 3, "softmax", "binary_crossentropy") for keras in (tfk, tf_keras))
    with pytest.warns(TrainingHint):
        ours.fit(X, ONE_HOT, batch_size=16, epochs=5, verbose=0)
    theirs.fit(X, ONE_HOT, batch_size=16, epochs=5, verbose=0)
    for mine, other in zip(ours.get_weights(), theirs.get_weights()):
        np.testing.assert_allclose(mine, other, atol=1e-6)


@pytest.mark.parametrize("activation", ["relu", "tanh", "elu"])
def test_activations_without_probabilities(activation):
    model = build(tfk, 1, activation, "binary_crossentropy")
    (found,) = hints_of(lambda: model.fit(X, BINARY, verbose=0))
    assert f"last activation is {activation}" in found


@pytest.mark.parametrize("verbose", [0, 2])
def test_a_missing_activation_is_a_hint_that_verbose_0_hides(verbose):
    model = build(tfk, 3, None, "categorical_crossentropy")
    found = hints_of(lambda: model.fit(X, ONE_HOT, epochs=2, verbose=verbose))
    assert len(found) == (verbose > 0) and all("has no activation" in text for text in found)


@pytest.mark.parametrize(
    ("units", "activation", "loss"),
    [
        (3, "softmax", "categorical_crossentropy"),
        (3, "softmax", "sparse_categorical_crossentropy"),
        (3, "softmax", "mse"),
        (3, "sigmoid", "binary_crossentropy"),
        (1, "sigmoid", "binary_crossentropy"),
        (3, "tanh", "categorical_hinge"),
        (1, "tanh", "hinge"),
        (1, None, "mse"),
        (3, None, tfk.losses.CategoricalCrossentropy(from_logits=True)),
        (1, None, tfk.losses.BinaryCrossentropy(from_logits=True)),
    ],
)
def test_no_false_alarm(units, activation, loss):
    y = BINARY if units == 1 else CLASSES if "sparse" in str(loss) else ONE_HOT
    model = build(tfk, units, activation, loss)
    with hints_shown(True):
        assert not hints_of(lambda: model.fit(X, y, verbose=0))


def test_validate_data_false_leaves_the_check_out():
    model = build(tfk, 3, "softmax", "binary_crossentropy", validate_data=False)
    assert not hints_of(lambda: model.fit(X, ONE_HOT, verbose=0))
