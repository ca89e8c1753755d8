"""Private names of the legacy optimizers."""

import inspect

from tfk.optimizers.legacy.optimizer import Optimizer

CLASS = Optimizer


def _arguments_of(method):
    def get(optimizer):
        return frozenset(inspect.signature(getattr(optimizer, method)).parameters)

    return property(get)


NAMES = {
    "_dense_apply_args": (
        _arguments_of("_resource_apply_dense"),
        "tensorflow-addons (optimizers around others)",
    ),
    "_sparse_apply_args": (
        _arguments_of("_resource_apply_sparse"),
        "tensorflow-addons (optimizers around others)",
    ),
    "_weights": (
        property(lambda optimizer: optimizer._variables),
        "tensorflow-addons (optimizers around others)",
    ),
}
