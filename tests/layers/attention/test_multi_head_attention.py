"""MultiHeadAttention: the formula in NumPy, masks, axes, ragged inputs, weights, error messages."""

import numpy as np
import pytest
import tensorflow as tf

import tfk
from tfk.layers import MultiHeadAttention
from tfk.layers.attention.multi_head_attention import heads_order


def normal(*shape):
    return np.random.default_rng(sum(shape)).normal(size=shape).astype("float32")


def reference(layer, query, value, key=None, mask=None):
    """The output and the weights, from the layer's weights by name."""
    key = value if key is None else key
    w = {weight.name.split("/", 1)[1]: weight.numpy() for weight in layer.weights}

    def project(name, x):
        return np.einsum("btf,fhd->bhtd", x, w[f"{name}/kernel:0"]) + w[f"{name}/bias:0"][:, None]

    q, k, v = project("query", query), project("key", key), project("value", value)
    scores = q @ k.transpose(0, 1, 3, 2) / np.sqrt(q.shape[-1])
    if mask is not None:
        scores = np.where(mask, scores, -1e30)
    powers = np.exp(scores - scores.max(-1, keepdims=True))
    weights = powers / powers.sum(-1, keepdims=True)
    attended = weights @ v
    return (
        np.einsum("bhtd,hdf->btf", attended, w["attention_output/kernel:0"])
        + w["attention_output/bias:0"],
        weights,
    )


def check(layer, *inputs, mask=None, **call):
    outputs, weights = layer(*map(tf.constant, inputs), return_attention_scores=True, **call)
    expected, expected_weights = reference(layer, *inputs, mask=mask)
    np.testing.assert_allclose(outputs, expected, atol=1e-5)
    np.testing.assert_allclose(weights, expected_weights, atol=1e-5)


@pytest.fixture
def layer():
    return MultiHeadAttention(2, 4, value_dim=3, bias_initializer="normal")


def test_formula(layer):
    check(layer, normal(2, 3, 6), normal(2, 5, 7), normal(2, 5, 8))
    assert [w.shape.as_list() for w in layer.weights[::2]] == [
        [6, 2, 4],
        [8, 2, 4],
        [7, 2, 3],
        [2, 3, 6],
    ]


def test_attention_mask(layer):
    mask = np.random.default_rng(1).integers(0, 2, (2, 3, 5)).astype(bool)
    mask[:, :, 0] = True
    check(
        layer,
        normal(2, 3, 6),
        normal(2, 5, 7),
        mask=mask[:, None],
        attention_mask=tf.constant(mask),
    )
    by_head = np.stack([mask, np.ones_like(mask)], axis=1)
    check(
        layer,
        normal(2, 3, 6),
        normal(2, 5, 7),
        mask=by_head,
        attention_mask=tf.constant(by_head.astype("int32")),
    )


def test_causal_mask(layer):
    x = normal(2, 4, 6)
    check(layer, x, x, mask=np.tri(4, dtype=bool), use_causal_mask=True)


def test_masks_that_the_inputs_carry(layer):
    query, value = tf.constant(normal(2, 3, 6)), tf.constant(normal(2, 5, 7))
    value_mask = np.arange(5) < np.array([[5], [2]])
    query_mask = np.arange(3) < np.array([[2], [3]])
    value._keras_mask, query._keras_mask = tf.constant(value_mask), tf.constant(query_mask)
    outputs = layer(query, value)
    expected, _ = reference(layer, query.numpy(), value.numpy(), mask=value_mask[:, None, None])
    np.testing.assert_allclose(outputs[query_mask], expected[query_mask], atol=1e-5)
    np.testing.assert_array_equal(outputs._keras_mask, query_mask)


def test_mask_of_an_embedding_reaches_it_in_a_model():
    ids = tfk.Input((5,), dtype="int32")
    x = tfk.layers.Embedding(9, 6, mask_zero=True)(ids)
    y, weights = MultiHeadAttention(2, 4)(x, x, return_attention_scores=True)
    model = tfk.Model(ids, [y, weights])
    _, weights = model(tf.constant([[1, 2, 3, 0, 0]]))
    np.testing.assert_allclose(weights[0, :, :3, 3:], 0.0, atol=1e-6)


@pytest.mark.parametrize("axes", [(1,), (2,), (1, 2)])
def test_attention_axes(axes):
    """Attention over some axes is that over a sequence of what these axes hold."""
    x = normal(2, 3, 4, 6)
    layer = MultiHeadAttention(2, 5, attention_axes=axes)
    outputs, weights = layer(tf.constant(x), tf.constant(x), return_attention_scores=True)
    others = [axis for axis in (1, 2) if axis not in axes]
    order = (0, *others, *axes, 3)
    sequences = x.transpose(order).reshape(-1, int(np.prod([x.shape[a] for a in axes])), 6)
    expected, expected_weights = reference(layer, sequences, sequences)
    back = expected.reshape([x.shape[axis] for axis in order]).transpose(np.argsort(order))
    np.testing.assert_allclose(outputs, back, atol=1e-5)
    assert weights.shape == (2, *[x.shape[a] for a in others], 2, *[x.shape[a] for a in axes] * 2)
    np.testing.assert_allclose(
        tf.reshape(weights, expected_weights.shape), expected_weights, atol=1e-5
    )


