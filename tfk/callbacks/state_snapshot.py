"""Everything in a model that training changes: taken as arrays, put back bit for bit."""

import itertools

import numpy as np
import tensorflow as tf


def state_variables(model):
    """All variables of `model`: weights, optimizer, metrics, random generators, counters; each once.

    The order depends on how the model was made alone, so it is the same in a process that makes it again.
    """
    held = list(tf.Module.variables.fget(model))  # in any attribute: more than the weights
    for holder in model._flatten(predicate=_is_holder):
        held.extend(part for part in tf.train.TrackableView(holder).descendants() if _is_variable(part))
    for metric in model.metrics:
        held.extend(metric.variables)
    return list({id(variable): variable for variable in held}.values())


def _is_variable(part):
    return isinstance(part, tf.Variable)


def _is_holder(part):
    """Whether `tf.Module` does not look into an attribute that may hold variables: optimizers, random generators."""
    return isinstance(part, tf.__internal__.tracking.Trackable) and not isinstance(
        part, (tf.Module, tf.Variable)
    )


def take_snapshot(model):
    """The values of `state_variables(model)` with what identifies them, as `restore_snapshot` takes it."""
    variables = state_variables(model)
    return {
        "names": [variable.name for variable in variables],
        "values": [variable.numpy() for variable in variables],
    }


def restore_snapshot(model, snapshot):
    """Gives the variables of `model` the values of `snapshot`.

    Raises: ValueError if the snapshot was taken of a model with other variables; nothing is changed then.
    """
    variables = state_variables(model)
    saved = [_described(array) for array in snapshot["values"]]
    expected = [_described(variable) for variable in variables]
    if saved != expected:  # names may differ: a model made twice in one process gets other ones
        pairs = itertools.zip_longest(
            zip(snapshot["names"], saved), zip((v.name for v in variables), expected)
        )
        found, wanted = next((a, b) for a, b in pairs if a is None or b is None or a[1] != b[1])
        raise ValueError(
            "The saved state belongs to another model, optimizer or set of metrics: it holds "
            f"{len(saved)} variables, the model has {len(expected)}. They first differ in {found} (saved) and "
            f"{wanted} (model). Pass another folder, or remove the saved state."
        )
    for variable, value in zip(variables, snapshot["values"]):
        variable.assign(value)


def _described(value):
    dtype = getattr(value.dtype, "as_numpy_dtype", value.dtype)
    return tuple(value.shape), np.dtype(dtype).name
