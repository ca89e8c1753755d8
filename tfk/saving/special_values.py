"""Config values that JSON cannot represent: arrays, tensors, bytes, type specs and, for those who
trust the file, lambdas.
"""

import numpy as np
import tensorflow as tf

from tfk.saving.load_scopes import in_safe_mode
from tfk.utils.bytecode import dump_function, load_function
from tfk.utils.loading import reserve

# The specs a config may hold: their fields in the order in which Keras 2 writes them.
TYPE_SPECS = {
    tf.TensorSpec: ("shape", "dtype", "name"),
    tf.RaggedTensorSpec: ("shape", "dtype", "ragged_rank", "row_splits_dtype"),
    tf.SparseTensorSpec: ("shape", "dtype"),
}
ARRAY_KINDS = "biufcSU"  # numbers, booleans and strings; never objects
NUMBERS_AND_TEXT = (bool, int, float, complex, str, bytes)
REFUSED_ARRAY = "Expected a stored array to hold numbers, booleans or strings"


def describe(obj):
    """Return the config of an array, tensor, bytes or type spec; None for anything else."""
    if isinstance(obj, bytes):
        return _special("__bytes__", value=obj.decode("utf-8"))
    if isinstance(obj, np.ndarray):
        if obj.dtype.kind == "O":
            obj = _without_objects(obj)
        return _special("__numpy__", value=obj.tolist(), dtype=obj.dtype.name)
    if isinstance(obj, tf.Tensor):
        return _special("__tensor__", value=obj.numpy().tolist(), dtype=obj.dtype.name)
    return _describe_type_spec(obj) if isinstance(obj, tf.TypeSpec) else None


def _without_objects(array):
    if not all(isinstance(item, str) for item in array.flat):
        raise TypeError(
            "Cannot serialize an array of Python objects. Use an array of numbers or strings."
        )
    return array.astype(str)


def describe_lambda(function):
    """Return the config of a lambda: its bytecode."""
    return _special("__lambda__", value=dump_function(function))


def _special(class_name, **config):
    return {"class_name": class_name, "config": config}


def _describe_type_spec(spec):
    if type(spec) not in TYPE_SPECS:
        listed = ", ".join(kind.__name__ for kind in TYPE_SPECS)
        raise TypeError(
            f"Cannot serialize a {type(spec).__name__}; type specs that can be are {listed}."
        )
    fields = [getattr(spec, field) for field in TYPE_SPECS[type(spec)]]
    return {
        "class_name": "__typespec__",
        "spec_name": type(spec).__name__,
        "module": type(spec).__module__,
        "config": [_plain(field) for field in fields],
        "registered_name": None,
    }


def _plain(field):
    """A field of a type spec: a shape, a dtype, a number or a name."""
    if isinstance(field, tf.TensorShape):
        return None if field.rank is None else field.as_list()
    return field.name if isinstance(field, tf.DType) else field


def to_array(value, dtype=None):
    """Return the array that a config holds as nested lists.

    An array of objects would carry configs past the checks of configs, so it is never made.

    Args:
        value: A number, a string, or nested lists of them.
        dtype: Name of the dtype; None goes by the values. Defaults to None.

    Raises: ValueError for anything but numbers, booleans and strings.
    """
    if dtype is not None:
        dtype = np.dtype("U" if str(dtype).startswith("str") else dtype)
    if dtype is not None and dtype.kind in "SU":
        dtype = np.dtype(dtype.kind)  # as long as the strings, not as the file says
    leaves = list(_leaves(value))
    wrong = [leaf for leaf in leaves if not isinstance(leaf, NUMBERS_AND_TEXT)]
    if wrong or (dtype is not None and dtype.kind not in ARRAY_KINDS):
        what = f"{wrong[0]!r:.200}" if wrong else f"dtype {dtype.name!r}"
        raise ValueError(f"{REFUSED_ARRAY}, got {what}.")
    longest = max((len(leaf) for leaf in leaves if isinstance(leaf, (str, bytes))), default=0)
    reserve("A stored array of strings", elements=longest * len(leaves))
    array = np.array(value, dtype=dtype)
    if array.dtype.kind not in ARRAY_KINDS:  # integers that are too large for any dtype
        raise ValueError(f"{REFUSED_ARRAY}, got dtype {array.dtype.name!r}.")
    return array


def _leaves(value):
    if isinstance(value, (list, tuple)):
        for item in value:
            yield from _leaves(item)
    else:
        yield value


def _load_array(config):
    array = to_array(config["config"]["value"], config["config"]["dtype"])
    # A number, such as the learning rate that Keras 2.12 to 2.15 store as a NumPy scalar.
    return array.item() if array.ndim == 0 and array.dtype.kind in "biuf" else array


def _load_tensor(config):
    return tf.constant(config["config"]["value"], dtype=config["config"]["dtype"])


def _load_bytes(config):
    return config["config"]["value"].encode("utf-8")


def _load_type_spec(config):
    kinds = {kind.__name__: kind for kind in TYPE_SPECS}
    if config.get("spec_name") not in kinds:
        raise ValueError(
            f"A stored type spec is a {config.get('spec_name')!r}; {', '.join(kinds)} can be read."
        )
    kind = kinds[config["spec_name"]]
    return kind(**dict(zip(TYPE_SPECS[kind], config["config"])))


def _load_lambda(config):
    if in_safe_mode():
        raise ValueError(
            "The config holds a lambda, which is code from the file. If you trust its author, pass"
            " safe_mode=False to this call; or save a function registered with"
            " @register_keras_serializable()."
        )
    stored = config["config"]
    if "value" in stored:
        return load_function(*stored["value"])
    return load_function(stored["code"], stored.get("defaults"), stored.get("closure"))


LOADERS = {
    "__array__": _load_array,
    "__bytes__": _load_bytes,
    "__lambda__": _load_lambda,
    "__numpy__": _load_array,
    "__tensor__": _load_tensor,
    "__typespec__": _load_type_spec,
}
