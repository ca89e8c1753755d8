"""Handles initializers, regularizers, constraints and activations of layers by argument name.

The last word of an argument's name gives its kind: `kernel_initializer`, `recurrent_activation`.
"""

from tfk import activations, constraints, initializers, regularizers

_MODULES = {
    "activation": activations,
    "constraint": constraints,
    "initializer": initializers,
    "regularizer": regularizers,
}


class ActivationSetting:
    """Class attribute for the activation of a layer: resolves whatever is assigned to it.

    So `layer.activation = None` removes the activation of an existing layer.
    """

    def __set_name__(self, owner, name):
        self.name = name

    def __get__(self, layer, owner=None):
        if layer is None:
            return self
        try:
            return vars(layer)[self.name]  # as a descriptor keeps its values
        except KeyError:
            raise AttributeError(f"{owner.__name__} has no {self.name} yet.") from None

    def __set__(self, layer, value):
        vars(layer)[self.name] = activations.get(value)


def _module(argument):
    return _MODULES[argument.rsplit("_", 1)[-1]]


def store_settings(layer, **arguments):
    """Resolve each argument (a name, config, object or None) and set it on the layer."""
    for argument, value in arguments.items():
        setattr(layer, argument, _module(argument).get(value))


def weight_arguments(*weights, activity=False):
    """Return the names of the arguments that configure some weights, in the order used in configs.

    Args:
        *weights: Names of the weights.
        activity: Whether `activity_regularizer` is one of the arguments. Defaults to False.
    >>> weight_arguments("kernel", activity=True)
    ['kernel_initializer', 'kernel_regularizer', 'activity_regularizer', 'kernel_constraint']
    """
    return [
        *(f"{weight}_initializer" for weight in weights),
        *(f"{weight}_regularizer" for weight in weights),
        *(["activity_regularizer"] if activity else []),
        *(f"{weight}_constraint" for weight in weights),
    ]


def settings_config(layer, *arguments):
    """Return the entries of `layer.get_config()` for arguments stored by `store_settings`."""
    return {
        argument: _module(argument).serialize(getattr(layer, argument)) for argument in arguments
    }


def add_set_weight(layer, name, shape, role=None, **options):
    """Add the weight `name` with the layer's `<role>_initializer`, `_regularizer` and
    `_constraint`.

    The role defaults to the name; explicit options override the layer's settings.
    """
    settings = {
        kind: getattr(layer, f"{role or name}_{kind}", None)
        for kind in ("initializer", "regularizer", "constraint")
    }
    return layer.add_weight(name, shape, **{**settings, **options})
