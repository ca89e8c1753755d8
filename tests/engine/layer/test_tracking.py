"""What counts as a weight of a layer or model, compared with Keras 2."""

import h5py
import numpy as np
import pytest
import tensorflow as tf

import tfk

tf_keras = pytest.importorskip("tf_keras")

X = np.ones((4, 3), "float32")


def metric_layer(k):
    class Measured(k.layers.Layer):
        def __init__(self, **kwargs):
            super().__init__(**kwargs)
            self.accuracy = k.metrics.BinaryAccuracy(name="accuracy")
            self.means = {"a": [k.metrics.Mean(name="mean")]}

        def call(self, inputs):
            self.means["a"][0].update_state(inputs)
            return tf.sigmoid(inputs)

    return Measured


def functional(k):
    x = k.Input((3,))
    return k.Model(x, k.layers.Dense(1, name="d")(metric_layer(k)(name="measured")(x)))


def nested_layer(k):
    class Outer(k.layers.Layer):
        def __init__(self, **kwargs):
            super().__init__(**kwargs)
            self.inner = [metric_layer(k)(), k.layers.BatchNormalization()]

        def call(self, inputs):
            return self.inner[1](self.inner[0](inputs))

    x = k.Input((3,))
    return k.Model(x, k.layers.Dense(1, name="d")(Outer(name="outer")(x)))


def subclass(k):
    class Net(k.Model):
        def __init__(self):
            super().__init__()
            self.mean = k.metrics.Mean(name="own")
            self.more = [k.metrics.Mean(name="listed")]
            self.measured = metric_layer(k)()
            self.dense = k.layers.Dense(1)

        def call(self, inputs):
            self.mean.update_state(inputs)
            return self.dense(self.measured(inputs))

    model = Net()
    model(X)
    return model


def stored(model, path):
    model.save_weights(str(path))
    found = []
    with h5py.File(path, "r") as file:
        file.visititems(
            lambda name, item: (
                found.append((name.split("/")[-1], item.shape)) if hasattr(item, "shape") else None
            )
        )
    return sorted(found)


@pytest.mark.parametrize(
    "make", [functional, nested_layer, subclass], ids=["functional", "nested", "subclass"]
)
def test_metrics_of_layers_are_no_weights(make, tmp_path):
    """Metrics of a layer are not among its weights, those of a model are, as in Keras 2."""
    ours, theirs = make(tfk), make(tf_keras)
    assert [w.shape for w in ours.weights] == [w.shape for w in theirs.weights]
    assert len(ours.non_trainable_weights) == len(theirs.non_trainable_weights)
    assert [len(layer.weights) for layer in ours.layers] == [
        len(layer.weights) for layer in theirs.layers
    ]
    assert ours.count_params() == theirs.count_params()
    assert [metric.name for metric in ours.metrics] == [metric.name for metric in theirs.metrics]
    files = [
        stored(model, tmp_path / f"{number}.h5") for number, model in enumerate((ours, theirs))
    ]
    assert files[0] == files[1]
    ours.load_weights(tmp_path / "1.h5")
    for value, expected in zip(ours.layers[-1].get_weights(), theirs.layers[-1].get_weights()):
        np.testing.assert_array_equal(value, expected)


KERNEL, BIAS = np.arange(6, dtype="float32").reshape(3, 2), np.array([7, 8], "float32")


def given_weights():
    return tfk.layers.Dense(2, weights=[KERNEL, BIAS])


class Holder(tfk.Model):
    def __init__(self):
        super().__init__()
        self.dense = given_weights()

    def call(self, inputs):
        return self.dense(inputs)


@pytest.mark.parametrize("make", [lambda: tfk.Sequential([given_weights()]), Holder])
@pytest.mark.parametrize("way", ["predict", "fit", "call", "function", "nested"])
def test_given_weights_of_layers_that_are_built_late(make, way):
    """Keras 2 gives (1, 1, 1) @ kernel + bias = (13, 17) in each of these ways."""
    model = make()
    if way == "fit":
        model.compile(tfk.optimizers.SGD(0.0), "mse")
        model.fit(X, np.zeros((4, 2)), verbose=0)
    elif way == "function":
        tf.function(model)(X)
    elif way == "nested":
        model = tfk.Sequential([make()])
        model.predict(X, verbose=0)
    elif way == "predict":
        model.predict(X, verbose=0)
    np.testing.assert_array_equal(model(X)[0], [13, 17])


