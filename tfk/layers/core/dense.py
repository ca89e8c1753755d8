"""Fully connected layer."""

import tensorflow as tf

from tfk.engine.layer.input_spec import InputSpec
from tfk.engine.layer.layer import Layer
from tfk.layers.core.weight_settings import (
    ActivationSetting,
    add_set_weight,
    settings_config,
    store_settings,
    weight_arguments,
)
from tfk.saving.registry import register
from tfk.typing import (
    ActivationLike,
    Config,
    ConstraintLike,
    InitializerLike,
    RegularizerLike,
    Shape,
    TensorLike,
)
from tfk.utils.checks import check_positive_int, describe


@register("layers")
class Dense(Layer):
    """Fully connected layer: `activation(x @ kernel + bias)` along the last axis.

    Args:
        units: Size of the last output axis, a positive integer.
        activation: Activation applied to the output, a name or a callable; None for a linear
            output. Defaults to None.
        use_bias: Whether to add a bias. Defaults to True.
        kernel_initializer, bias_initializer: Initializers of the weights, names or objects. Default
            to `"glorot_uniform"` and `"zeros"`.
        kernel_regularizer, bias_regularizer: Optional regularizers of the weights, names or
            objects. Both default to None.
        activity_regularizer: Optional regularizer of the output, a name or an object. Defaults to
            None.
        kernel_constraint, bias_constraint: Optional constraints applied to the weights after each
            update. Both default to None.
    Input shape: `(batch, ..., features)`; `features` must be known. Sparse tensors of rank 2 and
        ragged tensors whose last axis is uniform are accepted.
    Output shape: `(batch, ..., units)`.
    Raises: ValueError if `units` is not positive or `features` is unknown.
    >>> Dense(4, activation="relu")(tf.ones((2, 3))).shape
    TensorShape([2, 4])
    """

    activation = ActivationSetting()

    def __init__(
        self,
        units: int,
        activation: ActivationLike | None = None,
        use_bias: bool = True,
        kernel_initializer: InitializerLike = "glorot_uniform",
        bias_initializer: InitializerLike = "zeros",
        kernel_regularizer: RegularizerLike | None = None,
        bias_regularizer: RegularizerLike | None = None,
        activity_regularizer: RegularizerLike | None = None,
        kernel_constraint: ConstraintLike | None = None,
        bias_constraint: ConstraintLike | None = None,
        **kwargs,
    ):
        super().__init__(activity_regularizer=activity_regularizer, **kwargs)
        self.units = check_positive_int(self, "units", units)
        self.use_bias = use_bias
        store_settings(
            self,
            activation=activation,
            kernel_initializer=kernel_initializer,
            bias_initializer=bias_initializer,
            kernel_regularizer=kernel_regularizer,
            bias_regularizer=bias_regularizer,
            kernel_constraint=kernel_constraint,
            bias_constraint=bias_constraint,
        )
        self.supports_masking = True
        self.input_spec = InputSpec(min_ndim=2)

    def build(self, input_shape: Shape):
        dtype = tf.as_dtype(self.variable_dtype)
        if not (dtype.is_floating or dtype.is_complex):
            raise TypeError(f"{describe(self)}: expected a floating-point dtype, got {dtype.name}.")
        features = self.known_dim(input_shape, axis=-1)
        self.input_spec = InputSpec(min_ndim=2, axes={-1: features})
        self.kernel = add_set_weight(self, "kernel", (features, self.units))
        self.bias = add_set_weight(self, "bias", (self.units,)) if self.use_bias else None

    def call(self, inputs: TensorLike):
        if isinstance(inputs, tf.RaggedTensor):
            return _map_uniform_part(self, inputs)
        inputs = tf.cast(inputs, self.compute_dtype)
        return self.activation(affine_last_axis(inputs, self.kernel, self.bias))

    def compute_output_shape(self, input_shape: Shape):
        return tf.TensorShape(input_shape)[:-1] + [self.units]

    def get_config(self) -> Config:
        settings = settings_config(
            self, "activation", *weight_arguments("kernel", "bias", activity=True)
        )
        return {**super().get_config(), "units": self.units, "use_bias": self.use_bias, **settings}


def affine_last_axis(inputs, kernel, bias=None):
    """Compute `inputs @ kernel + bias` for dense inputs of rank 2 or more and sparse ones of rank
    2.

    The rank may be unknown. All rows go through one matrix product. The bias is added before the
    result is reshaped, because TensorFlow fuses a product with the sum that follows it.
    """
    product = tf.sparse.sparse_dense_matmul if isinstance(inputs, tf.SparseTensor) else tf.matmul
    rank = inputs.shape.rank
    features, units = kernel.shape
    rows = inputs if rank == 2 else tf.reshape(inputs, (-1, features))  # (batch * ..., features)
    outputs = product(rows, kernel)
    outputs = outputs if bias is None else tf.nn.bias_add(outputs, bias)
    if rank == 2:
        return outputs
    leading = inputs.shape[:-1]
    if rank is None or leading.as_list().count(None) > 1:
        sizes = tf.concat([tf.shape(inputs)[:-1], [units]], axis=0)
    else:
        sizes = [-1 if size is None else size for size in leading] + [units]
    outputs = tf.reshape(outputs, sizes)
    outputs.set_shape(leading.concatenate(units))
    return outputs


def _map_uniform_part(layer, inputs):
    """Call the layer on the values of a ragged tensor whose innermost axis is uniform."""
    if inputs.shape[-1] is None:
        raise ValueError(
            f"{describe(layer)}: expected a ragged tensor whose last axis is uniform, got shape "
            f"{tuple(inputs.shape)}. Make the last axis dense before the layer."
        )
    if inputs.flat_values.shape.rank > 1:
        return inputs.with_flat_values(layer.call(inputs.flat_values))
    # The last axis is stored as ragged although all its rows have the same length.
    values = tf.reshape(inputs.flat_values, (-1, inputs.shape[-1]))
    if inputs.ragged_rank == 1:
        return layer.call(values)
    return tf.RaggedTensor.from_nested_row_splits(layer.call(values), inputs.nested_row_splits[:-1])
