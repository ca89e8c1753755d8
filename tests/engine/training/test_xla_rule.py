"""`jit_compile`: obeyed, refused with the name of the layer, and chosen by the operations of the
step.
"""

import numpy as np
import pytest
import tensorflow as tf

import tfk
from tfk.engine.training import xla_rule

X = np.random.default_rng(0).normal(size=(16, 4)).astype("float32")
Y = X[:, :1]


class Printing(tfk.layers.Layer):
    """Uses strings, which XLA does not know."""

    def call(self, inputs):
        text = tf.strings.as_string(inputs)
        return inputs + 0.0 * tf.strings.to_number(text)


def model_of(*layers, **kwargs):
    model = tfk.Sequential([tfk.Input((4,)), *layers, tfk.layers.Dense(1)])
    model.compile("sgd", "mse", **kwargs)
    return model


def test_the_layer_that_cannot_be_compiled_is_named():
    model = model_of(Printing(name="printing"), jit_compile=True)
    with pytest.raises(ValueError, match="'printing'.*AsString"):
        model.fit(X, Y, verbose=0)


def test_compiled_steps_give_the_same_numbers():
    plain, compiled = (
        model_of(tfk.layers.Dense(3, "tanh"), jit_compile=jit) for jit in (False, True)
    )
    compiled.set_weights(plain.get_weights())
    losses = [
        m.fit(X, Y, batch_size=6, shuffle=False, verbose=0).history["loss"]
        for m in (plain, compiled)
    ]
    np.testing.assert_allclose(*losses, rtol=1e-5)
    np.testing.assert_allclose(
        plain.predict(X, verbose=0), compiled.predict(X, verbose=0), rtol=1e-5
    )


def test_rule_reads_operations():
    def step_of(function, *shape):
        return tf.function(function).get_concrete_function(tf.TensorSpec(shape, tf.float32))

    assert xla_rule.refusals(step_of(lambda x: tf.nn.relu(x @ tf.ones((4, 2))), 8, 4)) == []
    pooled = step_of(lambda x: tf.nn.max_pool2d(x, 2, 2, "VALID"), 1, 8, 8, 3)
    assert xla_rule.refusals(pooled) == ["MaxPool"]
    assert not xla_rule.pays(pooled, 32, 0, 10**9)


def test_steps_on_strings_are_refused_before_xla_sees_them():
    model = tfk.Sequential(
        [
            tfk.Input((1,), dtype="string"),
            tfk.layers.Hashing(8, name="hash"),
            tfk.layers.Embedding(8, 2),
            tfk.layers.Flatten(),
            tfk.layers.Dense(1),
        ]
    )
    model.compile("sgd", "mse", jit_compile=True)
    with pytest.raises(
        ValueError, match=r"cannot compile the layer 'hash' \(operations StringToHashBucketFast\)"
    ):
        model.fit(tf.constant([["a"], ["b"]]), Y[:2], verbose=0)


@pytest.mark.parametrize(
    "layer, kind",
    [
        (
            lambda x: tf.cast(tf.unique(tf.reshape(x, [-1]))[0][:1], tf.float32) + x,
            "XLA says: .*dynamism",
        ),
        (lambda x: x + tf.numpy_function(lambda a: a, [x], tf.float32)[0, 0], "PyFunc"),
        (
            lambda x: (
                tf.RaggedTensor.from_tensor(x).to_tensor()
                + tf.sparse.to_dense(tf.sparse.from_dense(x))
            ),
            "",
        ),
    ],
    ids=["unknown size", "Python", "sparse"],
)
def test_layers_of_ones_own_are_named(layer, kind):
    class Own(tfk.layers.Layer):
        def call(self, inputs):
            return tf.ensure_shape(layer(inputs), inputs.shape)

    model = model_of(Own(name="own"), jit_compile=True)
    with pytest.raises(ValueError, match=f"'own'.*{kind}"):
        model.fit(X, Y, verbose=0)
