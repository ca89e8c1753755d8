"""Snapshots of all state of a model that training changes, restored bit for bit."""

import itertools

import numpy as np
import tensorflow as tf

from tfk.utils.tensorflow_internals import Trackable


def state_variables(model):
    """Return all variables of `model` except those of its metrics: weights, optimizers, random
    generators, counters; each once.

    The order only depends on how the model was built, so it is the same in another process.
    """
    held = list(tf.Module.variables.fget(model))  # in any attribute: not only the weights
    for holder in model._flatten(predicate=_is_holder):
        held.extend(
            part for part in tf.train.TrackableView(holder).descendants() if _is_variable(part)
        )
    of_metrics = {id(variable) for metric in model.metrics for variable in metric.variables}
    own = {id(variable): variable for variable in held if id(variable) not in of_metrics}
    return _copies(own.values())


def _copies(variables):
    """Return variables, splitting those with one value per replica, such as metric sums."""
    found = []
    for variable in variables:
        apart = (
            isinstance(variable, tf.distribute.DistributedValues)
            and variable.synchronization == tf.VariableSynchronization.ON_READ
        )
        found.extend(variable.values if apart else [variable])
    return found


def _is_variable(part):
    return isinstance(part, tf.Variable)


def _is_holder(part):
    """Return whether `tf.Module` ignores an attribute that may hold variables: optimizers, random
    generators.
    """
    return isinstance(part, Trackable) and not isinstance(part, (tf.Module, tf.Variable))


def take_snapshot(model):
    """Return the values of everything in `model` that training changes, for `restore_snapshot`."""
    variables = state_variables(model)
    return {
        "names": [variable.name for variable in variables],
        "values": [variable.numpy() for variable in variables],
        "metrics": [
            [metric.name, [variable.numpy() for variable in _copies(metric.variables)]]
            for metric in model.metrics
        ],
    }


def restore_snapshot(model, snapshot):
    """Set the variables of `model` to the values of `snapshot`.

    Metrics that the model does not have (yet) are skipped: validation metrics are created by the
    first pass.

    Raises: ValueError if the snapshot belongs to a model with other variables; nothing is changed
        then.
    """
    pairs = _matched(state_variables(model), snapshot)
    saved = [(entry[0], entry[1]) for entry in snapshot["metrics"]]
    for metric in model.metrics:
        variables = _copies(metric.variables)
        for place, (name, values) in enumerate(saved):
            if name == metric.name and list(map(_described, values)) == list(
                map(_described, variables)
            ):
                pairs += zip(variables, values)
                del saved[place]  # the next metric of this name takes the next values
                break
    for variable, value in pairs:
        variable.assign(value)


def _matched(variables, snapshot):
    """Return pairs of a variable and its saved value."""
    saved = [_described(array) for array in snapshot["values"]]
    expected = [_described(variable) for variable in variables]
    if saved != expected:  # names may differ: building a model twice in one process changes them
        rows = itertools.zip_longest(
            zip(snapshot["names"], saved), zip((v.name for v in variables), expected)
        )
        found, wanted = next((a, b) for a, b in rows if a is None or b is None or a[1] != b[1])
        raise ValueError(
            f"The saved state belongs to another model or optimizer: it holds {len(saved)}"
            f" variables, the model has {len(expected)}. They first differ in {found} (saved) and"
            f" {wanted} (model). Pass another folder, or remove the saved state."
        )
    return list(zip(variables, snapshot["values"]))


def _described(value):
    dtype = getattr(value.dtype, "as_numpy_dtype", value.dtype)
    return tuple(value.shape), np.dtype(dtype).name
