"""Weights in Keras 2's HDF5 layout: one group per layer, with the names of its weights in an
attribute.
"""

import warnings

import numpy as np

from tfk.saving import hdf5_file
from tfk.saving.file_kinds import WEIGHTS_NAMES, describe_hdf5
from tfk.saving.hdf5_file import Hdf5Error, attribute, holds, member, read, read_names, write_names
from tfk.saving.weight_conversions import Origin, converted, is_convertible, weights_of
from tfk.saving.weight_names import places_by_name
from tfk.utils.handover import assign, values

# Identifies this layout: the list of layers, in parts if it is long, or the group of a whole model.
LAYER_LISTS = {"layer_names", "layer_names0", "model_weights"}
TOP_LEVEL = "top_level_model_weights"


def _own_weights(model):
    return model._own_variables(True) + model._own_variables(False)


def write_group(group, layers, keras_version):
    """Write the weights of `layers` into an HDF5 group."""
    write_names(group, "layer_names", [layer.name for layer in layers])
    group.attrs["backend"] = "tensorflow"
    group.attrs["keras_version"] = keras_version
    for layer in sorted(layers, key=lambda layer: layer.name):
        _write_variables(group.create_group(layer.name), weights_of(layer))


def write_model(group, model, keras_version):
    """Write all weights of a model, those assigned to the model itself included.

    Raises: ValueError if a layer has learned a vocabulary, which this layout has no place for.
    """
    for layer in model._flatten_layers():
        if getattr(layer, "has_learned_vocabulary", False):
            raise ValueError(
                f'{type(layer).__name__} "{layer.name}": an .h5 file cannot hold the vocabulary'
                " that adapt has learned. Save the model as .keras, or make the layer with"
                " vocabulary=layer.get_vocabulary()."
            )
    write_group(group, model.layers, keras_version)
    _write_variables(group.create_group(TOP_LEVEL), _own_weights(model))
    written = {id(weight) for layer in model.layers for weight in layer.weights}
    written |= {id(weight) for weight in _own_weights(model)}
    written |= {id(variable) for metric in model.metrics for variable in metric.variables}
    weights = model.weights if model.built else []
    left_out = [weight.name for weight in weights if id(weight) not in written]
    if left_out:
        warnings.warn(
            f'"{model.name}": an .h5 file has no place for variables of a tf.Module that is no'
            f" layer: {left_out} are not saved. Save .keras or .weights.h5 instead.",
            stacklevel=4,
        )


def _write_variables(group, variables):
    names = unique_names(variables)
    write_names(group, "weight_names", names)
    for name, variable in zip(names, variables):
        write_array(group, name, values(variable))


def write_array(group, name, array):
    """One array as a dataset; scalars as scalars."""
    if array.shape:
        group.create_dataset(name, data=array)
    else:
        group.create_dataset(name, (), dtype=array.dtype)[()] = array


def unique_names(variables):
    """Return the names of variables, made unique, since the file addresses data by them."""
    taken, result = set(), []
    for name in [variable.name for variable in variables]:
        number, candidate = 0, name
        while candidate in taken:
            number += 1
            candidate = f"{name}_{number}"
        taken.add(candidate)
        result.append(candidate)
    return result


def read_model(group, model, by_name=False, skip_mismatch=False):
    """Load weights into a built model; nothing is changed unless everything fits (or mismatches
    are skipped).

    Args:
        group: HDF5 group that holds `layer_names`.
        model: The model.
        by_name: Match layers by name and leave the others alone, instead of by order. Defaults to
            False.
        skip_mismatch: Warn about layers that do not fit and leave them alone, instead of raising.
            Defaults to False.
    """
    pairs = _pairs_by_name(group, model) if by_name else _pairs_by_order(group, model)
    if TOP_LEVEL in group:
        pairs.append((None, _own_weights(model), member(group, TOP_LEVEL)))
    origin, plan = _origin(group), []
    for layer, variables, stored in pairs:
        try:
            plan += _assignments(layer, variables, stored, origin)
        except (ValueError, KeyError) as error:
            if isinstance(error, Hdf5Error):
                raise
            title = _title(layer, model)
            if not skip_mismatch:
                raise ValueError(
                    f"The weights in the file do not fit {title}: {error.args[0]}"
                ) from None
            warnings.warn(f"Weights of {title} are skipped: {error.args[0]}", stacklevel=4)
    for variable, value in plan:
        is_array = isinstance(value, np.ndarray)
        assign(variable, value if is_array else read(value, value.shape))
    for layer in model._flatten_layers():
        layer.finalize_state()


