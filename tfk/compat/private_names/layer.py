"""Private names of `Layer`."""

import tensorflow as tf

from tfk.engine.layer.layer import Layer
from tfk.engine.layer.tracking import unique
from tfk.utils.tensorflow_internals import custom_getter

CLASS = Layer


class _OwnWeights(list):
    """The weights that belong to a layer itself; what is added here is added to the layer."""

    def __init__(self, layer, trainable):
        super().__init__(layer._own_variables(trainable))
        self._layer = layer

    def append(self, variable):
        super().append(variable)
        self._layer._created.append(variable)

    def extend(self, variables):
        for variable in variables:
            self.append(variable)

    def remove(self, variable):
        kept = [own for own in self if own is not variable]
        if len(kept) == len(self):
            raise ValueError(f"{variable.name} is not a weight of {self._layer.name}.")
        self[:] = kept
        self._layer._created[:] = [v for v in self._layer._created if v is not variable]


def _own_weights(trainable):
    def get(layer):
        return _OwnWeights(layer, trainable)

    def put(layer, variables):
        others = [v for v in layer._created if bool(v.trainable) != trainable]
        layer._created[:] = [*others, *variables]

    return property(get, put)


def _set_tracking(layer, value):
    layer._tracking_off = not value


_new_variable = Layer._new_variable


def _new_variable_by_getter(layer, initial_value, name, **options):
    """Creates a variable through `_add_variable_with_custom_getter` if a class overrides it."""

    def getter(name, **_):
        return _new_variable(layer, initial_value, name, **options)

    create = custom_getter(layer)
    return getter(name) if create is None else create(name=name, getter=getter, overwrite=True)


def _set_added_metrics(layer, metrics):
    layer._added_metrics[:] = metrics


NAMES = {
    "_compute_dtype": (property(lambda layer: layer.compute_dtype), "tensorflow-addons (CRF)"),
    "_compute_dtype_object": (
        property(lambda layer: tf.as_dtype(layer.compute_dtype)),
        "tensorflow-addons (StochasticDepth)",
    ),
    "_dedup_weights": (
        lambda layer, weights: unique(weights),
        "tensorflow-model-optimization (quantization)",
    ),
    "_is_graph_network": (False, "tensorflow-model-optimization, tf-agents"),
    "_layers": (property(lambda layer: layer._sublayers()), "visualkeras, keras-tcn"),
    "_losses": (
        property(lambda layer: layer._losses_here(layer._call_record.latest)),
        "tensorflow-model-optimization, keras-multi-head",
    ),
    "_metrics": (
        property(lambda layer: layer._added_metrics, _set_added_metrics),
        "tensorflow-addons (SWA)",
    ),
    "_new_variable": (_new_variable_by_getter, "larq (quantized variables)"),
    "_non_trainable_weights": (
        _own_weights(False),
        "tensorflow-model-optimization, keras-multi-head",
    ),
    "_self_tracked_trackables": (
        property(lambda layer: layer._sublayers()),
        "tensorflow-model-optimization, visualkeras",
    ),
    "_setattr_tracking": (
        property(lambda layer: not layer._tracking_off, _set_tracking),
        "keras-nlp, tf-agents",
    ),
    "_trainable_weights": (
        _own_weights(True),
        "tensorflow-model-optimization, keras-unet-collection, keras-multi-head",
    ),
    "_updates": (
        property(lambda layer: []),
        "tensorflow-model-optimization, tf-agents, keras-multi-head",
    ),
}
