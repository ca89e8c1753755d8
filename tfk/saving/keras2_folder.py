"""SavedModel folders of Keras 2, the default format of TensorFlow 2.0 to 2.11, as models.

The functions in the folder are not run. The model is created from the config that Keras 2 noted
about it, and its variables and optimizer are restored from the checkpoint in the folder.
"""

import collections
import os

import numpy as np
import tensorflow as tf

from tfk.saving import checkpoint
from tfk.saving.load_scopes import in_safe_mode, misfits_named, safe_mode_scope
from tfk.saving.names import check_names
from tfk.saving.protocols import Trainable
from tfk.saving.registry import UnknownName, custom_object_scope
from tfk.saving.saved_objects import SavedObjects
from tfk.saving.training_config import compile_settings, load_listing_all
from tfk.utils.loading import load_budget, weights_follow
from tfk.utils.versions import note_change

# What Keras 2 wrote for the config of a model whose class has no get_config.
NO_CONFIG = "layer was saved without config"
SPECS = {"tf.TensorSpec": tf.TensorSpec, "tf.RaggedTensorSpec": tf.RaggedTensorSpec}
# Identifiers of layers that are no models.
LAYERS = ("_tf_keras_layer", "_tf_keras_rnn_layer")
# Where lookup layers keep their table: since TensorFlow 2.5, and before.
TABLES = ("lookup_table", "_table")
# What TensorFlow before 2.5 called an attribute, and its name since.
RENAMED = {"_index_lookup_layer": "_lookup_layer"}


def load(path, custom_objects=None, compile=True, safe_mode=None):
    """Return the model in the folder at `path`; None if Keras 2 did not write it.

    Raises: ValueError if the folder is damaged, or names classes that are not registered.
    """
    with (
        load_budget(_size(path)),
        safe_mode_scope(in_safe_mode(safe_mode)),
        custom_object_scope(custom_objects or {}),
        weights_follow(),
    ):
        saved = SavedObjects(path)
        if not saved.is_of_keras:
            return None
        with misfits_named(repr(path)):
            return _revive(saved, compile)


def _size(path):
    return sum(
        os.path.getsize(os.path.join(folder, file))
        for folder, _, files in os.walk(path)
        for file in files
    )


def _revive(saved, compile):
    described = saved.metadata(0)
    name = described.get("class_name")
    config = described.get("config") or {}
    if not isinstance(name, str):
        raise ValueError(f"{saved.path!r} is damaged: it does not say what class the model has.")
    settings = described.get("training_config") if compile else None
    settings = settings and compile_settings(settings)
    config = {} if NO_CONFIG in config else _with_shapes(config, _build_shapes(saved))
    config = {"class_name": name, "config": config}
    try:
        model = load_listing_all(config, settings, None)
    except UnknownName as error:
        raise UnknownName(f"{error} {_alternative(saved.path)}", error.name) from None
    except ValueError as error:
        raise ValueError(f"{saved.path!r}: {error} {_alternative(saved.path)}") from error
    if not isinstance(model, Trainable):
        raise ValueError(
            f"{saved.path!r} describes a {type(model).__name__} where a model was expected."
        )
    _take_name(model, described)
    if not model.built:
        model.build_on_specs(_input_specs(saved, described))
    _take_flags(saved, model)
    if settings:
        model.compile_from_config(settings)
    checkpoint.check_holds(saved.checkpoint, model)
    checkpoint.load(model, saved.checkpoint)
    _load_vocabularies(saved, model)
    return model


def _build_shapes(saved):
    """Dict from the names of layers to the input shapes on which they were built."""
    described = [
        saved.metadata(index)
        for index, item in enumerate(saved.objects)
        if item.identifier in LAYERS
    ]
    shapes = {}
    for layer in described:
        if isinstance(layer.get("name"), str) and layer.get("build_input_shape"):
            shapes.setdefault(layer["name"], []).append(layer["build_input_shape"])
    return {name: found[0] for name, found in shapes.items() if len(found) == 1}


def _with_shapes(config, shapes):
    """The config of a model in which layers state the shapes on which they were built.

    Inputs do not always determine it: a layer may have seen data before the model was made.
    """
    if not isinstance(config.get("layers"), list):
        return config
    layers = []
    for layer in config["layers"]:
        settings = layer.get("config") if isinstance(layer, dict) else None
        if isinstance(settings, dict):
            layer = {**layer, "config": _with_shapes(settings, shapes)}
            name = settings.get("name")
            if "layers" not in settings and isinstance(name, str) and name in shapes:
                layer["build_config"] = {"input_shape": shapes[name]}
        layers.append(layer)
    return {**config, "layers": layers}