def trained_names(group, model):
    """Names in the file of the trained weights, in the order of the layers; None if layers had
    other weights then.
    """
    names = []
    for layer, variables, stored in _pairs_by_order(group, model):
        own = read_names(stored, "weight_names")
        if len(own) != len(variables):
            return None
        names += own[: len(layer.trainable_weights)]
    return names


def _title(layer, model):
    owner = layer if layer is not None else model
    return f'{type(owner).__name__} "{owner.name}"'


def _origin(group):
    return Origin(str(attribute(group, "keras_version", default="1")), attribute(group, "backend"))


def _assignments(layer, variables, stored, origin):
    """Pairs of a variable and its dataset, or its value if weights had another form once.

    Raises: ValueError or KeyError if the stored weights are not those of the layer.
    """
    names = read_names(stored, "weight_names")
    datasets = [member(stored, name) for name in names]
    if origin.is_plain:
        places = places_by_name([variable.name for variable in variables], names)
        datasets = [datasets[place] for place in places or range(len(datasets))]
    problem = _mismatch(variables, datasets)
    as_stored = problem is None and origin.is_plain
    if as_stored or layer is None or not is_convertible(layer):
        pairs = list(zip(variables, datasets))
    else:
        pairs = converted(layer, [read(dataset) for dataset in datasets], origin)
        fits = _mismatch(*zip(*pairs)) is None if pairs else True
        problem = None if fits else problem or "their shapes differ."
    if problem is not None:
        raise ValueError(problem)
    return pairs


def _mismatch(variables, stored):
    """Why datasets or arrays cannot be the values of variables, or None."""
    if len(stored) != len(variables):
        return f"the layer has {len(variables)} weights, the file {len(stored)}."
    for variable, value in zip(variables, stored):
        name = getattr(value, "name", "the weight")
        shape = getattr(value, "shape", None)
        if not variable.shape.is_compatible_with(tuple(shape or ())):
            return (
                f"{variable.name!r} has shape {tuple(variable.shape)}, {name!r} in the file"
                f" {shape}."
            )
        if not holds(value, variable.dtype):
            return (
                f"{variable.name!r} has dtype {variable.dtype.name}, {name!r} in the file"
                f" {value.dtype}."
            )
    return None


def _stored_layers(group):
    """`(name, group, number of weights)` of every layer in the file."""
    found = []
    for name in read_names(group, "layer_names"):
        try:
            stored = member(group, name)
        except KeyError as error:
            raise Hdf5Error(
                f"The file lists a layer that it does not contain: {error.args[0]}."
            ) from None
        found.append((name, stored, len(read_names(stored, "weight_names"))))
    return found


def _pairs_by_order(group, model):
    layers = [layer for layer in model.layers if weights_of(layer)]
    stored = [entry for entry in _stored_layers(group) if entry[2]]
    if len(layers) != len(stored):
        raise ValueError(
            f"The file holds the weights of {len(stored)} layers, the model {model.name!r} has"
            f" {len(layers)} with weights. In the file: {[name for name, _, _ in stored]}; in the"
            f" model: {[layer.name for layer in layers]}. Pass by_name=True to load the layers that"
            " have the same names."
        )
    return [(layer, weights_of(layer), entry[1]) for layer, entry in zip(layers, stored)]


def _pairs_by_name(group, model):
    by_name = {}
    for layer in model.layers:
        by_name.setdefault(layer.name, []).append(layer)
    return [
        (layer, weights_of(layer), stored)
        for name, stored, _ in _stored_layers(group)
        for layer in by_name.get(name, [])
    ]


def save_weights(path, model, keras_version):
    """Write a weights file: `layer_names` and the layers at the root."""
    with hdf5_file.new_file(path) as file:
        write_model(file, model, keras_version)


def lists_layers(path):
    """Return whether a file has the layout of this module; the other one is that of
    `variables_file`.

    Raises: ValueError if it has neither.
    """
    with hdf5_file.open_file(path) as file:
        names = {*file.attrs, *file}
        if not names & (LAYER_LISTS | WEIGHTS_NAMES):
            raise ValueError(f"{path!r} {describe_hdf5(names, path)}.")
        return bool(names & LAYER_LISTS)


def load_weights(path, model, by_name=False, skip_mismatch=False):
    """Load a weights file, or the weights in a file of a whole model."""
    with hdf5_file.open_file(path) as file:
        whole_model = "model_weights" in file and not LAYER_LISTS & {*file.attrs}
        group = member(file, "model_weights") if whole_model else file
        read_model(group, model, by_name, skip_mismatch)
