"""Configs of Keras 2 as configs of Keras 3: the inverse of `keras3.py`.

Works on plain data alone, without Keras 3 at hand.
"""

import dataclasses

from tfk.saving.configs import is_object_config
from tfk.saving.keras3 import (
    CHANGED,
    CONSTANT,
    ELLIPSIS,
    RENAMED,
    SLICE,
    call_shifts,
    endpoint_shifts,
)
from tfk.saving.keras3_operations import OPERATIONS
from tfk.saving.optimizer_configs import LEGACY, PRESENT
from tfk.saving.portable import decay_as_schedule

KERAS3_VERSION = "3.12.0"  # stated in files; nothing younger is used
# Settings that Keras 3 does not know, with the values under which they mean nothing there.
NEUTRAL = {
    "dynamic": (True,),
    "experimental_aggregate_gradients": (True,),
    "fused": (None, True),
    "ragged": (False, None),
    "renorm": (False,),
    "time_major": (False,),
    "virtual_batch_size": (None,),
}
# Settings without influence on what a model computes.
IRRELEVANT = (
    "batch_input_shape",
    "experimental_autocast",
    "implementation",
    "input_length",
    "is_legacy_optimizer",
    "jit_compile",
    "rng_type",
    "softmax_robust_masking",
)
# Further ones by class.
OF_CLASS = {
    **dict.fromkeys(("Conv1DTranspose", "Conv2DTranspose", "Conv3DTranspose"), ("groups",)),
    **dict.fromkeys(("DepthwiseConv1D", "DepthwiseConv2D"), ("groups",)),
    **dict.fromkeys(
        ("SeparableConv1D", "SeparableConv2D"),
        ("groups", "kernel_initializer", "kernel_regularizer", "kernel_constraint"),
    ),
    **dict.fromkeys(
        ("SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D"), ("noise_shape", "trainable")
    ),
    "Discretization": ("trainable",),
    "Lambda": (
        *("function_type", "module", "mask_type", "mask_module"),
        *("output_shape_type", "output_shape_module"),
    ),
    "MultiHeadAttention": ("query_shape", "key_shape", "value_shape"),
    "TextVectorization": ("vocabulary_size",),
    "IntegerLookup": ("vocabulary_size", "has_input_vocabulary"),
    "StringLookup": ("vocabulary_size", "has_input_vocabulary"),
}
RENAMED_BACK = {(name, old): new for (name, new), old in RENAMED.items()}
# Classes of Keras 2 that Keras 3 does not have.
MISSING = {
    "AbstractRNNCell",
    "LocallyConnected1D",
    "LocallyConnected2D",
    "RadialConstraint",
    "RandomFourierFeatures",
    "RandomHeight",
    "RandomWidth",
    "ThresholdedReLU",
}
RECURRENT = {
    "Bidirectional",
    "ConvLSTM1D",
    "ConvLSTM2D",
    "ConvLSTM3D",
    "GRU",
    "LSTM",
    "RNN",
    "SimpleRNN",
}
GRAPHS = ("Functional", "Model")
# Classes whose setting `fn` is needed, and the module of the functions.
WRAPPERS = {"LossFunctionWrapper": "keras.losses", "MeanMetricWrapper": "keras.metrics"}
LOSS_SCALE = "LossScaleOptimizer"
# Names that TensorFlow's operators and functions have beside those in `OPERATIONS`.
ALIASES = {
    "__operators__.add": "math.add",
    "__operators__.divide": "math.truediv",
    "math.scalar_mul": "math.multiply",
    "nn.sigmoid": "math.sigmoid",
    "nn.softplus": "math.softplus",
    "nn.tanh": "math.tanh",
}
# Modules of `keras.ops` with their operations; the others are in `numpy`.
PACKAGES = {
    "core": ("Cast", "StopGradient"),
    "math": ("Erf", "Erfinv", "Logsumexp", "Rsqrt"),
    "nn": (
        *("Elu", "Gelu", "LeakyRelu", "LogSigmoid", "LogSoftmax", "Relu", "Relu6", "Selu"),
        *("Sigmoid", "Silu", "Softmax", "Softplus", "Softsign"),
    ),
}
PACKAGE_OF = {name: package for package, names in PACKAGES.items() for name in names}
# Operations with defaults that TensorFlow's functions do not have.
OTHER_DEFAULTS = {"Norm", "Normalize", "OneHot", "Pad", "Resize", "Slice", "TopK", "Unstack"}
BY_FUNCTION = {
    known.function: (name, known.arguments, {place: key for key, place in known.settings.items()})
    for name, known in reversed(OPERATIONS.items())
    if not known.integers and not known.fixed and name not in OTHER_DEFAULTS
}


