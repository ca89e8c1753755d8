"""Configs of Keras 3 as configs of Keras 2.

Keras 3 describes an object by the same keys as Keras 2 (`module`, `class_name`, `config`, ...) with
other settings in some of them, other calls in graphs, and operations of `keras.ops` where Keras 2
has functions of TensorFlow. `to_keras2` rewrites one into the other; it works on plain data alone
and creates no object.
"""

import dataclasses
import inspect

from tfk.saving import registry
from tfk.saving.keras3_operations import OPERATIONS
from tfk.saving.load_scopes import misfits_named
from tfk.utils.naming import printable

# Settings that only Keras 3 knows, with the values under which they mean nothing.
NEUTRAL = {
    "antialias": (False,),
    "autocast": (True,),
    "data_format": ("channels_last", None),
    "fill_mode": ("constant",),
    "fill_value": (0.0, 0),
    "flash_attention": (False, None),
    "input_axes": (None,),
    "lora_alpha": (None,),
    "lora_rank": (None,),
    "loss_scale_factor": (None,),
    "oov_method": ("floormod",),
    "optional": (False,),
    "output_axes": (None,),
    "pad_to_aspect_ratio": (False,),
    "quantization_config": (None,),
    "rms_scaling": (False,),
    "salt": (None,),
    "sliding_window": (None,),
    "use_gate": (False,),
    "zero_output_for_mask": (False,),
}
# Settings without influence on trained weights and outputs.
IRRELEVANT = ("dtype", "name", "seed", "value_range", "vocabulary_size")
# Keras 3's name of a setting, by class, and the name in Keras 2.
RENAMED = {
    ("InputLayer", "batch_shape"): "batch_input_shape",
    ("LeakyReLU", "negative_slope"): "alpha",
}
# Activations that both have under one name, with different values.
CHANGED = {"hard_sigmoid"}
# Their settings are the same as in Keras 2, and no arguments of `__init__`.
UNCHECKED = ("Functional", "Model", "Sequential")
# Arguments that classes of Keras 2 take as part of their keyword arguments.
KEYWORDS = {
    "InputLayer": {"batch_input_shape"},
    **dict.fromkeys(("GRU", "LSTM", "RNN", "SimpleRNN"), {"zero_output_for_mask"}),
}
# Classes to which Keras 3 gives the dtype in which others compute, and Keras 2 that of the results.
WITHOUT_DTYPE = (
    "BinaryIoU",
    "IntegerLookup",
    "IoU",
    "MeanIoU",
    "OneHotIoU",
    "OneHotMeanIoU",
    "StringLookup",
)
CLASSES = {"OrthogonalInitializer": "Orthogonal", "IdentityInitializer": "Identity"}
POLICIES = ("DTypePolicy", "FloatDTypePolicy")
TENSOR, SLICE, CONSTANT = "__keras_tensor__", "__slice__", "_CONSTANT_VALUE"
ELLIPSIS = "__ellipsis__"
OPERATIONS_OF = "keras.src.ops."


def is_keras3(version):
    """Return whether a version such as `"3.4.1"`, as files state it, belongs to Keras 3.

    >>> is_keras3("3.4.1"), is_keras3("2.15.0"), is_keras3(None)
    (True, False, False)
    """
    return (
        isinstance(version, str)
        and version.partition(".")[0].isdecimal()
        and (int(version.partition(".")[0]) >= 3)
    )


def is_config_of_keras3(value):
    """Return whether Keras 3 wrote a config, which states no version: dtypes are policies there,
    and inputs have a `batch_shape`.

    >>> layer = {"class_name": "InputLayer", "config": {"batch_shape": [None, 3]}}
    >>> is_config_of_keras3({"class_name": "Sequential", "config": {"layers": [layer]}})
    True
    """
    if isinstance(value, list):
        return any(map(is_config_of_keras3, value))
    if not isinstance(value, dict):
        return False
    settings = value.get("config")
    is_input = value.get("class_name") == "InputLayer" and isinstance(settings, dict)
    if value.get("class_name") in POLICIES or (is_input and "batch_shape" in settings):
        return True
    return any(map(is_config_of_keras3, value.values()))


def to_keras2(config, version="3"):
    """Rewrite the config of a model that Keras 3 saved.

    Args:
        config: What `config.json` of a `.keras` file, `model.to_json()` or the attribute
            `model_config` of an `.h5` file holds, as plain data.
        version: The version that wrote it, for messages. Defaults to `"3"`.

    Returns:
        The config in the layout of Keras 2.

    Raises: ValueError that lists everything without a counterpart in Keras 2.
    """
    scope = _Scope([], {})
    with misfits_named(f"The config of Keras {version}"):
        rewritten = _rewrite(config, scope)
    if scope.problems:
        listed = printable("; ".join(dict.fromkeys(scope.problems)))
        raise ValueError(
            f"This model was saved by Keras {version} and uses what Keras 2, and so tfk, does not"
            f" have: {listed}. Load it with Keras 3, or pass custom_objects for missing classes."
        )
    return rewritten


