"""Maps per-output arguments (targets, losses, metrics, weights) to the structure of the outputs."""

import tensorflow as tf

from tfk.utils.suggestions import did_you_mean


def list_to_tuple(structure):
    """Return the same nest with tuples in place of lists."""
    if isinstance(structure, dict):
        return type(structure)((key, list_to_tuple(value)) for key, value in structure.items())
    if isinstance(structure, list) or type(structure) is tuple:
        return tuple(list_to_tuple(value) for value in structure)
    return structure


def differ(outputs, others):
    """Return whether two nests of tensors or specs cannot both be outputs of one model.

    >>> differ([tf.ones((8, 1))], [tf.TensorSpec((None, 1))])
    False
    >>> differ([tf.ones((8, 1))], [tf.TensorSpec((None, 3))])
    True
    """
    first, second = list(paths(outputs)), list(paths(others))
    if [path for path, _ in first] != [path for path, _ in second]:
        return True
    return any(_differs(a, b) for (_, a), (_, b) in zip(first, second))


def _differs(output, other):
    shape, other_shape = tf.TensorShape(output.shape), tf.TensorShape(other.shape)
    if output.dtype != other.dtype or not (shape.rank and other_shape.rank):
        return output.dtype != other.dtype
    return not shape[1:].is_compatible_with(other_shape[1:])


def default_output_names(outputs):
    """Return default output names: `output_1`, ..., or keys joined by `_` for dicts.

    >>> default_output_names([0.0, 1.0])
    ['output_1', 'output_2']
    >>> default_output_names({"a": [0.0, 1.0], "b": 2.0})
    ['a_1', 'a_2', 'b']
    """
    names = []
    for path, _ in paths(outputs):
        steps = [str(step + 1) if isinstance(step, int) else str(step) for step in path] or ["1"]
        prefix = "output_" if not path or isinstance(path[0], int) else ""
        names.append(prefix + "_".join(steps))
    return names


def paths(structure, path=()):
    """Return pairs `(path, leaf)` in the order of `tf.nest.flatten`; a path is a tuple of keys and
    indices.
    """
    if isinstance(structure, dict):
        items = [(key, structure[key]) for key in sorted(structure)]
    elif isinstance(structure, (list, tuple)):
        items = list(enumerate(structure))
    else:
        return [(path, structure)]
    return [found for key, value in items for found in paths(value, (*path, key))]


def is_flat_list(structure):
    """Return True for a list or tuple without nested structures."""
    return isinstance(structure, (list, tuple)) and not any(
        tf.nest.is_nested(item) for item in structure
    )


def by_output_name(what, outputs, output_names, given):
    """Convert a dict keyed by output name to a list in the order of the outputs (or the only
    entry).

    Raises: ValueError for an unknown output name; `what` is the argument's name in the message.
    """
    by_name = isinstance(given, dict) and (not tf.nest.is_nested(outputs) or is_flat_list(outputs))
    if not by_name:
        return given
    unknown = [key for key in given if key not in output_names]
    if unknown:
        raise ValueError(
            f"{what}: the keys {unknown} name no output of the model. The outputs are"
            f" {list(output_names)}; got the keys {list(given)}."
            f" {did_you_mean(unknown[0], output_names, 'outputs')}"
        )
    entries = [given.get(name) for name in output_names]
    return entries if tf.nest.is_nested(outputs) else entries[0]


def fit_to_outputs(what, outputs, output_names, given):
    """Return `given` in the structure of `outputs`: names become positions, missing keys None, one
    value applies to all.
    """
    given = by_output_name(what, outputs, output_names, given)
    if isinstance(outputs, dict) and isinstance(given, dict):
        unknown = [key for key in given if key not in outputs]
        if unknown:
            raise ValueError(
                f"{what}: the keys {unknown} name no output of the model, which gives"
                f" {list(outputs)}."
            )
        given = {key: given.get(key) for key in outputs}
    if not tf.nest.is_nested(given) and tf.nest.is_nested(outputs):
        return tf.nest.map_structure(lambda _: given, outputs)
    return given


def flat_by_output(what, outputs, output_names, given):
    """Return one entry of `given` per output, in the order of `tf.nest.flatten(outputs)`; entries
    may be nests.

    A list of one entry stands for that entry if the model has one output. A list for a dict of
    outputs is in the order of the sorted keys.

    Raises: ValueError if the structures differ.
    """
    if not tf.nest.is_nested(outputs) and isinstance(given, (list, tuple)) and len(given) == 1:
        given = given[0]
    fitted = list_to_tuple(fit_to_outputs(what, outputs, output_names, given))
    try:
        return _flatten_up_to(list_to_tuple(outputs), fitted)
    except LookupError:
        raise ValueError(
            f"{what}: expected one entry for each output {list(output_names)}, in the structure of"
            f" the outputs {_outline(outputs)}; got {_outline(given)}."
        ) from None


def _flatten_up_to(outputs, given):
    if isinstance(outputs, dict) and isinstance(given, tuple):
        # Files of models with dict outputs list their metrics in this order, as Keras 2 does.
        outputs = tuple(outputs[key] for key in sorted(outputs))
    if isinstance(outputs, dict):
        if not isinstance(given, dict) or set(given) != set(outputs):
            raise LookupError
        pairs = [(outputs[key], given[key]) for key in sorted(outputs)]
    elif isinstance(outputs, tuple):
        if not isinstance(given, tuple) or len(given) != len(outputs):
            raise LookupError
        pairs = list(zip(outputs, given))
    else:
        return [given]
    return [entry for output, entries in pairs for entry in _flatten_up_to(output, entries)]


def _outline(structure):
    """Return a nest with its leaves described by shape or type, for messages."""

    def tell(leaf):
        shape = getattr(leaf, "shape", None)
        return type(leaf).__name__ if shape is None else f"{type(leaf).__name__}{tuple(shape)}"

    return tf.nest.map_structure(tell, structure)
