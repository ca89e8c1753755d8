"""Signature of a layer's `call`, read once per class."""

import functools
import inspect

from tfk.utils.autograph import is_library


class CallSignature:
    """Names, defaults and origin of the arguments of a `call` method (without `self`).

    Attributes:
        names: Positional argument names in order; the first one is the inputs.
        takes_training, takes_mask: Whether these can be passed by name.
        training_default: Default of `training` in the signature, None if there is none.
        requires_training: Whether `training` must be passed.
        by_library: Whether the method is part of this package, so that AutoGraph need not convert
            it.
    """

    def __init__(self, function):
        parameters = list(inspect.signature(function).parameters.values())
        if parameters and parameters[0].name == "self":
            parameters = parameters[1:]
        positional = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
        self.names = tuple(p.name for p in parameters if p.kind in positional)
        known = {p.name: p.default for p in parameters}
        takes_any = any(p.kind is inspect.Parameter.VAR_KEYWORD for p in parameters)
        self.takes_training = "training" in known or takes_any
        self.takes_mask = "mask" in known or takes_any
        self.has_mask_argument = "mask" in known
        default = known.get("training", inspect.Parameter.empty)
        self.training_default = None if default is inspect.Parameter.empty else default
        self.requires_training = default is inspect.Parameter.empty and "training" in known
        self.by_library = is_library(function)

    def position(self, name):
        """Return the index of argument `name` among the positional ones after the inputs, or
        None.
        """
        return self.names.index(name) - 1 if name in self.names[1:] else None

    def bind_names(self, args, kwargs):
        """Return `args` (those after the inputs) and `kwargs` as one dict; extra positionals stay
        unnamed.
        """
        named = dict(zip(self.names[1:], args))
        return {**named, **kwargs}, args[len(self.names) - 1 :] if self.names else args


@functools.cache
def of_function(function):
    return CallSignature(function)


def of_layer(layer):
    """Return the signature of `layer.call`, which may be assigned on the instance."""
    call = layer.call
    return of_function(getattr(call, "__func__", call))