@dataclasses.dataclass
class _Scope:
    """What is known while a config is rewritten.

    Attributes:
        problems: What has no counterpart in Keras 3.
        lost: What is left out because training alone depends on it.
        layers: Names of the layers of the graph.
        shifts: Difference between the numbers of the calls of a layer in Keras 2 and 3, by name.
    """

    problems: list
    lost: list
    layers: frozenset = frozenset()
    shifts: dict = dataclasses.field(default_factory=dict)


def to_keras3(config):
    """Rewrite the config of a model.

    Args:
        config: What `serialize_keras_object` returns for it, as plain data.

    Returns:
        The config in the layout of Keras 3, and a list of what was left out, as texts.

    Raises: ValueError that lists everything without a counterpart in Keras 3.
    """
    scope = _Scope([], [])
    rewritten = _rewrite(config, scope)
    if scope.problems:
        listed = "; ".join(dict.fromkeys(scope.problems))
        raise ValueError(f"Keras 3 cannot load this model, since it does not have: {listed}.")
    return rewritten, list(dict.fromkeys(scope.lost))


def _rewrite(value, scope):
    if isinstance(value, (list, tuple)):
        return [_rewrite(item, scope) for item in value]
    if not isinstance(value, dict):
        return value
    if not is_object_config(value):
        return {key: _rewrite(item, scope) for key, item in value.items()}
    if value["class_name"] in ("Policy", "PolicyV1") and isinstance(value["config"], dict):
        return value["config"].get("name")
    if value["class_name"] in ("TFOpLambda", "SlicingOpLambda"):
        return _operation(value, scope)
    return _object(value, scope)


def _object(value, scope):
    """The config of a layer, model, loss, optimizer, ...: other settings, other calls."""
    name, module = value["class_name"], value.get("module")
    built_in = str(module or "").split(".")[0] in ("keras", "tf_keras")
    if built_in and name in MISSING:
        scope.problems.append(name)
    kept = {
        key: _rewrite(item, scope)
        for key, item in value.items()
        if key not in ("inbound_nodes", "build_config", "compile_config", "config")
    }
    inner = endpoints = scope
    settings = value["config"]
    if isinstance(settings, dict) and isinstance(settings.get("layers"), list):
        inner = _of_graph(settings["layers"], scope)
        endpoints = dataclasses.replace(inner, shifts=endpoint_shifts(settings["layers"]))
        if built_in and name in GRAPHS:
            kept.update(
                module="keras.src.models.functional",
                class_name="Functional",
                registered_name="Functional",
            )
        if "build_config" in value:
            kept["build_config"] = value["build_config"]
    elif not built_in and "build_config" in value:
        kept["build_config"] = value["build_config"]
    if name.startswith(LOSS_SCALE):
        kept.update(module=PRESENT, class_name=LOSS_SCALE, registered_name=None)
        scope.lost.append("the state of the optimizer and its loss scale")
    if module == LEGACY:
        kept["module"] = PRESENT
        scope.lost.append(f"the state of the optimizer, legacy.{name}")
    if built_in and isinstance(settings, dict):
        settings = _settings(name, module, settings, scope)
    settings = _rewrite(settings, inner)
    for key in ("input_layers", "output_layers"):
        if isinstance(settings, dict) and key in settings:
            listed = _shifted(settings[key], endpoints)
            # Keras 3 returns a list for one output in a list, and Keras 2 does not.
            settings[key] = listed[0] if isinstance(listed, list) and len(listed) == 1 else listed
    kept["config"] = settings
    if value.get("compile_config"):
        compiled = {key: item for key, item in value["compile_config"].items() if item is not None}
        compiled.pop("jit_compile", None)
        kept["compile_config"] = _rewrite(compiled, scope)
    if "inbound_nodes" in value:
        kept["inbound_nodes"] = [_call(node, name, scope) for node in value["inbound_nodes"]]
    return kept


def _of_graph(layers, scope):
    layers = [layer for layer in layers if isinstance(layer, dict)]
    return dataclasses.replace(
        scope,
        layers=frozenset(layer.get("name") for layer in layers),
        shifts=call_shifts(layers),
    )


def _settings(name, module, settings, scope):
    """The settings that Keras 3's class takes."""
    if str(module).startswith(PRESENT) and settings.get("decay"):
        settings = decay_as_schedule(settings)
    kept = {}
    for key, item in settings.items():
        key = RENAMED_BACK.get((name, key), key)
        if key == "reduction" and item == "auto":
            item = "sum_over_batch_size"
        if (
            key in IRRELEVANT
            or key in OF_CLASS.get(name, ())
            or (key in ("decay", "name") and not item)
        ):
            continue
        if key == "fn":
            if name not in WRAPPERS:
                continue
            item = _function(item, WRAPPERS[name])
        if "activation" in key and isinstance(item, str) and item in CHANGED:
            scope.problems.append(f"the activation {item!r} with the values that it has in Keras 2")
        if name == "BatchNormalization" and key == "axis" and isinstance(item, (list, tuple)):
            (item,) = item if len(item) == 1 else (item,)
        if key in NEUTRAL:
            if item not in NEUTRAL[key]:
                scope.problems.append(f"{name}({key}={item!r})")
            continue
        kept[key] = item
    return kept


