"""Dtype policies: compute dtype and variable dtype of a layer."""

import contextlib

import tensorflow as tf

from tfk import config as settings
from tfk.saving import configs
from tfk.saving.registry import register
from tfk.typing import Config

# Policies with two dtypes: name -> (compute dtype, variable dtype).
MIXED = {"mixed_float16": ("float16", "float32"), "mixed_bfloat16": ("bfloat16", "float32")}

_global_policy = None  # None follows config.floatx()


@register("mixed_precision", aliases=("PolicyV1",))
class Policy:
    """Dtype policy of a layer.

    Args:
        name: `"mixed_float16"`, `"mixed_bfloat16"`, or the name of a dtype to use for both.
            `"mixed_float16"` requires loss scaling (`LossScaleOptimizer`), which `compile` adds
            automatically.
    Raises: TypeError if `name` is not a string, ValueError if it is unknown.
    >>> policy = Policy("mixed_bfloat16")
    >>> policy.compute_dtype, policy.variable_dtype
    ('bfloat16', 'float32')
    """

    def __init__(self, name: str):
        if not isinstance(name, str):
            hint = f" Pass {name.name!r}." if isinstance(name, tf.DType) else ""
            raise TypeError(f"Policy: expected name to be a string, got {name!r}.{hint}")
        self._name = name
        # Files of Keras 2 have "_infer" for layers that infer the dtype from their first input.
        self._dtypes = (
            (None, None) if name == "_infer" else MIXED.get(name) or (_dtype_name(name),) * 2
        )

    @property
    def name(self):
        """The name of the policy."""
        return self._name

    @property
    def compute_dtype(self):
        """Name of the dtype a layer computes in and outputs."""
        return self._dtypes[0]

    @property
    def variable_dtype(self):
        """Name of the dtype a layer's variables are stored in."""
        return self._dtypes[1]

    def __repr__(self):
        return f'<Policy "{self._name}">'

    def get_config(self) -> Config:
        """Return the constructor arguments as a dict."""
        return {"name": self._name}

    @classmethod
    def from_config(cls, config: Config):
        """Create a policy from the result of `get_config`."""
        # Early releases of Keras 2 stored the loss scale in the policy instead of the optimizer.
        return cls(**{key: value for key, value in config.items() if key != "loss_scale"})


def _dtype_name(name):
    try:
        return tf.as_dtype(name).name
    except TypeError:
        choices = ", ".join(repr(choice) for choice in MIXED)
        raise ValueError(
            f"Policy: expected {choices} or the name of a dtype such as 'float32', got {name!r}."
        ) from None


def global_policy():
    """Return the policy of layers without a dtype: the default float dtype unless it was set.

    >>> global_policy()
    <Policy "float32">
    """
    return _global_policy or Policy(settings.floatx())


def set_global_policy(policy):
    """Set the policy of layers created from now on without a dtype.

    Args:
        policy: A Policy, its name, or None for the default.
    Raises: ValueError for a policy with a compute dtype that is not floating point.
    >>> set_global_policy("mixed_bfloat16"); global_policy()
    <Policy "mixed_bfloat16">
    >>> set_global_policy(None)
    """
    global _global_policy
    if policy is not None and not isinstance(policy, Policy):
        policy = Policy(policy)
    if policy is not None and not (
        policy.compute_dtype and tf.as_dtype(policy.compute_dtype).is_floating
    ):
        raise ValueError(
            "set_global_policy: expected a policy that computes with floating-point numbers, got"
            f" {policy!r}."
        )
    _global_policy = policy


@contextlib.contextmanager
def policy_scope(policy):
    """Context in which `policy` is the global one.

    Args:
        policy: A Policy, its name, or None for the default.
    >>> with policy_scope("mixed_bfloat16"):
    ...     global_policy().compute_dtype
    'bfloat16'
    """
    outer = _global_policy
    set_global_policy(policy)
    try:
        yield
    finally:
        set_global_policy(outer)


def get_policy(identifier):
    """Return the policy for a Policy, its name, a dtype, a config or None (the global policy).

    Args:
        identifier: The policy or what names it.
    >>> get_policy("float16").variable_dtype
    'float16'
    """
    if isinstance(identifier, Policy):
        return identifier
    if isinstance(identifier, dict):
        return configs.deserialize_keras_object(identifier)
    if not identifier:
        return global_policy()
    return Policy(identifier if isinstance(identifier, str) else tf.as_dtype(identifier).name)


def serialize_policy(policy):
    """Return the entry `dtype` of a layer's config: the name of a dtype, or a policy's config.

    Args:
        policy: A Policy.
    >>> serialize_policy(Policy("float32"))
    'float32'
    """
    if type(policy) is not Policy or policy.name in MIXED:
        return configs.serialize_keras_object(policy)
    return None if policy.name == "_infer" else policy.name
