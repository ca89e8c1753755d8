"""TensorFlow functions on symbolic tensors become layers, and come back from files."""

import json

import numpy as np
import pytest
import tensorflow as tf

from tfk.engine.graph.input_layer import Input
from tfk.models import Model, model_from_json


def test_functions_operators_and_slices_become_layers_and_come_back_from_json():
    x, y = Input((4, 3)), Input((4, 3))
    z = tf.nn.relu(x * 2.0 - y) @ tf.constant(np.eye(3, dtype="float32"))
    z = tf.concat([z[:, 1:, ::2], (1.0 / (tf.abs(x) + 1.0))[..., :2][:, :3]], axis=-1)
    z = tf.reshape(z, [tf.shape(z)[0], -1]) ** 2
    z = tf.where(z > 0.5, z, -z) + tf.reduce_mean(y, axis=[1, 2])[:, tf.newaxis]
    model = Model([x, y], [z, tf.stack([x, y], 1)])
    data = [tf.random.normal((2, 4, 3)), tf.random.normal((2, 4, 3))]
    by_hand = tf.nn.relu(data[0] * 2 - data[1])
    by_hand = tf.concat([by_hand[:, 1:, ::2], (1 / (tf.abs(data[0]) + 1))[..., :2][:, :3]], -1)
    by_hand = tf.reshape(by_hand, [2, -1]) ** 2
    by_hand = tf.where(by_hand > 0.5, by_hand, -by_hand) + tf.reduce_mean(data[1], [1, 2])[:, None]
    np.testing.assert_allclose(model(data)[0], by_hand, atol=1e-5)
    copy = model_from_json(model.to_json())
    for one, other in zip(model(data), copy(data)):
        np.testing.assert_allclose(one, other, atol=1e-6)


def test_variables_in_functions_train_with_the_model():
    factor = tf.Variable(3.0, name="factor")
    x = Input((2,))
    model = Model(x, tf.multiply(x, factor))
    assert [w.name for w in model.trainable_weights] == ["factor:0"]


def test_ragged_and_sparse_inputs():
    x = Input((None,), ragged=True, dtype="int32")
    model = Model(x, tf.reduce_sum(x, axis=1))
    np.testing.assert_array_equal(model(tf.ragged.constant([[1, 2], [3]])), [3, 3])
    dense = Model(x, x.to_tensor())
    np.testing.assert_array_equal(dense(tf.ragged.constant([[1, 2], [3]])), [[1, 2], [3, 0]])
    sum_ = Model(x, (x + x) + 1)
    assert sum_(tf.ragged.constant([[1, 2], [3]])).to_list() == [[3, 5], [7]]
    s = Input((3,), sparse=True)
    sparse = Model(s, s.values + 1.0)
    np.testing.assert_array_equal(sparse(tf.sparse.from_dense([[0.0, 2.0, 0.0]])), [3])


def test_files_may_name_pure_functions_only():
    config = json.loads(Model(x := Input((2,)), tf.nn.relu(x)).to_json())
    for name in (
        "io.write_file",
        "py_function",
        "raw_ops.WriteFile",
        "os.system",
        "numpy_function",
        "load_library",
    ):
        config["config"]["layers"][1]["config"]["function"] = name
        with pytest.raises(ValueError, match="not among the pure functions"):
            model_from_json(json.dumps(config))
