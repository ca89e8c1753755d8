"""The serving signature of a model: names and specs of inputs and outputs."""

import collections
import contextlib
import contextvars
import functools
import re
import warnings

import tensorflow as tf

from tfk.utils.jit_scope import portable_scope
from tfk.utils.naming import to_snake_case
from tfk.utils.specs import open_spec
from tfk.utils.tensorflow_internals import wrap_container

SERVING_DEFAULT = "serving_default"
_stated = contextvars.ContextVar("_stated", default=False)


def stable_names(layers, wanted):
    """Return the names of the `wanted` layers that do not depend on what was built before in the
    process.

    A default name such as `dense_7` counts all dense layers ever made; here it is numbered among
    the `layers` of the model alone, as it would be in a fresh process. Other names stay.
    """
    numbers = collections.defaultdict(set)
    for layer in layers:
        stem, number = _default_number(layer)
        if stem:
            numbers[stem].add(number)
    names = []
    for layer in wanted:
        stem, number = _default_number(layer)
        if stem is None:
            names.append(layer.name)
            continue
        rank = sorted(numbers[stem]).index(number)
        first = 1 if stem == "input" else 0
        names.append(f"{stem}_{rank + first}" if rank + first else stem)
    return names


def _default_number(layer):
    """`("dense", 7)` for a layer with the default name `dense_7`, else `(None, None)`."""
    stem = "input" if type(layer).__name__ == "InputLayer" else to_snake_case(type(layer).__name__)
    match = re.fullmatch(re.escape(stem) + r"(?:_(\d+))?", layer.name)
    return (stem, int(match[1] or 0)) if match else (None, None)


def input_specs(model):
    """Dict from input name to type spec, with an open batch size.

    Raises: ValueError for a subclassed model that has not been called.
    """
    if model._graph is not None:
        tensors = model._graph.inputs
        names = stable_names(model._graph.layers, [tensor._keras_history[0] for tensor in tensors])
        return {name: open_spec(tensor.type_spec) for name, tensor in zip(names, tensors)}
    saved = model.save_spec()
    if saved is None:
        raise ValueError(
            f'{type(model).__name__} "{model.name}" has never been called, so the shapes of its'
            " inputs are unknown. Call it on data (or fit it) before you export it."
        )
    (specs,), _ = saved
    if isinstance(specs, dict):
        # In the order of `tf.nest`, in which values are put back into the nest.
        return {str(key): open_spec(specs[key]) for key in sorted(specs)}
    return {
        f"input_{number}": open_spec(spec)
        for number, spec in enumerate(tf.nest.flatten(specs), start=1)
    }


def output_dict(model, outputs):
    """Return the outputs of a model as a dict: dict outputs keep their keys, others are named after
    their layers.
    """
    if isinstance(outputs, dict):
        flat = {}
        for key, value in outputs.items():
            if tf.nest.is_nested(value):
                flat.update({f"{key}_{i}": item for i, item in enumerate(tf.nest.flatten(value))})
            else:
                flat[str(key)] = value
        return flat
    flat = tf.nest.flatten(outputs)
    if model._graph is not None and len(model._graph.outputs) == len(flat):
        layers = [tensor._keras_history[0] for tensor in model._graph.outputs]
        names = stable_names(model._graph.layers, layers)
    else:
        names = [f"output_{number}" for number in range(1, len(flat) + 1)]
    counts, result = collections.Counter(), {}
    for name, value in zip(names, flat):
        result[f"{name}_{counts[name]}" if counts[name] else name] = value
        counts[name] += 1
    return result


def serving_function(model, strict=True):
    """Return a function and its trace, from named inputs to named outputs, in inference mode.

    A server splits batches, so an output that loses the batch dimension is a mistake.

    Args:
        model: The model.
        strict: Whether that is an error, not a warning. Defaults to True.

    Raises: ValueError for such an output with `strict`.
    """
    specs = input_specs(model)
    keys = {_identifier(name): name for name in specs}

    def serve(**inputs):
        named = {keys[key]: value for key, value in inputs.items()}
        values = [named[name] for name in specs]
        if model._graph is not None:
            nest = tf.nest.pack_sequence_as(model._graph.nested_inputs, values)
        else:
            (called,), _ = model.save_spec()
            nest = tf.nest.pack_sequence_as(called, values)
        return output_dict(model, model(nest, training=False))

    function = tf.function(serve, autograph=False)
    concrete = function.get_concrete_function(
        **{key: _named(specs[name], key) for key, name in keys.items()}
    )
    for name, tensor in concrete.structured_outputs.items():
        shape = getattr(tensor, "shape", None)
        if (
            shape is not None
            and shape.rank is not None
            and (shape.rank == 0 or shape[0] is not None)
        ):
            message = (
                f'{type(model).__name__} "{model.name}": output {name!r} has shape {tuple(shape)}:'
                " it lost the batch dimension. A served model keeps axis 0 of its inputs open in"
                " every output; let the last layers work per sample."
            )
            if strict:
                raise ValueError(message)
            warnings.warn(message, stacklevel=2)
    return function, concrete


def forward_function(model):
    """Return the model in inference mode as a `tf.function` of its inputs, as they are passed to
    the model, with an open batch size.
    """
    (specs,), _ = model.save_spec()
    signature = [tf.nest.map_structure(open_spec, specs)]

    @functools.partial(tf.function, input_signature=signature, autograph=False)
    def serve(inputs):
        return model(inputs, training=False)

    return serve


def exported_attributes(model):
    """Return the default exports of `tf.saved_model.save(model, path)`, under the names users look
    for it.

    Empty where signatures are stated and for a model without known inputs. The signature is left
    out for a model with outputs that no server can split.
    """
    if _stated.get() or not model.built or model.save_spec() is None:
        return {}
    attributes = loaded_attributes(model)
    try:
        with portable_scope():  # `tf.lite.TFLiteConverter.from_keras_model` converts this
            attributes["_default_save_signature"] = serving_function(model)[1]
    except ValueError:
        pass
    return attributes


def loaded_attributes(model):
    """What lets the object that `tf.saved_model.load` gives be used as a model: its call and its
    variables.
    """

    @functools.partial(tf.function, autograph=False)
    def call(inputs, training=False, mask=None):
        masks = {} if mask is None else {"mask": mask}
        return model(inputs, training=training, **masks)

    (specs,), _ = model.save_spec()
    for training in (False, True):
        call.get_concrete_function(specs, training=training)
    return {
        "__call__": call,
        "variables": wrap_container(list(model.variables)),
        "trainable_variables": wrap_container(list(model.trainable_variables)),
    }


@contextlib.contextmanager
def stated_signatures():
    """Context in which models add no signatures to a SavedModel."""
    token = _stated.set(True)
    try:
        yield
    finally:
        _stated.reset(token)


def _identifier(name):
    """The name as Python allows it for an argument."""
    name = re.sub(r"\W", "_", name)
    return f"_{name}" if name[:1].isdigit() else name


def _named(spec, name):
    return (
        tf.TensorSpec(spec.shape, spec.dtype, name=name)
        if isinstance(spec, tf.TensorSpec)
        else spec
    )
