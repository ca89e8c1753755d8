"""Copies of models: equal configs, separate weights."""

import json

import pytest
import tensorflow as tf

from tests.support.compare import assert_same_outputs
from tests.support.models import Residual, branched
from tfk.engine.graph.input_layer import Input
from tfk.layers import Dense
from tfk.models import Sequential, clone_model


def test_clone_has_its_own_weights_and_equal_config():
    model = branched()
    clone = clone_model(model)
    assert json.dumps(clone.get_config()) == json.dumps(model.get_config())
    assert not {id(w) for w in clone.weights} & {id(w) for w in model.weights}
    assert_same_outputs(model, clone, [tf.random.normal((2, 4)), tf.random.normal((2, 4))])


def test_clone_function_and_input_tensors():
    model = Sequential([Dense(3, input_shape=(4,)), Dense(2)])

    def wider(layer):
        return Dense(layer.units + 1, name=layer.name)

    clone = clone_model(model, clone_function=wider)
    assert clone.output_shape == (None, 3)
    again = clone_model(branched(), input_tensors=[Input((4,), name="p"), Input((4,), name="q")])
    assert again.input_names == ["p", "q"]
    with pytest.raises(ValueError, match="subclassed model"):
        clone_model(Residual(), clone_function=wider)
