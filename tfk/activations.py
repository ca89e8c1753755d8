"""Activation functions; elementwise, except softmax."""

import tensorflow as tf

from tfk.saving import registry, resolver
from tfk.saving.registry import register
from tfk.typing import ActivationLike, CustomObjects, TensorLike
from tfk.utils.logits import attach_logits

# Layers accepted in place of an activation's name, as in Dense(3,
# activation="LeakyReLU").
ACTIVATION_LAYERS = ("ELU", "LeakyReLU", "PReLU", "ReLU", "Softmax", "ThresholdedReLU")


@register("activations")
def linear(x: TensorLike):
    """Linear activation: return `x` unchanged.

    Args:
        x: Tensor.
    >>> float(linear(tf.constant(-2.0)))
    -2.0
    """
    return x


@register("activations")
def relu(x: TensorLike, alpha: float = 0.0, max_value=None, threshold: float = 0.0):
    """Rectified linear unit; `max(x, 0)` by default.

    Args:
        x: Floating-point tensor.
        alpha: Slope below `threshold`, where the value is `alpha * (x - threshold)`. Defaults to
            0.0.
        max_value: Upper bound of the result; None for no bound. Defaults to None.
        threshold: Values below it are set to zero or scaled by `alpha`. Defaults to 0.0.
    Returns: A tensor like `x`.
    Source: Nair and Hinton, 2010, ICML.
    >>> relu(tf.constant([-2.0, 1.0, 9.0]), alpha=0.5, max_value=6.0).numpy()
    array([-1.,  1.,  6.], dtype=float32)
    """
    if alpha == 0.0 and threshold == 0.0 and max_value in (None, 6):
        return tf.nn.relu(x) if max_value is None else tf.nn.relu6(x)
    if alpha != 0.0 and threshold == 0.0 and max_value is None:
        return tf.nn.leaky_relu(x, alpha)
    x = tf.convert_to_tensor(x) if not hasattr(x, "dtype") else x
    above = tf.nn.relu(x) if threshold == 0.0 else x * tf.cast(x > threshold, x.dtype)
    if max_value is not None:
        above = tf.minimum(above, tf.cast(max_value, x.dtype))
    return above if alpha == 0.0 else above - alpha * tf.nn.relu(threshold - x)


@register("activations")
def relu6(x: TensorLike):
    """Rectified linear unit with upper bound 6: `min(max(x, 0), 6)`.

    Args:
        x: Floating-point tensor.
    >>> relu6(tf.constant([-1.0, 8.0])).numpy()
    array([0., 6.], dtype=float32)
    """
    return tf.nn.relu6(x)


@register("activations")
def leaky_relu(x: TensorLike, alpha: float = 0.2):
    """Leaky rectified linear unit: `x` if `x > 0`, else `alpha * x`.

    Args:
        x: Floating-point tensor.
        alpha: Slope for negative inputs. Defaults to 0.2.
    >>> leaky_relu(tf.constant([-1.0, 8.0])).numpy()
    array([-0.2,  8. ], dtype=float32)
    """
    return tf.nn.leaky_relu(x, alpha)


@register("activations")
def elu(x: TensorLike, alpha: float = 1.0):
    """Exponential linear unit: `x` if `x > 0`, else `alpha * (exp(x) - 1)`.

    Args:
        x: Floating-point tensor.
        alpha: Scale of the negative part, which saturates at `-alpha`. Defaults to 1.0.
    Source: Clevert et al., 2016, arXiv:1511.07289.
    >>> elu(tf.constant([-100.0, 2.0])).numpy()
    array([-1.,  2.], dtype=float32)
    """
    values = tf.nn.elu(x)
    return values if alpha == 1.0 else tf.where(x > 0, values, alpha * values)


