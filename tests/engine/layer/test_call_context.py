"""What a `build` creates outlives the graph in which the layer was called first."""

import numpy as np
import pytest
import tensorflow as tf

import tfk
from tfk.layers import Dense, Layer

X = np.arange(12, dtype="float32").reshape(3, 4)


class Constant(Layer):
    def build(self, shape):
        self.scale = tf.sqrt(4.0 * float(shape[-1])) * tf.constant([1.0, 2.0, 3.0, 4.0])

    def call(self, x):
        return x * self.scale

    result = X * 4.0 * np.array([1, 2, 3, 4], "float32")


class RandomVariable(Layer):
    def build(self, shape):
        tf.random.set_seed(1)
        self.v = tf.Variable(tf.random.normal((int(shape[-1]), 2)) * 0.0 + 3.0, name="v")

    def call(self, x):
        return x @ self.v

    result = X @ np.full((4, 2), 3.0, "float32")


class Table(Layer):
    def build(self, shape):
        values = tf.lookup.KeyValueTensorInitializer(["a"], [2.0])
        self.table = tf.lookup.StaticHashTable(values, 0.0)

    def call(self, x):
        return x + self.table.lookup(tf.constant("a")) + self.table.lookup(tf.constant("b"))

    result = X + 2.0


class Generator(Layer):
    def build(self, shape):
        self.generator = tf.random.Generator.from_seed(1)

    def call(self, x):
        return x + 0.0 * self.generator.normal(tf.shape(x))

    result = X


class InnerBuild(Layer):
    def build(self, shape):
        self.dense = Dense(2, kernel_initializer="ones")
        self.dense.build(shape)
        self.factor = float(tf.sqrt(4.0)) * tf.constant(2.0).numpy()

    def call(self, x):
        return self.dense(x) * self.factor

    result = np.repeat(X.sum(1, keepdims=True) * 4.0, 2, axis=1)


class FromNumPy(Layer):
    def build(self, shape):
        self.offsets = tf.cast(np.arange(4), tf.float32)[tf.newaxis]

    def call(self, x):
        return x + self.offsets

    result = X + np.arange(4, dtype="float32")


class Outer(Layer):
    def __init__(self, inner):
        super().__init__()
        self.inner = inner

    def call(self, x):
        return self.inner(x)


class Net(tfk.Model):
    def __init__(self, inner):
        super().__init__()
        self.inner = inner

    def call(self, x):
        return self.inner(x)


def in_functional(layer):
    x = tfk.Input((4,))
    return tfk.Model(x, Outer(layer)(x)).predict(X, verbose=0)


def in_subclass(layer):
    model = Net(layer)
    model.compile("sgd", "mse")
    model.fit(X, layer.result, epochs=2, verbose=0)
    assert layer.built
    return model.predict(X, verbose=0)


def in_function(layer):
    traced = tf.function(Outer(layer))(X)
    np.testing.assert_allclose(layer(X), traced)
    return traced


def in_map(layer):
    outer = Outer(layer)
    return next(iter(tf.data.Dataset.from_tensors(X).map(lambda x: outer(x))))


@pytest.mark.parametrize(
    "use", [in_functional, in_subclass, in_function, in_map], ids=lambda f: f.__name__
)
@pytest.mark.parametrize(
    "layer", [Constant, RandomVariable, Table, Generator, InnerBuild, FromNumPy]
)
def test_build_leaves_the_graph(layer, use):
    np.testing.assert_allclose(use(layer()), layer.result, rtol=1e-4)


def test_sequential_builds_outside_the_graph_of_fit():
    model = tfk.Sequential([Outer(Constant()), Dense(2)])
    model.compile("sgd", "mse")
    model.fit(X, np.ones((3, 2)), verbose=0)
    np.testing.assert_allclose(model(X), model.predict(X, verbose=0), rtol=1e-5)


def test_build_without_arguments_uses_the_default_of_its_signature():
    class Net(tfk.Model):
        def __init__(self):
            super().__init__()
            self.dense = Dense(3)

        def build(self, input_shape=(None, 5)):
            self.dense.build(input_shape)
            super().build(input_shape)

        def call(self, x):
            return self.dense(x)

    net = Net()
    net.build()
    assert [tuple(w.shape) for w in net.weights] == [(5, 3), (3,)] and net.built


def test_build_of_a_users_layer_gets_what_was_given():
    class Records(Layer):
        def build(self, input_shape):
            self.seen = input_shape

    for shape in ((None, 4), [(None, 4), (None, 5)], {"a": (None, 4)}):
        layer = Records()
        layer.build(shape)
        assert layer.seen == shape and layer.built
    with pytest.raises(TypeError, match="input_shape"):
        Records().build()


def test_overridden_call_runs_once_when_a_graph_is_built():
    class Pair(Layer):
        calls = 0

        def __call__(self, x):
            self.calls += 1
            first, _ = super().__call__(x)
            return first

        def call(self, x):
            return x, x + 1.0

    layer = Pair()
    output = layer(tfk.Input((2,)))
    assert layer.calls == 1 and tuple(output.shape) == (None, 2)
