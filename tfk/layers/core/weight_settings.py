"""Initializers, regularizers, constraints and activations of layers, handled by the names of their
arguments.

The last word of an argument's name says what it is: `kernel_initializer`, `recurrent_activation`.
"""

from tfk import activations, constraints, initializers, regularizers

_MODULES = {
    "activation": activations,
    "constraint": constraints,
    "initializer": initializers,
    "regularizer": regularizers,
}


class ActivationSetting:
    """Class attribute for the activation of a layer: what is assigned to it is looked up.

    So `layer.activation = None` removes the activation of a layer that is in use.
    """

    def __set_name__(self, owner, name):
        self.name = name

    def __get__(self, layer, owner=None):
        if layer is None:
            return self
        try:
            return layer.__dict__[self.name]
        except KeyError:
            raise AttributeError(f"{owner.__name__} has no {self.name} yet.") from None

    def __set__(self, layer, value):
        layer.__dict__[self.name] = activations.get(value)


def _module(argument):
    return _MODULES[argument.rsplit("_", 1)[-1]]


def store_settings(layer, **arguments):
    """Turns each argument (a name, config, object or None) into an object and sets it on the
    layer.
    """
    for argument, value in arguments.items():
        setattr(layer, argument, _module(argument).get(value))


def weight_arguments(*weights, activity=False):
    """Names of the arguments about some weights, in the order that they have in configs.

    Args:
        *weights: Names of the weights.
        activity: Whether `activity_regularizer` is one of the arguments.
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
    """The entries of `layer.get_config()` for arguments that were stored by `store_settings`."""
    return {
        argument: _module(argument).serialize(getattr(layer, argument)) for argument in arguments
    }


def add_set_weight(layer, name, shape, role=None, **options):
    """Adds the weight `name` with the layer's `<role>_initializer`, `_regularizer` and
    `_constraint`.

    The role is the name where nothing else is said, and options go before settings.
    """
    settings = {
        kind: getattr(layer, f"{role or name}_{kind}", None)
        for kind in ("initializer", "regularizer", "constraint")
    }
    return layer.add_weight(name, shape, **{**settings, **options})