@register("activations")
def selu(x: TensorLike):
    """Scaled exponential linear unit: `scale * elu(x, alpha)`, with constants that preserve mean
        and variance.

    Use it with the initializer `LecunNormal` and with `AlphaDropout`.

    Args:
        x: Floating-point tensor.
    Source: Klambauer et al., 2017, arXiv:1706.02515.
    >>> selu(tf.constant([0.0, 1.0])).numpy().round(4)
    array([0.    , 1.0507], dtype=float32)
    """
    return tf.nn.selu(x)


@register("activations", aliases=("silu",))
def swish(x: TensorLike):
    """Swish, also called SiLU: `x * sigmoid(x)`.

    Args:
        x: Floating-point tensor.
    Source: Ramachandran et al., 2017, arXiv:1710.05941.
    >>> swish(tf.constant([0.0, 1.0])).numpy().round(4)
    array([0.    , 0.7311], dtype=float32)
    """
    return tf.nn.silu(x)


@register("activations")
def gelu(x: TensorLike, approximate: bool = False):
    """Gaussian error linear unit: `x * P(X <= x)` for a standard normal `X`.

    Args:
        x: Floating-point tensor.
        approximate: Whether to use `0.5 x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3)))`. Defaults to
            False.
    Source: Hendrycks and Gimpel, 2016, arXiv:1606.08415.
    >>> gelu(tf.constant([0.0, 1.0])).numpy().round(4)
    array([0.    , 0.8413], dtype=float32)
    """
    return tf.nn.gelu(x, approximate)


@register("activations")
def mish(x: TensorLike):
    """Mish: `x * tanh(softplus(x))`.

    Args:
        x: Floating-point tensor.
    Source: Misra, 2019, arXiv:1908.08681.
    >>> mish(tf.constant([0.0, 1.0])).numpy().round(4)
    array([0.    , 0.8651], dtype=float32)
    """
    return x * tf.math.tanh(tf.math.softplus(x))


@register("activations")
def softplus(x: TensorLike):
    """Softplus: `log(1 + exp(x))`.

    Args:
        x: Floating-point tensor.
    >>> softplus(tf.constant([0.0])).numpy().round(4)
    array([0.6931], dtype=float32)
    """
    return tf.math.softplus(x)


@register("activations")
def softsign(x: TensorLike):
    """Softsign: `x / (1 + |x|)`.

    Args:
        x: Floating-point tensor.
    >>> softsign(tf.constant([-1.0, 3.0])).numpy()
    array([-0.5 ,  0.75], dtype=float32)
    """
    return tf.math.softsign(x)


@register("activations")
def tanh(x: TensorLike):
    """Hyperbolic tangent.

    Args:
        x: Floating-point tensor.
    >>> float(tanh(tf.constant(0.0)))
    0.0
    """
    return tf.math.tanh(x)


@register("activations")
def exponential(x: TensorLike):
    """Exponential: `exp(x)`.

    Args:
        x: Floating-point tensor.
    >>> float(exponential(tf.constant(0.0)))
    1.0
    """
    return tf.math.exp(x)


@register("activations")
def hard_sigmoid(x: TensorLike):
    """Piecewise linear approximation of the sigmoid: `0.2 x + 0.5`, clipped to [0, 1].

    Args:
        x: Floating-point tensor.
    >>> hard_sigmoid(tf.constant([-3.0, 1.0])).numpy()
    array([0. , 0.7], dtype=float32)
    """
    return tf.clip_by_value(0.2 * x + 0.5, 0.0, 1.0)


@register("activations")
def sigmoid(x: TensorLike):
    """Sigmoid: `1 / (1 + exp(-x))`. A cross-entropy loss that follows uses `x` itself.

    Args:
        x: Floating-point tensor.
    >>> sigmoid(tf.constant([0.0, 100.0])).numpy()
    array([0.5, 1. ], dtype=float32)
    """
    return attach_logits(tf.math.sigmoid(x), x, "sigmoid")