def _function(config, module):
    """The config of a function, with the module of those that are built in."""
    if is_object_config(config) and ">" not in str(config["config"]):
        return {**config, "module": module}
    return config


# Graphs -------------------------------------------------------------------------------------------


def _shifted(nest, scope):
    """A nest of `[layer, call, output]` with the call numbers of Keras 3."""
    if isinstance(nest, dict):
        return {key: _shifted(item, scope) for key, item in nest.items()}
    if _is_reference(nest, scope):
        return [nest[0], nest[1] - scope.shifts.get(nest[0], 0), nest[2]]
    return [_shifted(item, scope) for item in nest] if isinstance(nest, list) else nest


def _is_reference(value, scope):
    return (
        isinstance(value, (list, tuple))
        and len(value) in (3, 4)
        and isinstance(value[0], str)
        and value[0] in scope.layers
        and isinstance(value[1], int)
    )


def _tensor(reference, scope):
    """A symbolic tensor; Keras 3 takes its shape and dtype from the layer."""
    history = _shifted(list(reference[:3]), scope)
    config = {"shape": [None], "dtype": "float32", "keras_history": history}
    return {"class_name": "__keras_tensor__", "config": config}


def _argument(value, scope):
    if _is_reference(value, scope):
        return _tensor(value, scope)
    if isinstance(value, (list, tuple)):
        return [_argument(item, scope) for item in value]
    if isinstance(value, dict) and set(value) == {"start", "stop", "step"}:
        bounds = {key: _argument(item, scope) for key, item in value.items()}
        return {"class_name": SLICE, "module": "builtins", "config": bounds}
    if value == "...":
        return {"class_name": ELLIPSIS, "config": {}}
    if isinstance(value, dict) and not is_object_config(value):
        return {key: _argument(item, scope) for key, item in value.items()}
    return _rewrite(value, scope)


def _call(node, name, scope):
    """The arguments of one call of a layer."""
    first, kwargs = _first_argument(node, scope)
    kwargs = {key: _argument(item, scope) for key, item in kwargs.items() if item is not None}
    if isinstance(first, list) and name in RECURRENT:
        first, *states = first
        if states:
            kwargs["initial_state"] = states
    return {"args": [first], "kwargs": kwargs}


def _first_argument(node, scope):
    """The first argument of a call, and the others by name."""
    if _is_reference(node, scope) or (isinstance(node, list) and node[:1] == [CONSTANT]):
        kwargs = node[3] if len(node) > 3 else {}
        value = _argument(node[2], scope) if node[0] == CONSTANT else _tensor(node, scope)
        return value, kwargs
    items = list(node.values()) if isinstance(node, dict) else list(node)
    parts = [_first_argument(item, scope) for item in items]
    kwargs = {key: item for _, found in parts for key, item in found.items()}
    values = [value for value, _ in parts]
    if isinstance(node, dict):
        return dict(zip(node, values)), kwargs
    return (values[0] if len(values) == 1 else values), kwargs


def _operation(value, scope):
    """A function of TensorFlow as an operation of `keras.ops`."""
    function = value["config"].get("function")
    known = BY_FUNCTION.get(ALIASES.get(function, function))
    if known is None:
        scope.problems.append(f"the function tf.{function} as an operation")
        return {}
    name, arguments, settings_of = known
    settings, calls = {}, []
    for node in value.get("inbound_nodes", ()):
        first, kwargs = _first_argument(node, scope)
        kwargs = {key: item for key, item in kwargs.items() if item is not None}
        args = [first]
        for argument in arguments[1:]:
            if argument in kwargs:
                args.append(_argument(kwargs.pop(argument), scope))
        for place, key in settings_of.items():
            if place in kwargs:
                settings[key] = kwargs.pop(place)
        kwargs.pop("name", None)
        if kwargs:
            scope.problems.append(f"tf.{function}({', '.join(sorted(kwargs))}=...)")
        calls.append({"args": args, "kwargs": {}})
    return {
        "module": f"keras.src.ops.{PACKAGE_OF.get(name, 'numpy')}",
        "class_name": name,
        "config": {"name": value["config"].get("name"), **settings},
        "registered_name": name,
        "name": value.get("name"),
        "inbound_nodes": calls,
    }
