"""Which layer a bad value is blamed on: the one where it came up."""

import re

import numpy as np
import pytest
import tensorflow as tf

import tfk
from tfk.callbacks.bad_values import where_bad
from tfk.callbacks.state_snapshot import take_snapshot
from tfk.engine.data import arrays

X = np.array([[1.0, 2.0], [3.0, 0.0], [0.0, 0.0]], "float32")
Y = np.ones((3, 1), "float32")


class Applies(tfk.layers.Layer):
    """A layer of one function."""

    def __init__(self, function, **kwargs):
        super().__init__(**kwargs)
        self.function = function

    def call(self, inputs):
        return self.function(inputs)


def network(function=tf.identity, loss="mse", nested=False, dropout=0.0):
    """`first`, a layer `odd` that applies `function` to what is 0 where the inputs are, and
    `last`.
    """
    layers = tfk.layers
    middle = [
        layers.Dense(2, use_bias=False, kernel_initializer="ones", name="first"),
        Applies(function, name="odd"),
    ]
    middle = [tfk.Sequential(middle, name="inner")] if nested else middle
    model = tfk.Sequential(
        [tfk.Input((2,)), *middle, layers.Dropout(dropout), layers.Dense(1, name="last")]
    )
    model.compile("sgd", loss)
    return model


def poisoned(model):
    """`model` with weights as they are after an update by NaN; returns those from before."""
    good = model.get_weights()
    model.set_weights([weight * np.nan for weight in good])
    return good


@pytest.mark.parametrize(
    ("settings", "batch", "said"),
    [
        (
            {"function": tf.math.log},
            (X, Y),
            'first layer with a bad value is Applies "odd", in its output',
        ),
        (
            {"function": tf.math.log, "nested": True},
            (X, Y),
            'bad value is Applies "odd", in its output',
        ),
        (
            {},
            (X * [[np.nan]], Y),
            'Dense "first", in its output. The inputs of the batch hold bad values',
        ),
        (
            {},
            (X, Y * np.inf),
            "all layers are finite, the loss is not. The targets of the batch hold bad",
        ),
        (
            {},
            (X, Y, Y[:, 0] * np.nan),
            "the loss is not. The sample weights of the batch hold bad values",
        ),
        (
            {"loss": lambda y, p: p / (y - 1)},
            (X, Y),
            "The outputs of all layers are finite, the loss is not.",
        ),
        ({"function": tf.sqrt}, (X, Y), 'the gradients are not, from layer Dense "first" back'),
        (
            {},
            (X, Y),
            'training diverged since.*After the update.*Dense "first"'
            ", in its weight first/kernel:0",
        ),
        (
            {},
            None,
            'no longer at hand, so only weights were looked at.*Dense "first", in its weight',
        ),
        (
            {},
            ({"other": 1}, Y),
            'could not be run again.*only weights were looked at.*Dense "first"',
        ),
    ],
)
def test_the_place_where_it_came_up_is_named(settings, batch, said):
    tfk.utils.set_random_seed(0)
    model = network(**settings)
    model.train_on_batch(X[:1], 2 * Y[:1])
    batches = [tf.nest.map_structure(tf.constant, batch)] if batch else []
    assert re.search(said, where_bad(model, batches, poisoned(model)))


def test_the_model_is_as_it_was():
    model = network(tf.math.log, dropout=0.5)
    model.train_on_batch(X[:1], 2 * Y[:1])
    before, calls = take_snapshot(model), [vars(layer).get("call") for layer in model.layers]
    where_bad(model, [(tf.constant(X), tf.constant(Y))], model.get_weights())
    after = take_snapshot(model)
    assert all(map(np.array_equal, after["values"], before["values"]))
    for (_, values), (_, expected) in zip(after["metrics"], before["metrics"]):
        assert all(map(np.array_equal, values, expected))
    assert [vars(layer).get("call") for layer in model.layers] == calls


ROWS, TARGETS = np.repeat(X[:1], 90, axis=0), np.repeat(Y[:1], 90, axis=0)
ROWS[43] = 0


def batches():
    for first in range(0, 90, 10):
        yield ROWS[first : first + 10], TARGETS[first : first + 10]


@pytest.mark.parametrize("data", ["arrays", "streamed arrays", "generator", "dataset"])
@pytest.mark.parametrize(
    ("function", "said"),
    [
        (
            tf.math.log,
            'terminating training. The first layer with a bad value is Applies "odd"'
            ", in its output",
        ),
        (
            tf.sqrt,
            "The batch before is to blame. Outputs and loss are finite, the gradients are not"
            ', from layer Dense "first"',
        ),
    ],
)
def test_the_bad_batch_is_found_again(data, function, said, capsys, monkeypatch):
    tfk.utils.set_random_seed(0)
    model = network(function)
    callback = tfk.callbacks.TerminateOnNaN()
    if data == "streamed arrays":
        monkeypatch.setattr(arrays, "resident_budget", lambda: 0)
    if data.endswith("arrays"):
        model.fit(ROWS, TARGETS, batch_size=10, verbose=0, callbacks=[callback])  # shuffled
    elif data == "generator":
        model.fit(batches(), verbose=0, callbacks=[callback], workers=0)
    else:
        signature = (tf.TensorSpec((None, 2)), tf.TensorSpec((None, 1)))
        dataset = tf.data.Dataset.from_generator(batches, output_signature=signature)
        model.fit(dataset, verbose=0, callbacks=[callback])
    out = capsys.readouterr().out
    assert said in out
    if not data.endswith("arrays"):
        assert int(model.optimizer.iterations) == (5 if function is tf.math.log else 6)
