"""Masks given by users: NumPy arrays, lists and numbers, beside boolean tensors."""

import numpy as np
import pytest
import tensorflow as tf

import tfk
from tfk import layers

X = np.random.default_rng(0).normal(size=(4, 5, 3)).astype("float32")
MASK = np.array([[1, 1, 1, 0, 0], [1, 0, 0, 0, 0], [1, 1, 1, 1, 1], [1, 1, 0, 0, 0]], bool)
FORMS = {
    "array": MASK,
    "floats": MASK.astype("float32"),
    "integers": MASK.astype(int),
    "list": MASK.tolist(),
}
LAYERS = {
    "LSTM": lambda: layers.LSTM(2),
    "GRU": lambda: layers.GRU(2, return_sequences=True),
    "SimpleRNN": lambda: layers.SimpleRNN(2),
    "cells": lambda: layers.RNN(layers.LSTMCell(2)),
    "Bidirectional": lambda: layers.Bidirectional(layers.LSTM(2)),
    "TimeDistributed": lambda: layers.TimeDistributed(layers.Dense(2)),
    "pooling": layers.GlobalAveragePooling1D,
    "normalization": layers.BatchNormalization,
    "Sequential": lambda: tfk.Sequential([layers.Dense(3, input_shape=(5, 3)), layers.LSTM(2)]),
    "deferred": lambda: tfk.Sequential([layers.Dense(3), layers.LSTM(2)]),
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("kind", LAYERS)
def test_masks_in_all_forms(kind, form):
    layer = LAYERS[kind]()
    wanted = layer(X, mask=tf.constant(MASK))
    np.testing.assert_allclose(layer(X, mask=FORMS[form]), wanted, rtol=1e-5)
    if kind not in ("TimeDistributed", "normalization"):
        assert not np.allclose(wanted, layer(X))


def test_masks_of_models():
    x = tfk.Input((5, 3))
    model = tfk.Model(x, layers.LSTM(2)(x))
    np.testing.assert_allclose(model(X, mask=MASK), model(X, mask=tf.constant(MASK)))


@pytest.mark.parametrize("form", ["array", "floats", "integers"])
def test_masks_of_merged_tensors(form):
    both = np.logical_and(MASK, MASK[::-1])
    masks = [FORMS[form], FORMS[form][::-1]]
    np.testing.assert_array_equal(layers.Add().compute_mask([X, X], masks), both)
    np.testing.assert_array_equal(layers.Concatenate().compute_mask([X, X], masks), both)
    time = layers.Concatenate(axis=1).compute_mask([X, X], masks)
    np.testing.assert_array_equal(time, np.concatenate([MASK, MASK[::-1]], axis=1))


def test_compute_mask_of_arrays():
    steps = layers.TimeDistributed(layers.Dense(2))
    np.testing.assert_array_equal(steps.compute_mask(X, MASK), MASK)
    both = layers.Bidirectional(layers.LSTM(2, return_sequences=True))
    np.testing.assert_array_equal(both.compute_mask(X, MASK), MASK)


def test_mask_of_a_symbolic_tensor():
    ids = tfk.Input((4,))
    embedding, add = layers.Embedding(5, 2, mask_zero=True), layers.Add()
    vectors = embedding(ids)
    total = add([vectors, vectors])
    assert tuple(add.output_mask.shape) == tuple(embedding.output_mask.shape) == (None, 4)
    assert layers.Dense(2)(tfk.Input((3,)))._keras_mask is None
    model = tfk.Model(ids, [layers.LSTM(2)(layers.Dense(2)(total), mask=vectors._keras_mask)])
    again = tfk.Model.from_config(model.get_config())
    again.set_weights(model.get_weights())
    values = np.array([[1, 2, 0, 0]])
    np.testing.assert_allclose(again(values), model(values), rtol=1e-6)
    np.testing.assert_array_equal(
        tfk.Model(ids, vectors._keras_mask)(values), [[True, True, False, False]]
    )