def test_mask_for_several_axes():
    x = tf.constant(normal(2, 2, 3, 4))
    layer = MultiHeadAttention(2, 5)
    mask = np.random.default_rng(2).integers(0, 2, (2, 2, 3, 2, 3)).astype(bool)
    mask[..., 0, 0] = True
    _, weights = layer(x, x, attention_mask=tf.constant(mask), return_attention_scores=True)
    assert (weights.numpy()[~np.repeat(mask[:, None], 2, axis=1)] < 1e-6).all()


def test_sizes_known_only_while_running():
    layer = MultiHeadAttention(2, 4)
    specs = [tf.TensorSpec((None, None, 6)), tf.TensorSpec((None, None, 6))]
    run = tf.function(lambda q, v: layer(q, v, use_causal_mask=True), input_signature=specs)
    x = tf.constant(normal(2, 4, 6))
    np.testing.assert_allclose(run(x, x), layer(x, x, use_causal_mask=True), atol=1e-6)


def test_ragged_inputs():
    rows = [normal(3, 6), normal(5, 6)]
    ragged = tf.ragged.stack([tf.constant(row) for row in rows])
    ragged = tf.RaggedTensor.from_row_lengths(tf.concat([tf.constant(r) for r in rows], 0), [3, 5])
    layer = MultiHeadAttention(2, 4)
    outputs = layer(ragged, ragged)
    assert isinstance(outputs, tf.RaggedTensor) and outputs.row_lengths().numpy().tolist() == [3, 5]
    padded = ragged.to_tensor()
    np.testing.assert_allclose(outputs[1], layer(padded, padded)[1], atol=1e-5)
    assert layer(padded, ragged, padded).shape == layer(padded, padded, ragged).shape == (2, 5, 6)
    assert layer(padded, ragged, ragged * 1.0).shape == (2, 5, 6)


def test_config_rebuilds_the_weights():
    layer = MultiHeadAttention(2, 4, output_shape=3, name="m")
    layer(tf.ones((2, 3, 6)), tf.ones((2, 5, 7)))
    copy = MultiHeadAttention.from_config(layer.get_config())
    assert [f"m/{w.name}" for w in copy.weights] == [w.name for w in layer.weights]
    assert [w.shape for w in copy.weights] == [w.shape for w in layer.weights]
    unbuilt = MultiHeadAttention.from_config(MultiHeadAttention(2, 4).get_config())
    assert not unbuilt.weights


def test_projections_start_different_but_repeat_with_seeds():
    one = MultiHeadAttention(2, 4)
    one(tf.ones((1, 2, 6)), tf.ones((1, 2, 6)))
    query, key = one.weights[0].numpy(), one.weights[2].numpy()
    assert (query != key).any()
    made = []
    for _ in range(2):
        seeded = MultiHeadAttention(2, 4, kernel_initializer=tfk.initializers.GlorotUniform(seed=3))
        seeded(tf.ones((1, 2, 6)), tf.ones((1, 2, 6)))
        made.append(seeded.weights[0].numpy())
    np.testing.assert_array_equal(*made)


def test_regularizers_of_the_projections():
    layer = MultiHeadAttention(2, 4, kernel_regularizer="l2", activity_regularizer="l1")
    layer(tf.ones((1, 2, 6)), tf.ones((1, 2, 6)))
    # four kernels; the outputs of four projections and that of the layer itself
    assert len(layer.losses) == 4 + 5


def test_heads_order():
    assert heads_order(4, (1,)) == [0, 2, 1, 3]
    assert heads_order(6, (1, 3)) == [0, 2, 4, 1, 3, 5]


@pytest.mark.parametrize(
    "run, message",
    [
        (lambda: MultiHeadAttention(0, 4), "num_heads to be a positive integer"),
        (lambda: MultiHeadAttention(2, 0), "key_dim to be a positive integer"),
        (lambda: MultiHeadAttention(2, 4, dropout=-1), "dropout to be at least 0"),
        (
            lambda: MultiHeadAttention(2, 4, attention_axes=5)(
                tf.ones((1, 2, 6)), tf.ones((1, 2, 6))
            ),
            r"expected axis in \[-3, 3\)",
        ),
        (lambda: MultiHeadAttention(2, 4)(tf.ones((1, 2, 6))), "value"),
    ],
)
def test_errors(run, message):
    with pytest.raises((ValueError, TypeError), match=message):
        run()


def test_ragged_inputs_with_a_causal_mask():
    layer = MultiHeadAttention(2, 3)
    ragged = tf.RaggedTensor.from_row_lengths(tf.random.stateless_normal((5, 4), (1, 2)), [2, 3])
    outputs = layer(ragged, ragged, use_causal_mask=True)
    assert outputs.row_lengths().numpy().tolist() == [2, 3]
    dense = layer(ragged.to_tensor(), ragged.to_tensor(), use_causal_mask=True)
    np.testing.assert_allclose(outputs.to_tensor()[1], dense[1], rtol=1e-5)
    np.testing.assert_allclose(outputs[0], dense[0, :2], rtol=1e-5)


def test_output_shape_checks_the_sizes():
    layer = MultiHeadAttention(2, 3)
    assert layer.compute_output_shape((2, 3, 8), (2, 4, 8)) == (2, 3, 8)
    with pytest.raises(ValueError, match="same last size"):
        layer.compute_output_shape((2, 3, 8), (2, 4, 9))
    with pytest.raises(ValueError, match="value and key"):
        layer.compute_output_shape((2, 3, 8), (2, 4, 8), (2, 5, 8))