def _alternative(path):
    return (
        f"For inference alone, layers.TFSMLayer({path!r}, call_endpoint='serving_default') runs the"
        " functions in the folder, which are code of its author."
    )


def _take_name(model, described):
    """A model whose class has no get_config does not know its name."""
    name = described.get("name")
    if isinstance(name, str) and name != model.name:
        check_names(type(model).__name__, {"name": name})
        model._rename(name)


def _take_flags(saved, model):
    """Layers that code of the user creates do not know whether they were frozen later."""
    for layer, _, index in _paired(saved, model):
        flag = saved.metadata(index).get("trainable") if hasattr(layer, "_trainable") else None
        if isinstance(flag, bool):
            layer._trainable = flag
    note_change()


# Inputs -------------------------------------------------------------------------------------------


def _input_specs(saved, described):
    """Nest of type specs of the inputs of a model that is no graph of layers."""
    spec = described.get("full_save_spec")
    if isinstance(spec, list) and spec and isinstance(spec[0], list) and spec[0]:
        return _specs(spec[0][0])
    if described.get("save_spec"):
        return _specs(described["save_spec"])
    specs = saved.input_specs()
    if not specs:
        raise ValueError(
            f"{saved.path!r} does not say what inputs the model takes. {_alternative(saved.path)}"
        )
    if len(specs) == 1:
        return next(iter(specs.values()))
    numbered = {f"input_{number}": number for number in range(1, len(specs) + 1)}
    if set(numbered) == set(specs):
        return [specs[name] for name in sorted(specs, key=numbered.get)]
    return specs


def _specs(nest):
    if isinstance(nest, dict) and nest.get("class_name") == "TypeSpec":
        kind = SPECS.get(nest["type_spec"])
        if kind is None:
            raise ValueError(f"Inputs of type {nest['type_spec']!r} cannot be read.")
        shape, dtype, *others = nest["serialized"]
        others = others[:1] if kind is tf.RaggedTensorSpec else []
        batch_open = [None, *shape[1:]] if shape else shape
        return kind(batch_open, tf.as_dtype(dtype), *others)
    if isinstance(nest, dict):
        return {key: _specs(value) for key, value in nest.items()}
    return [_specs(value) for value in nest]


# Vocabularies -------------------------------------------------------------------------------------


def _load_vocabularies(saved, model):
    """Gives lookup layers the vocabulary that they had learned, which is in no config."""
    for layer, place, index in _paired(saved, model):
        if not hasattr(layer, "load_vocabulary"):
            continue
        children = saved.objects[index].children
        table = next((name for name in TABLES if name in children), None)
        if table is None:
            continue
        entries = saved.table_constants(children[table])
        if len(entries) != 2:
            entries = checkpoint.table(saved.checkpoint, f"{place}/{table}")
        if entries is not None:
            layer.load_vocabulary(_in_order(*entries))


def _in_order(keys, values):
    """The tokens of a table in the order of their indices; an inverse table has them as values."""
    keys, values = np.ravel(keys), np.ravel(values)
    if keys.shape != values.shape:
        raise ValueError(f"A lookup table holds {len(keys)} keys and {len(values)} values.")
    tokens, indices = (values, keys) if values.dtype.kind in "OSU" else (keys, values)
    return [
        token.decode("utf-8") if isinstance(token, bytes) else token
        for token in tokens[np.argsort(indices, kind="stable")].tolist()
    ]


def _paired(saved, model):
    """Triples of an object of the model, its path in the checkpoint and its index in the folder.

    The path is the first one in a breadth-first search, by which TensorFlow names things.
    """
    seen, queue = {0}, collections.deque([(model, "", 0)])
    while queue:
        item, place, index = queue.popleft()
        yield item, place, index
        present = item._trackable_children()
        for name, child in saved.objects[index].children.items():
            if child in seen:
                continue
            found = item._lookup_dependency(RENAMED.get(name, name), present)
            if found is not None:
                seen.add(child)
                queue.append((found, f"{place}/{name}" if place else name, child))