def fill(owner, k, kind):
    """Attaches layers and variables in one of several ways."""

    def dense(name):
        return k.layers.Dense(1, name=name)

    def norm(name):
        return k.layers.BatchNormalization(name=name)

    if kind == "lists":
        owner.first = [dense("d1"), norm("n1"), dense("d2")]
        owner.second, owner.third = norm("n2"), dense("d3")
        owner.first.insert(0, dense("d0"))
    elif kind == "dicts":
        owner.layers_by_name = {"z": dense("d1"), "a": [norm("n1"), dense("d2")], "m": norm("n2")}
        owner.layers_by_number = {2: dense("d3"), 1: norm("n3")}
    elif kind == "nested":
        owner.nested = [[dense("d1"), norm("n1")], {"q": dense("d2"), "c": norm("n2")}]
        owner.stacks = (k.Sequential([norm("n3"), dense("d3")]), norm("n4"))
    elif kind == "variables":
        owner.fixed = tf.Variable(1.0, name="fixed", trainable=False)
        owner.free = tf.Variable(1.0, name="free")
        owner.mixed = [tf.Variable(1.0, name="listed"), norm("n1"), dense("d1")]
    else:
        owner.frozen = norm("n1")
        owner.frozen.trainable = False
        owner.partly = [norm("n2"), dense("d1")]
        owner.partly[0].trainable = False


def filled(k, base, kind):
    class Filled(base):
        def __init__(self):
            super().__init__(name="filled")
            fill(self, k, kind)

        def call(self, inputs):
            for layer in self._flatten_layers(recursive=False, include_self=False):
                inputs = layer(inputs)
            return inputs

    made = Filled()
    made(X)
    return made


def names(variables):
    return [variable.name.removeprefix("filled/") for variable in variables]


@pytest.mark.parametrize("base", ["Model", "Layer"])
@pytest.mark.parametrize("kind", ["lists", "dicts", "nested", "variables", "frozen"])
def test_weights_have_the_order_of_keras_2(kind, base):
    ours, theirs = (
        filled(k, k.Model if base == "Model" else k.layers.Layer, kind) for k in (tfk, tf_keras)
    )
    for attribute in ("weights", "trainable_weights", "non_trainable_weights"):
        assert names(getattr(ours, attribute)) == names(getattr(theirs, attribute)), attribute
    ours.trainable = theirs.trainable = False
    assert names(ours.weights) == names(theirs.weights)


@pytest.mark.parametrize("keras", [tfk, tf_keras], ids=["tfk", "tf_keras"])
def test_a_variable_that_is_replaced_is_no_weight_any_more(keras):
    layer = keras.layers.Dense(2)
    layer.build((None, 3))
    layer.kernel = tf.Variable(np.ones((3, 2), "float32"), name="other")
    assert sorted(w.name.split("/")[-1] for w in layer.weights) == ["bias:0", "other:0"]
    layer.also = layer.bias
    layer.bias = None
    assert len(layer.weights) == 2


def library_layers(cls=tfk.layers.Layer):
    for sub in cls.__subclasses__():
        if sub.__module__.startswith("tfk."):
            yield sub
            yield from library_layers(sub)


def test_untracked_attributes_are_declared():
    for cls in (tfk.layers.Layer, *library_layers()):
        declared = {name for base in cls.__mro__ for name in vars(base).get("__annotations__", ())}
        assert cls._UNTRACKED <= declared, cls


class Referring(tfk.layers.Layer):
    _UNTRACKED = frozenset(("other", "others"))

    def __init__(self, other, **kwargs):
        super().__init__(**kwargs)
        self.other = other
        self.others = [other]


class Inheriting(Referring):
    _UNTRACKED = frozenset(("third",))


def test_untracked_attributes_hold_no_parts():
    dense = tfk.layers.Dense(2)
    dense.build((None, 3))
    layer = Inheriting(dense)
    layer.third, layer.fourth = dense, [dense]
    assert type(layer.others) is list and type(layer.fourth) is not list
    assert list(layer._members) == ["fourth"]
    assert layer._UNTRACKED > {"other", "others", "third", "built"}
    del layer.fourth
    assert not layer.weights and not layer._trackable_children()


def test_a_changed_setting_counts_though_it_is_untracked():
    layer = Referring(tfk.layers.Dense(2))
    version = layer._version
    layer.others = []
    assert layer._version == version
    layer.other = tfk.layers.Dense(2)
    assert layer._version != version