def training_to_keras2(settings, version):
    """Rewrite the attribute `training_config` of an `.h5` file, where optimizers have no module."""
    optimizer = {"module": "keras.optimizers", **settings["optimizer_config"]}
    return to_keras2({**settings, "optimizer_config": optimizer}, version)


@dataclasses.dataclass
class _Scope:
    """What is known while a config is rewritten.

    Attributes:
        problems: What has no counterpart in Keras 2.
        shifts: Difference between the numbers of the calls of a layer in Keras 2 and 3, by name.
            Keras 2 counts the graph inside a model as its call number 0.
    """

    problems: list
    shifts: dict


def _rewrite(value, scope):
    if isinstance(value, list):
        return [_rewrite(item, scope) for item in value]
    if not isinstance(value, dict):
        return value
    if not ("class_name" in value and "config" in value):
        return {key: _rewrite(item, scope) for key, item in value.items()}
    if value["class_name"] in POLICIES and isinstance(value["config"], dict):
        return value["config"].get("name")
    if _is_operation(value):
        return _operation(value, scope)
    return _object(value, scope)


def _object(value, scope):
    """The config of a layer, model, loss, optimizer, ...: other settings, other calls."""
    name = CLASSES.get(value["class_name"], value["class_name"])
    kept = {
        key: _rewrite(item, scope)
        for key, item in value.items()
        if key not in ("inbound_nodes", "build_config", "compile_config", "config")
    }
    kept["class_name"] = name
    if str(value.get("module") or "").startswith("keras.src.models"):
        kept["module"] = "keras"
    cls = _built_in(kept)
    inner, endpoints = scope, {}
    if isinstance(value["config"], dict) and isinstance(value["config"].get("layers"), list):
        endpoints = endpoint_shifts(value["config"]["layers"])
        inner = _Scope(scope.problems, call_shifts(value["config"]["layers"]))
    settings = _rewrite(value["config"], inner)
    for key in ("input_layers", "output_layers"):
        if isinstance(settings, dict) and key in settings:
            settings[key] = _shifted(settings[key], endpoints)
    if isinstance(settings, dict) and cls is not None and name not in UNCHECKED:
        settings = _settings(name, settings, cls, scope)
    kept["config"] = settings
    build = value.get("build_config")
    if isinstance(build, dict) and set(build) == {"input_shape"}:
        kept["build_config"] = build
    if (value.get("compile_config") or {}).get("optimizer") is not None:
        compiled = _rewrite(value["compile_config"], scope)
        compiled.pop("jit_compile", None)  # Keras 3 stores what it chose, not what was asked for
        compiled.pop("auto_scale_loss", None)
        kept["compile_config"] = compiled
    if "inbound_nodes" in value:
        kept["inbound_nodes"] = [_call(node, cls, scope) for node in value["inbound_nodes"]]
    return kept


def call_shifts(layers):
    """`{name: 1}` for the models among the layers of a graph."""
    return {layer["name"]: 1 for layer in layers if _is_model(layer)}


def endpoint_shifts(layers):
    """`{name: 1}` for those whose call numbers differ where the inputs and outputs of the graph are
    listed. There Keras 3 counts the calls of a graph as Keras 2 does, but not of a Sequential.
    """
    models = (layer for layer in layers if _is_model(layer))
    return {layer["name"]: 1 for layer in models if "input_layers" not in layer["config"]}


def _is_model(layer):
    """Whether a layer of a graph, whose config states its name, is a model."""
    return (
        isinstance(layer, dict)
        and "name" in layer
        and isinstance(layer.get("config"), dict)
        and "layers" in layer["config"]
    )


def _shifted(nest, shifts):
    """A nest of `[layer, call, output]` with the call numbers of Keras 2."""
    if isinstance(nest, dict):
        return {key: _shifted(item, shifts) for key, item in nest.items()}
    if isinstance(nest, list) and len(nest) == 3 and isinstance(nest[0], str):
        return [nest[0], nest[1] + shifts.get(nest[0], 0), nest[2]]
    return [_shifted(item, shifts) for item in nest] if isinstance(nest, list) else nest


def _built_in(value):
    """The built-in class that a config names, or None."""
    if value.get("registered_name") and ">" in str(value["registered_name"]):
        return None
    try:
        found = registry.find(value["class_name"], value.get("module"))
    except ValueError:
        return None
    return found if inspect.isclass(found) else None