@register("activations")
def softmax(x: TensorLike, axis: int = -1):
    """Softmax: `exp(x) / sum(exp(x))`. A cross-entropy loss that follows uses `x` itself.

    Args:
        x: Floating-point tensor of rank 2 or more.
        axis: Axis, or tuple of axes, along which the result sums to 1. Defaults to -1.
    Raises: ValueError for a vector or scalar.
    >>> softmax(tf.math.log([[1.0, 3.0]])).numpy().round(4)
    array([[0.25, 0.75]], dtype=float32)
    """
    rank = x.shape.rank
    if rank is not None and rank < 2:
        raise ValueError(f"softmax: expected a tensor of rank 2 or more, got shape {x.shape}.")
    if isinstance(axis, int):
        probabilities = tf.nn.softmax(x, axis)
        return (
            attach_logits(probabilities, x, "softmax")
            if axis in (-1, rank and rank - 1)
            else probabilities
        )
    powers = tf.exp(
        x - tf.reduce_max(x, axis, keepdims=True)
    )  # subtracting the maximum avoids overflow
    return powers / tf.reduce_sum(powers, axis, keepdims=True)


@register("activations")
def log_softmax(x: TensorLike, axis: int = -1):
    """Logarithm of softmax, accurate even if softmax underflows.

    Args:
        x: Floating-point tensor.
        axis: Axis along which the softmax is normalized. Defaults to -1.
    >>> log_softmax(tf.constant([[0.0, 1000.0]])).numpy()
    array([[-1000.,     0.]], dtype=float32)
    """
    return tf.nn.log_softmax(x, axis)


silu = swish


def serialize(activation: ActivationLike, use_legacy_format: bool = False):
    """Return the name of a built-in activation, or the config of a custom one.

    Args:
        activation: A function or a layer.
        use_legacy_format: Whether to return the name of a custom function instead of its config.
            Defaults to False.
    Raises: TypeError for an object that cannot be serialized.
    >>> serialize(relu), serialize(tf.nn.softmax)
    ('relu', 'softmax')
    """
    name = built_in_name(activation)
    return resolver.serialize(activation, use_legacy_format) if name is None else name


def built_in_name(activation: ActivationLike):
    """Return the name of a built-in activation, None for other functions.

    TensorFlow's functions, such as `tf.nn.relu`, count as the activation of the same name.

    Args:
        activation: A function.
    >>> built_in_name(tf.nn.relu)
    'relu'
    """
    module, name = registry.public_name(activation) or (None, None)
    if module == "keras.activations":
        return name
    name = str(getattr(activation, "__name__", "")).removesuffix("_v2")
    from_tensorflow = str(getattr(activation, "__module__", "")).startswith("tensorflow.")
    return name if from_tensorflow and name in registry.built_ins("activations") else None


def deserialize(
    name: str, custom_objects: CustomObjects | None = None, use_legacy_format: bool = False
):
    """Return the activation for a name or a config.

    Args:
        name: Result of `serialize`.
        custom_objects: Dict mapping names to custom classes and functions. Defaults to None.
        use_legacy_format: Ignored; both formats are recognized. Defaults to False.
    Raises: ValueError if the name is unknown.
    >>> deserialize("relu") is relu
    True
    """
    kind = "layers" if name in ACTIVATION_LAYERS else "activations"
    return resolver.deserialize(kind, name, custom_objects)


def get(identifier):
    """Return the activation for a name, a config, a function or None (`linear`).

    Args:
        identifier: For example `"relu"`, `relu`, `tf.nn.relu`, `"LeakyReLU"` or a layer.
    Raises: ValueError if the name is unknown, TypeError for other types.
    >>> get(None) is linear
    True
    """
    if identifier is None:
        return linear
    if isinstance(identifier, (str, dict)):
        return deserialize(identifier)
    if not callable(identifier):  # a TypeError, as in Keras 2
        raise TypeError(
            "Expected an activation function: a name, a config dict or a callable. Got"
            f" {identifier!r} of type {type(identifier).__name__}."
        )
    return resolver.get("activations", identifier)
