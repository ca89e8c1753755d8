"""tfk: the API of Keras 2 on plain TensorFlow 2, with training compiled into whole-epoch graphs."""

import importlib
import sys
from typing import TYPE_CHECKING

from tfk import (
    activations,
    callbacks,
    config,
    constraints,
    initializers,
    layers,
    losses,
    metrics,
    mixed_precision,
    models,
    optimizers,
    regularizers,
    saving,
    tensorflow_import,
    utils,
)  # isort: skip  (first of all: it decides how TensorFlow is imported)
from tfk.callbacks.sidecar_evaluator import SidecarEvaluator
from tfk.compat.hints import missing_attribute
from tfk.engine.graph.input_layer import Input
from tfk.engine.graph.source_inputs import get_source_inputs
from tfk.initializers.warmstart import warmstart_embedding_matrix
from tfk.install import install, uninstall
from tfk.layers.preprocessing.feature_space import FeatureSpace
from tfk.models import Functional, Model, Sequential
from tfk.optimizers.loss_scale import LossScaleOptimizer
from tfk.saving import (
    CustomObjectScope,
    custom_object_scope,
    deserialize_keras_object,
    get_custom_objects,
    get_registered_name,
    get_registered_object,
    legacy,
    register_keras_serializable,
    serialize_keras_object,
)

__version__ = "0.1.0"

# Loaded on first use, to keep `import tfk` fast; imported here for type checkers.
if TYPE_CHECKING:
    from tfk import (
        applications,
        backend,
        datasets,
        experimental,
        export,
        preprocessing,
        pruning,
        quantization,
    )

_LATER = (
    "applications",
    "backend",
    "datasets",
    "experimental",
    "export",
    "preprocessing",
    "pruning",
    "quantization",
)

# Names that Keras 2 publishes in a module which lies below the one that defines them.
mixed_precision.LossScaleOptimizer = LossScaleOptimizer
for _object in (
    SidecarEvaluator,
    FeatureSpace,
    CustomObjectScope,
    deserialize_keras_object,
    get_custom_objects,
    get_registered_name,
    get_registered_object,
    get_source_inputs,
    register_keras_serializable,
    serialize_keras_object,
    warmstart_embedding_matrix,
):
    setattr(utils, _object.__name__, _object)
utils.custom_object_scope, utils.legacy = custom_object_scope, legacy
del _object


for _module in (
    activations,
    callbacks,
    constraints,
    initializers,
    layers,
    losses,
    metrics,
    models,
    optimizers,
    regularizers,
    utils,
):
    _module.__getattr__ = missing_attribute(_module)
del _module
_missing = missing_attribute(sys.modules[__name__])


def __getattr__(name):
    if name in _LATER:
        return importlib.import_module(f"tfk.{name}")
    return _missing(name)


def __dir__():
    return sorted({*globals(), *_LATER})


__all__ = [
    "Functional",
    "Input",
    "Model",
    "Sequential",
    "activations",
    "applications",
    "backend",
    "callbacks",
    "config",
    "constraints",
    "datasets",
    "experimental",
    "export",
    "initializers",
    "install",
    "layers",
    "losses",
    "metrics",
    "mixed_precision",
    "models",
    "optimizers",
    "preprocessing",
    "pruning",
    "quantization",
    "regularizers",
    "saving",
    "uninstall",
    "utils",
]