def _settings(name, settings, cls, scope):
    """The settings that Keras 2's class takes; others must be neutral."""
    accepted = accepted_arguments(cls)
    kept = {}
    for key, item in settings.items():
        if key == "dtype" and name in WITHOUT_DTYPE:
            continue
        key = RENAMED.get((name, key), key)
        if "activation" in key and isinstance(item, str) and item in CHANGED:
            scope.problems.append(f"the activation {item!r} with the values that it has in Keras 3")
        anything = accepted is None and key not in NEUTRAL
        if anything or key in (accepted or ()) or key in KEYWORDS.get(name, ()):
            kept[key] = item
        elif key not in IRRELEVANT and not any(item == v for v in NEUTRAL.get(key, ())):
            scope.problems.append(f"{name}({key}={item!r})")
    return kept


def accepted_arguments(cls):
    """Return the names of the arguments that a class takes through its chain of `__init__`; None
    for any."""
    names = set()
    for base in cls.__mro__:
        if "__init__" not in vars(base):
            continue
        parameters = inspect.signature(base.__init__).parameters.values()
        names.update(p.name for p in parameters)
        if not any(p.kind is p.VAR_KEYWORD for p in parameters):
            return names
    return None


def _reference(tensor, scope):
    """`[layer, call, output]` of a symbolic tensor."""
    layer, call, output = tensor["config"]["keras_history"]
    return [layer, call + scope.shifts.get(layer, 0), output]


def _is_tensor(value):
    return isinstance(value, dict) and value.get("class_name") == TENSOR


def _argument(value, scope):
    """An argument of a call, with `[layer, call, output]` for each symbolic tensor."""
    if _is_tensor(value):
        return _reference(value, scope)
    if isinstance(value, dict) and value.get("class_name") == ELLIPSIS:
        return "..."
    if isinstance(value, dict) and value.get("class_name") == SLICE:
        return {key: _argument(value["config"][key], scope) for key in ("start", "stop", "step")}
    if isinstance(value, list):
        return [_argument(item, scope) for item in value]
    if isinstance(value, dict) and "class_name" not in value:
        return {key: _argument(item, scope) for key, item in value.items()}
    return _rewrite(value, scope)


def _call(node, cls, scope, names=None, settings=()):
    """One call: nested `[layer, call, output, keyword arguments]` for the first argument."""
    if not isinstance(node, dict):
        return node
    arguments = list(node.get("args", ()))
    if names is None:
        names = _call_names(cls)
    if not arguments and names and names[0] in node.get("kwargs", {}):
        node = {**node, "kwargs": dict(node["kwargs"])}
        arguments = [node["kwargs"].pop(names[0])]
    first, rest = (arguments[0], arguments[1:]) if arguments else (None, [])
    kwargs = {
        name: _argument(item, scope) for name, item in zip(names[1:], rest) if item is not None
    }
    kwargs |= {
        name: _argument(item, scope)
        for name, item in node.get("kwargs", {}).items()
        if item is not None and name != "training"  # that of the whole model wins in Keras 3
    }
    kwargs |= dict(settings)

    def entry(value):
        if _is_tensor(value):
            return [*_reference(value, scope), kwargs]
        if isinstance(value, list):
            return [entry(item) for item in value]
        if isinstance(value, dict):
            return {key: entry(item) for key, item in value.items()}
        return [CONSTANT, -1, value, kwargs]

    return (
        entry(first)
        if isinstance(first, (list, dict)) and not _is_tensor(first)
        else [entry(first)]
    )


def _call_names(cls):
    """Names of the positional arguments of a layer's `call`."""
    call = getattr(cls, "call", None)
    if call is None:
        return ("inputs",)
    return [name for name in inspect.signature(call).parameters if name != "self"]


def _is_operation(value):
    """Whether a config is that of an operation; HDF5 files leave out the module."""
    if "module" in value:
        return str(value["module"]).startswith(OPERATIONS_OF)
    settings = value["config"] if isinstance(value["config"], dict) else {}
    return value.get("inbound_nodes") and not {"trainable", "layers"} & set(settings)


def _operation(value, scope):
    """An operation of `keras.ops` as the layer that stands for TensorFlow's function."""
    known = OPERATIONS.get(value["class_name"])
    settings = dict(value["config"]) if isinstance(value["config"], dict) else {}
    name = settings.pop("name", value.get("name"))
    if known is None:
        scope.problems.append(f"the operation keras.ops {value['class_name']}")
        return {}
    given, others = known.arguments_from(_rewrite(settings, scope))
    for key, item in others.items():
        scope.problems.append(f"the operation {value['class_name']}({key}={item!r})")
    function = known.function
    kind = "SlicingOpLambda" if function == "__operators__.getitem" else "TFOpLambda"
    nodes = value.get("inbound_nodes", ())
    calls = [_call(node, None, scope, known.arguments, given) for node in nodes]
    return {
        "module": "keras.layers",
        "class_name": kind,
        "config": {"name": name, "trainable": True, "dtype": "float32", "function": function},
        "registered_name": kind,
        "name": value.get("name", name),
        # The layers of operations list their first argument itself, not a list of it.
        "inbound_nodes": [call[0] if _is_single(call) else call for call in calls],
    }


def _is_single(call):
    return isinstance(call, list) and len(call) == 1
