"""Former session state: names, learning phases, functions between tensors of a model."""

import collections
import contextlib
import gc
import sys
import warnings

import numpy as np
import tensorflow as tf

from tfk import config
from tfk.engine.graph.input_layer import Input
from tfk.engine.layer import call_context
from tfk.engine.model.model import Model
from tfk.utils.control_flow import smart_cond
from tfk.utils.naming import reset_names

_numbers = collections.Counter()


def backend():
    """Return the name of the backend library.

    >>> backend()
    'tensorflow'
    """
    return "tensorflow"


def name_scope(name):
    """Return a name scope: names of TensorFlow operations start with `name` inside it.

    Args:
        name: Name of the scope.

    >>> with name_scope("encoder"):
    ...     w = tf.Variable(0.0, name="w")
    >>> w.name
    'encoder/w:0'
    """
    return tf.name_scope(name)


def clear_session():
    """Reset global state left by models: default names restart, and reference cycles are freed.

    >>> clear_session()
    """
    reset_uids()
    call_context.set_default_training(None)
    gc.collect()


def get_uid(prefix=""):
    """Return 1, 2, 3, ... on successive calls with the same prefix.

    Args:
        prefix: Name of the counter. Defaults to `""`.

    >>> get_uid("block"), get_uid("block"), get_uid("head")
    (1, 2, 1)
    """
    _numbers[prefix] += 1
    return _numbers[prefix]


def reset_uids():
    """Reset the counters of `get_uid` and of default names.

    >>> reset_uids()
    >>> get_uid("block")
    1
    """
    reset_names()
    _numbers.clear()


def function(inputs, outputs, updates=None, name=None, **kwargs):
    """Return a function that computes tensors of a model from its inputs, as NumPy arrays.

    Args:
        inputs: Symbolic input tensor of a model, or a list of them.
        outputs: Symbolic tensor computed from `inputs`, or a list of them.
        updates: Not supported: TensorFlow 2 has no sessions. Defaults to None.
        name: Ignored. Defaults to None.
        **kwargs: Not supported either.

    Returns:
        A function of arrays (a list of them for a list of inputs).

    Raises: ValueError if `updates` or arguments of a session are given.
    >>> x = Input((3,))
    >>> function([x], [x * 2.0])([np.ones((1, 3))])
    [array([[2., 2., 2.]], dtype=float32)]
    """
    if updates or kwargs:
        names = sorted([*kwargs, *(["updates"] if updates else [])])
        raise ValueError(
            f"function: {', '.join(names)} need a session, which TensorFlow 2 does not have."
        )
    model = Model(inputs=inputs, outputs=outputs)

    def call(arrays):
        results = model(arrays)
        if isinstance(outputs, list) and not isinstance(results, list):
            results = [results]
        return tf.nest.map_structure(_to_numpy, results)

    return call


def _to_numpy(tensor):
    value = tensor.numpy() if tf.is_tensor(tensor) and hasattr(tensor, "numpy") else tensor
    return (
        value.item()
        if isinstance(value, (np.ndarray, np.generic)) and np.ndim(value) == 0
        else value
    )


def placeholder(shape=None, ndim=None, dtype=None, sparse=False, name=None, ragged=False):
    """Return a symbolic tensor: an `Input` whose shape includes the batch axis.

    Args:
        shape: Shape with None for unknown sizes. Defaults to None.
        ndim: Number of axes, used if `shape` is not given. Defaults to None.
        dtype: Dtype; None uses `floatx`. Defaults to None.
        sparse: Whether it stands for sparse tensors. Defaults to False.
        name: Name of the input. Defaults to None.
        ragged: Whether it stands for ragged tensors. Defaults to False.

    Raises: ValueError if it is both sparse and ragged.
    >>> placeholder((None, 4)).shape
    TensorShape([None, 4])
    """
    if sparse and ragged:
        raise ValueError("placeholder: a tensor cannot be both sparse and ragged.")
    shape = (None,) * ndim if not shape and ndim else shape
    dtype = dtype or config.floatx()
    if sparse:
        spec = tf.SparseTensorSpec(shape, dtype)
    elif ragged:
        unknown = [axis for axis, length in enumerate(shape) if axis and length is None]
        spec = tf.RaggedTensorSpec(shape, dtype, ragged_rank=max(unknown, default=0))
    else:
        spec = tf.TensorSpec(shape, dtype)
    return Input(type_spec=spec, name=name)


def print_tensor(x, message="", summarize=3):
    """Print a tensor whenever it is computed, and return it.

    Args:
        x: Tensor.
        message: Text printed before the values. Defaults to `""`.
        summarize: Number of first and last elements printed per axis. Defaults to 3.

    >>> print_tensor(tf.constant([1.0, 2.0]), "x =").numpy()
    array([1., 2.], dtype=float32)
    """
    with tf.control_dependencies(
        [tf.print(message, x, output_stream=sys.stdout, summarize=summarize)]
    ):
        return tf.identity(x)


def learning_phase():
    """Return the `training` mode of the current layer call; 0 outside layers.

    >>> learning_phase()
    0
    """
    frame = call_context.current()
    training = call_context.default_training() if frame is None else frame.training
    return 0 if training is None else training


def set_learning_phase(value):
    """Set the mode of layers and models that are called without `training`.

    Deprecated in Keras 2: pass `training` to the calls. `fit`, `evaluate` and `predict` set their
    own mode in any case.

    Args:
        value: 1 for training, 0 for inference.

    Raises: ValueError for another value.
    >>> set_learning_phase(0)  # doctest: +SKIP
    """
    _warn_of_phase("set_learning_phase")
    call_context.set_default_training(_as_phase(value))


@contextlib.contextmanager
def learning_phase_scope(value):
    """Return a context in which the learning phase is `value`.

    Args:
        value: 1 for training, 0 for inference.

    >>> with learning_phase_scope(1):  # doctest: +SKIP
    ...     print(learning_phase())
    True
    """
    _warn_of_phase("learning_phase_scope")
    before = call_context.default_training()
    call_context.set_default_training(_as_phase(value))
    try:
        yield
    finally:
        call_context.set_default_training(before)


def _as_phase(value):
    if value not in (0, 1):
        raise ValueError(f"learning phase: expected 0 or 1, got {value!r}.")
    return bool(value)


def _warn_of_phase(function):
    warnings.warn(
        f"tfk.backend.{function} is deprecated. Pass training=True or False when you call a layer"
        " or a model.",
        stacklevel=3,
    )


def manual_variable_initialization(value):
    """Do nothing: variables are initialized when they are created.

    Args:
        value: Ignored.

    >>> manual_variable_initialization(True)
    """


def in_train_phase(x, alt, training=None):
    """Return `x` in training, else `alt`.

    Args:
        x: Value for training, a tensor or a function that returns one.
        alt: Value otherwise, likewise.
        training: Whether to train, also as a tensor; None uses the mode of the current layer call.
            Defaults to None.

    >>> in_train_phase(1, 2, training=True)
    1
    """
    training = learning_phase() if training is None else training
    if not tf.is_tensor(training):
        training = bool(training)
    return smart_cond(training, _as_function(x), _as_function(alt))


def in_test_phase(x, alt, training=None):
    """Return `alt` in training, else `x`.

    Args:
        x: Value for inference, a tensor or a function that returns one.
        alt: Value for training, likewise.
        training: Whether to train, also as a tensor; None uses the mode of the current layer call.
            Defaults to None.

    >>> in_test_phase(1, 2, training=True)
    2
    """
    return in_train_phase(alt, x, training)


def _as_function(value):
    return value if callable(value) else lambda: value
