"""Objects print themselves on one line."""

import numpy as np
import pytest
import tensorflow as tf

import tfk
from tfk import callbacks, layers, losses, metrics, optimizers


class Scale(layers.Layer):
    def __init__(self, factor, table=None, **kwargs):
        super().__init__(**kwargs)
        self.factor = factor

    def get_config(self):
        raise NotImplementedError


TEXTS = {
    "Dense(units=4, activation='relu', name='out')": lambda: layers.Dense(4, "relu", name="out"),
    "Dense(units=4, activation=relu, name='dense')": lambda: layers.Dense(4, tf.nn.relu),
    "Scale(factor=2, table=<ndarray of shape (9, 3)>, name='scale')": lambda: Scale(
        2, np.zeros((9, 3))
    ),
    "Bidirectional(layer=LSTM(units=4, name='lstm'), name='bidirectional')": lambda: (
        layers.Bidirectional(layers.LSTM(4))
    ),
    "Scale(...)": lambda: Scale.__new__(Scale),
    "<Sequential 'seq': 2 layers, (None, 3) -> (None, 1)>": lambda: tfk.Sequential(
        [layers.Dense(2, input_shape=(3,)), layers.Dense(1)], name="seq"
    ),
    "Sequential(layers=[Dense(units=2, name='dense')], name='seq')": lambda: tfk.Sequential(
        [layers.Dense(2)], name="seq"
    ),
    "Adam(learning_rate=0.01, amsgrad=True)": lambda: optimizers.Adam(0.01, amsgrad=True),
    "SGD()": optimizers.SGD,
    "MeanSquaredError()": losses.MeanSquaredError,
    "BinaryCrossentropy(from_logits=True, reduction='sum')": lambda: losses.BinaryCrossentropy(
        from_logits=True, reduction="sum"
    ),
    "AUC(num_thresholds=10, name='area')": lambda: metrics.AUC(10, name="area"),
    "EarlyStopping(monitor='loss', patience=3)": lambda: callbacks.EarlyStopping(
        "loss", patience=3
    ),
}


@pytest.mark.parametrize("expected", TEXTS)
def test_text(expected):
    assert repr(TEXTS[expected]()) == expected


def test_loaded_objects_show_the_same_settings():
    layer = layers.Dense(4, "relu", kernel_regularizer="l2", name="out")
    again = layers.Dense.from_config(layer.get_config())
    text = "Dense(units=4, activation='relu', kernel_regularizer=L2(...), name='out')"
    assert repr(again) == text


def test_functional_models_show_their_shapes():
    a, b = layers.Input((2,)), layers.Input((None, 3))
    model = tfk.Model([a, b], layers.Dense(1)(a), name="two")
    assert repr(model) == "<Functional 'two': 3 layers, (None, 2), (None, None, 3) -> (None, 1)>"


def test_every_public_object_prints_on_one_short_line():
    bases = (optimizers.Optimizer, losses.Loss, metrics.Metric)
    for module in (optimizers, losses, metrics):
        for name, cls in vars(module).items():
            if isinstance(cls, type) and issubclass(cls, bases):
                try:
                    text = repr(cls())
                except TypeError:  # needs arguments
                    continue
                assert text.startswith(f"{cls.__name__}(") and len(text) < 200, name


def test_inside_a_graph():
    optimizer = optimizers.SGD(0.5)
    optimizer.build([tf.Variable(1.0)])
    texts = []
    tf.function(lambda: texts.append(repr(optimizer)))()
    assert texts[0].startswith("SGD(")
