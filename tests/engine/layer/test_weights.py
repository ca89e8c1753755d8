"""Names of weights and of layers that other layers create, beside those of Keras 2."""

import functools

import numpy as np
import pytest
import tensorflow as tf
import tf_keras

import tfk


@functools.cache
def define_layers(keras):
    """Functions that create layers and models of a library, by name."""
    layers = keras.layers

    class BuildsLayers(layers.Layer):
        def build(self, shape):
            self.dense, self.dropout = layers.Dense(3), layers.Dropout(0.1)
            self.w = self.add_weight(name="w", shape=(1,))

        def call(self, x):
            return self.dropout(self.dense(x)) + self.w

    class CreatesInCall(layers.Layer):
        def call(self, x):
            if not hasattr(self, "dense"):
                self.dense = layers.Dense(3)
                self.w = self.add_weight(name="w", shape=(1,))
                self.v = tf.Variable(1.0, name="v")
            return self.dense(x) + self.w

    class Outer(layers.Layer):
        def __init__(self, inner, scope=None):
            super().__init__()
            self.inner, self.scope = inner, scope

        def call(self, x):
            if self.scope is None:
                return self.inner(x)
            with tf.name_scope(self.scope):
                return self.inner(x)

    class UsesScopes(layers.Layer):
        def build(self, shape):
            with tf.name_scope("scope"):
                self.w = self.add_weight(name="w", shape=(1,))
                self.v = tf.Variable(1.0, name="v")
                self.built_here = layers.Dense(2)
                self.built_here.build(shape)
            self.called_here = layers.Dense(2, name="called")
            self.called_here(tf.ones((1, 4)))

        def call(self, x):
            return x * self.w

    class Net(keras.Model):
        def __init__(self, inner):
            super().__init__()
            self.inner = inner

        def call(self, x):
            return self.inner(x)

    class NetWithBuild(keras.Model):
        def __init__(self):
            super().__init__()
            self.first = layers.Dense(2)

        def build(self, shape):
            self.second = layers.Dense(3)
            self.w = self.add_weight(name="w", shape=(1,))
            super().build(shape)

        def call(self, x):
            return self.second(self.first(x))

    def recurrent(layer):
        return keras.Sequential([layers.Reshape((2, 2)), layer])

    return {
        "Dense": lambda: layers.Dense(3),
        "layers in build": BuildsLayers,
        "layers in call": CreatesInCall,
        "inner layer": lambda: Outer(BuildsLayers()),
        "scope around a call": lambda: Outer(layers.Dense(3), "scope"),
        "scopes in build": UsesScopes,
        "subclassed model": lambda: Net(layers.Dense(3)),
        "model with build": NetWithBuild,
        "Sequential": lambda: keras.Sequential([layers.Dense(3)]),
        "LSTM": lambda: recurrent(layers.LSTM(3)),
        "Bidirectional": lambda: recurrent(layers.Bidirectional(layers.GRU(3))),
        "stacked cells": lambda: recurrent(layers.RNN([layers.LSTMCell(3), layers.GRUCell(3)])),
        "TimeDistributed": lambda: recurrent(layers.TimeDistributed(layers.Dense(3))),
    }


def functional(keras, layer):
    x = keras.Input((4,))
    return keras.Model(x, layer(x))


def in_user_scope(layer):
    with tf.name_scope("user"):
        layer(tf.ones((2, 4)))


def symbolically_in_user_scope(keras, layer):
    with tf.name_scope("user"):
        layer(keras.Input((4,)))


def build_in_user_scope(layer):
    with tf.name_scope("user"):
        layer.build((None, 4))


def subclassed(keras, layer, use):
    class Wrapping(keras.Model):
        def __init__(self):
            super().__init__()
            self.layer = layer

        def call(self, x):
            return self.layer(x)

    model = Wrapping()
    use(model)


def fit(model):
    model.compile("sgd", "mse")
    model.fit(np.ones((4, 4)), model.predict(np.ones((4, 4)), verbose=0), verbose=0)


WAYS = {
    "functional": functional,
    "eager": lambda keras, layer: layer(tf.ones((2, 4))),
    "tf.function": lambda keras, layer: tf.function(lambda x: layer(x))(tf.ones((2, 4))),
    "build": lambda keras, layer: layer.build((None, 4)),
    "Sequential": lambda keras, layer: keras.Sequential([keras.Input((4,)), layer]),
    "deferred": lambda keras, layer: keras.Sequential([layer]).build((None, 4)),
    "in a model": lambda keras, layer: subclassed(keras, layer, lambda m: m(tf.ones((2, 4)))),
    "in a built model": lambda keras, layer: subclassed(
        keras, layer, lambda model: model.build((None, 4))
    ),
    "fit": lambda keras, layer: subclassed(keras, layer, fit),
    "scope": lambda keras, layer: in_user_scope(layer),
    "scope, symbolic": symbolically_in_user_scope,
    "scope, build": lambda keras, layer: build_in_user_scope(layer),
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.filterwarnings("ignore:No gradients for the variables")  # that `call` creates
def test_names_of_weights_and_counting_are_those_of_keras(way):
    def names(keras, kind):
        keras.backend.reset_uids()
        layer = define_layers(keras)[kind]()
        WAYS[way](keras, layer)
        following = [keras.layers.Dense(1).name, keras.layers.Dropout(0.1).name]
        return [weight.name for weight in layer.weights], following

    for kind in define_layers(tfk):
        assert names(tfk, kind) == names(tf_keras, kind), kind


def test_weights_created_in_init_have_no_scope():
    class Scale(tfk.layers.Layer):
        def __init__(self):
            super().__init__()
            self.w = self.add_weight(name="w", shape=(1,))

    assert Scale().w.name == "w:0"


def test_scopes_of_repeated_calls_are_not_numbered():
    layer = tfk.layers.Dense(2, name="d")
    layer.build((None, 2))
    graph = tf.function(lambda x: layer(layer(x))).get_concrete_function(tf.ones((1, 2))).graph
    scopes = {op.name.split("/")[0] for op in graph.get_operations() if op.type == "MatMul"}
    assert scopes == {"d"}
