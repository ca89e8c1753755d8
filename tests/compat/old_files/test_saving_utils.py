"""The forward pass of a model as a function, as converters ask for it."""

import numpy as np
import tensorflow as tf

import tfk
from tfk.compat.old_files import load_context, saving_utils


def test_forward_pass_of_any_batch():
    inputs = tfk.Input((3,), name="x"), tfk.Input((3,), name="y")
    model = tfk.Model(inputs, tfk.layers.Add(name="sum")(inputs))
    concrete = saving_utils.trace_model_call(model).get_concrete_function()
    assert all(tensor.shape[0] is None for tensor in concrete.inputs)
    x = np.ones((5, 3), "float32")
    result = saving_utils.trace_model_call(model)({"x": x, "y": 2 * x})
    np.testing.assert_allclose(result["sum"], 3 * x)


def test_load_context(tmp_path):
    assert not load_context.in_load_context()
    seen = []

    class Notes(tfk.layers.Layer):
        def __init__(self, **kwargs):
            super().__init__(**kwargs)
            seen.append(load_context.in_load_context())

    model = tfk.Sequential([tfk.Input((2,)), Notes()])
    model.save(tmp_path / "model.keras")
    tfk.models.load_model(tmp_path / "model.keras", custom_objects={"Notes": Notes})
    assert seen == [False, True]
    assert tf.executing_eagerly()
