"""`keras.utils.tf_utils` and `control_flow_util`."""

import numpy as np
import tensorflow as tf

import tfk
from tfk.compat.old_files import tf_utils


def test_what_is_symbolic():
    seen = []

    @tf.function
    def note(x):
        seen.append(tf_utils.is_symbolic_tensor(x))
        return x

    note(tf.ones(2))
    assert seen == [True] and not tf_utils.is_symbolic_tensor(tf.ones(2))
    assert tf_utils.is_symbolic_tensor(tfk.Input((2,)))
    assert tf_utils.is_extension_type(tf.ragged.constant([[1], [2, 3]]))
    assert not tf_utils.is_tensor_or_variable(np.ones(2))


def test_shapes_are_tuples_inside_and_tensor_shapes_outside():
    class Double:
        @tf_utils.shape_type_conversion
        def compute_output_shape(self, input_shape):
            assert isinstance(input_shape, tuple)
            return (*input_shape[:-1], 2 * input_shape[-1])

    assert Double().compute_output_shape(tf.TensorShape([None, 3])) == tf.TensorShape([None, 6])


def test_values_of_python():
    values = tf_utils.sync_to_numpy_or_python_type({"a": tf.constant(2), "b": tf.ones(2)})
    assert values["a"] == 2 and isinstance(values["a"], int)
    assert isinstance(values["b"], np.ndarray)
    assert bool(tf_utils.dataset_is_infinite(tf.data.Dataset.range(3).repeat()))
    spec = tf_utils.get_tensor_spec(tf.ones((4, 2)), dynamic_batch=True)
    assert spec == tf.TensorSpec((None, 2), tf.float32)
    assert tf_utils.smart_cond(True, lambda: 1, lambda: 2) == 1
