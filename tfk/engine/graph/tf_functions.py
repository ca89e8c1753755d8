"""TensorFlow functions that files may name: pure computations on their arguments.

A function qualifies by its properties, not because it is listed: TensorFlow defines it in a module
of computations, and no parameter is a file or a function. When a file is loaded, the operations of
every call are traced, never run, and checked as well: none may involve a file, a path, a resource
or state other than that of a random number generator.
"""

import functools
import inspect
import re

import tensorflow as tf

from tfk.utils.graph_operations import operations
from tfk.utils.loading import reserve
from tfk.utils.tensorflow_internals import api_name

# Public modules, besides `tf`, in which names from files are looked up.
_PUBLIC_MODULES = (
    "math", "nn", "linalg", "signal", "strings", "image", "bitwise", "random", "sparse", "ragged",
    "sets", "dtypes", "quantization", "audio", "io", "__operators__",
)  # fmt: skip
# Modules of `tensorflow.python.ops` that only define computations. Others, such as `io_ops`,
# `script_ops`, `variable_scope` and `control_flow_ops`, read files, run code or change state.
_COMPUTATIONS = re.compile(
    r"tensorflow\.python\.ops\.("
    r"(array|array_ops_stack|bincount|candidate_sampling|check|clip|confusion_matrix|ctc|embedding|"
    r"histogram|image|linalg|manip|math|nn|nn_impl|nn_impl_distribute|parsing|random|random_crop|"
    r"sets_impl|sort|sparse|special_math|stateless_random|string|tensor_getitem_override|tensor_math)"
    r"(_ops)?(_impl)?"
    r"|gen_(array|audio|bitwise|data_flow|image|linalg|math|nn|ragged_array|random_index_shuffle|"
    r"spectral|string)_ops"
    r"|linalg\.linalg_impl|signal\.\w+|ragged\.(?!ragged_factory)\w+"
    r")|tensorflow\.python\.framework\.tensor_conversion"
)
_NOT_DATA = {"op", "vocab_file", "filename", "file_pattern", "window_fn", "forward_window_fn"}
_HAS_DEFAULT = {"window_fn", "forward_window_fn"}  # optional, and never in a file
# Parameters that determine the number of returned tensors.
_COUNTS = {"num", "num_or_size_splits", "num_split", "num_partitions", "top_paths"}

_FORBIDDEN_WORDS = re.compile(r"file|path|container|shared_name|stream|device|address")
_FORBIDDEN_OPERATIONS = re.compile(
    r"File|Directory|Dataset|Iterator|Checkpoint|Restore|Save|PyFunc"
)
_CONTROL_FLOW = {"While", "If", "Case", "PartitionedCall", "StatefulPartitionedCall", "Assert"}


def is_computation(function):
    """Return whether a function only computes tensors from tensors."""
    target = inspect.unwrap(function)
    if not inspect.isfunction(target) or not _COMPUTATIONS.fullmatch(target.__module__):
        return False
    return not _NOT_DATA.intersection(_parameters(target)) - _HAS_DEFAULT


def _parameters(function):
    try:
        return inspect.signature(function).parameters
    except (TypeError, ValueError):
        return {}


@functools.cache
def pure_functions():
    """Return a table from public name to function of all TensorFlow functions that files may
    name.
    """
    table = {}
    for prefix in (*_PUBLIC_MODULES, ""):
        module = getattr(tf, prefix) if prefix else tf
        for name in dir(module):
            function = getattr(module, name, None)
            if callable(function) and not inspect.isclass(function) and is_computation(function):
                table.setdefault(f"{prefix}.{name}" if prefix else name, function)
                canonical = api_name(function)
                if canonical:
                    table.setdefault(canonical, function)
    return table


def find_function(name):
    """Return the TensorFlow function with a public name from a saved model.

    Raises: ValueError if the name is not that of a pure computation.
    """
    table = pure_functions()
    short = name.removeprefix("compat.v1.") if isinstance(name, str) else None
    if short is None or (name not in table and short not in table):
        raise ValueError(
            f"A saved model names the TensorFlow function {name!r}, which is not among the pure"
            " functions that files may use. Models with other functions need a registered custom"
            " layer in its place."
        )
    return table.get(name, table.get(short))


def check_arguments(function, args, kwargs):
    """Raise ValueError for arguments in a file that a computation does not need.

    Args:
        function: The TensorFlow function.
        args, kwargs: Its arguments; tensors among them may be symbolic.
    """
    name, parameters = api_name(function), list(_parameters(inspect.unwrap(function)))
    for key, value in [*zip(parameters, args), *kwargs.items()]:
        if key in _NOT_DATA and value is not None:
            raise ValueError(f"A saved model gives {key} to tf.{name}, which is not allowed.")
        if key in _COUNTS and isinstance(value, int):
            reserve(f"tf.{name}({key}={value})", objects=max(value, 0))


def check_operations(graph):
    """Raise ValueError unless all operations of a traced graph are pure computations."""
    for operation in operations(graph):
        reason = _offence(operation)
        if reason:
            raise ValueError(
                f"A saved model uses the TensorFlow operation {operation.type}, which {reason}."
                " Files may hold computations alone."
            )


def _offence(operation):
    definition = operation.op_def
    if definition is None or operation.type in _CONTROL_FLOW:
        return None
    if _FORBIDDEN_OPERATIONS.search(operation.type):
        return "works on more than tensors"
    names = [attribute.name for attribute in definition.attr]
    words = [*names, *(argument.name for argument in definition.input_arg)]
    named = [word for word in words if _FORBIDDEN_WORDS.search(word)]
    if named:
        return f"takes {named[0]}"
    tensors = (*operation.inputs, *operation.outputs)
    if any(tensor.dtype == tf.resource for tensor in tensors):
        return "uses a resource"
    if definition.is_stateful and not {"seed", "seed2"} <= set(names):
        return "has state"
    return None
