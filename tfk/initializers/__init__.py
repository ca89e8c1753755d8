"""Initializers of weights."""

from typing import Any

from tfk.initializers.constant import Constant, Identity, Ones, Zeros
from tfk.initializers.initializer import Initializer
from tfk.initializers.orthogonal import Orthogonal
from tfk.initializers.random import RandomNormal, RandomUniform, TruncatedNormal
from tfk.initializers.variance_scaling import (
    GlorotNormal,
    GlorotUniform,
    HeNormal,
    HeUniform,
    LecunNormal,
    LecunUniform,
    VarianceScaling,
)
from tfk.saving import resolver
from tfk.typing import CustomObjects, InitializerLike

constant = Constant
glorot_normal = GlorotNormal
glorot_uniform = GlorotUniform
he_normal = HeNormal
he_uniform = HeUniform
identity = Identity
lecun_normal = LecunNormal
lecun_uniform = LecunUniform
ones = Ones
orthogonal = Orthogonal
random_normal = RandomNormal
random_uniform = RandomUniform
truncated_normal = TruncatedNormal
variance_scaling = VarianceScaling
zeros = Zeros


def serialize(initializer: InitializerLike, use_legacy_format: bool = False):
    """Return the config of an initializer.

    Args:
        initializer: An initializer, a registered function, or None.
        use_legacy_format: Whether to return only `{"class_name", "config"}`. Defaults to False.
    >>> serialize(Zeros(), use_legacy_format=True)
    {'class_name': 'Zeros', 'config': {}}
    """
    return resolver.serialize(initializer, use_legacy_format)


def deserialize(
    config: Any, custom_objects: CustomObjects | None = None, use_legacy_format: bool = False
):
    """Create an initializer from a config or a name, in either format.

    Args:
        config: Result of `serialize`, or a name.
        custom_objects: Dict mapping names to custom classes and functions. Defaults to None.
        use_legacy_format: Ignored; both formats are recognized. Defaults to False.
    Raises: ValueError if the name is unknown.
    >>> deserialize({"class_name": "Constant", "config": {"value": 2}}).value
    2
    """
    return resolver.deserialize("initializers", config, custom_objects)


def get(identifier):
    """Return the initializer for a name, a config, a class, an object or None.

    Args:
        identifier: For example `"glorot_uniform"`, `"GlorotUniform"`, `GlorotUniform` or
            `GlorotUniform()`.
    Raises: ValueError if the name is unknown, TypeError for other types.
    >>> get("he_normal").scale
    2.0
    """
    return resolver.get("initializers", identifier)
