"""Attention and AdditiveAttention: values by hand, masks, dropout, error messages."""

import numpy as np
import pytest
import tensorflow as tf

from tfk.layers import AdditiveAttention, Attention

RNG = np.random.default_rng(0)
QUERY, VALUE, KEY = (RNG.normal(size=(2, n, 4)).astype("float32") for n in (3, 5, 5))


def softmax(x):
    powers = np.exp(x - x.max(-1, keepdims=True))
    return powers / powers.sum(-1, keepdims=True)


def tensors(*arrays):
    return [tf.constant(array) for array in arrays]


def test_dot_products():
    outputs, weights = Attention()(tensors(QUERY, VALUE, KEY), return_attention_scores=True)
    expected = softmax(QUERY @ KEY.transpose(0, 2, 1))
    np.testing.assert_allclose(weights, expected, atol=1e-5)
    np.testing.assert_allclose(outputs, expected @ VALUE, atol=1e-5)


def test_sums_of_tanh():
    layer = AdditiveAttention()
    outputs = layer(tensors(QUERY, VALUE))
    pairs = np.tanh(QUERY[:, :, None] + VALUE[:, None])
    expected = softmax((layer.scale.numpy() * pairs).sum(-1)) @ VALUE
    np.testing.assert_allclose(outputs, expected, atol=1e-5)
    concat = Attention(score_mode="concat")(tensors(QUERY, VALUE))
    np.testing.assert_allclose(concat, softmax(pairs.sum(-1)) @ VALUE, atol=1e-5)


def test_masks_of_query_and_value():
    query_mask = np.array([[True, False, True], [True, True, True]])
    value_mask = np.array([[True, True, False, False, True], [True, False, False, False, False]])
    outputs = Attention()(tensors(QUERY, VALUE), mask=tensors(query_mask, value_mask))
    scores = np.where(value_mask[:, None], QUERY @ VALUE.transpose(0, 2, 1), -np.inf)
    np.testing.assert_allclose(outputs, softmax(scores) @ VALUE * query_mask[..., None], atol=1e-5)
    np.testing.assert_array_equal(outputs._keras_mask, query_mask)


@pytest.mark.parametrize("cls", [Attention, AdditiveAttention])
def test_no_query_sees_a_later_key(cls):
    _, weights = cls()(tensors(QUERY, VALUE), return_attention_scores=True, use_causal_mask=True)
    assert (np.triu(weights[0], 1) == 0).all() and (np.diag(weights[0]) > 0).all()
    old = cls(causal=True)
    assert old.get_config()["causal"] is True
    _, again = old(tensors(QUERY, VALUE), return_attention_scores=True)
    assert (np.triu(again[0], 1) == 0).all()


def test_dropout_of_weights():
    layer = Attention(dropout=0.5, seed=1)
    weights = layer(tensors(QUERY, VALUE), return_attention_scores=True, training=True)[1].numpy()
    assert 0 < (weights == 0).mean() < 1
    assert (layer(tensors(QUERY, VALUE), return_attention_scores=True)[1].numpy() > 0).all()
    assert layer.get_config()["dropout"] == 0.5


@pytest.mark.parametrize(
    "run, message",
    [
        (lambda: Attention(score_mode="sum"), "score_mode to be one of 'dot', 'concat', got 'sum'"),
        (lambda: Attention(dropout=2), "dropout to be at least 0 and at most 1"),
        (
            lambda: Attention(name="a")(tf.ones((2, 3, 4))),
            r'Attention "a".*list \[query, value\].*got one tensor',
        ),
        (lambda: Attention()(tensors(QUERY)), "got 1"),
        (lambda: AdditiveAttention()(tensors(QUERY, VALUE, KEY, KEY)), "got 4"),
        (
            lambda: Attention()(tensors(QUERY, VALUE), mask=tf.ones((2, 3), tf.bool)),
            r"mask to be a list \[query_mask, value_mask\]",
        ),
    ],
)
def test_errors(run, message):
    with pytest.raises(ValueError, match=message):
        run()
