"""LinearModel: linear regression and classification."""

import tensorflow as tf

from tfk.engine.layer.layer import Layer
from tfk.engine.model.model import Model
from tfk.layers.core.dense import Dense
from tfk.layers.core.weight_settings import add_set_weight, settings_config, store_settings
from tfk.saving.registry import register
from tfk.utils.checks import describe

_SETTINGS = (
    "activation",
    "kernel_initializer",
    "bias_initializer",
    "kernel_regularizer",
    "bias_regularizer",
)


@register("experimental")
class LinearModel(Model):
    """Linear model of one or several inputs: `activation(sum of x_i @ w_i + bias)`.

    Args:
        units: Number of outputs, a positive integer. Defaults to 1.
        activation: Activation applied to the output, a name or a callable; None for a linear
            output. Defaults to None.
        use_bias: Whether to add a bias. Defaults to True.
        kernel_initializer, bias_initializer: Initializers of the weights, names or objects. Both
            default to `"zeros"`.
        kernel_regularizer, bias_regularizer: Optional regularizers of the weights, names or
            objects. Both default to None.
        **kwargs: Arguments of `Model`, such as `name`.
    Input shape: `(batch, features)`, or a list or dict of such inputs, dense or sparse.
    Output shape: `(batch, units)`.
    >>> LinearModel(units=2)(tf.ones((3, 4))).shape
    TensorShape([3, 2])
    """

    def __init__(
        self,
        units=1,
        activation=None,
        use_bias=True,
        kernel_initializer="zeros",
        bias_initializer="zeros",
        kernel_regularizer=None,
        bias_regularizer=None,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.units, self.use_bias = units, use_bias
        store_settings(
            self,
            activation=activation,
            kernel_initializer=kernel_initializer,
            bias_initializer=bias_initializer,
            kernel_regularizer=kernel_regularizer,
            bias_regularizer=bias_regularizer,
        )

    def build(self, input_shape):
        if isinstance(input_shape, dict):
            self.dense_layers = [
                self._part(shape, name=name) for name, shape in sorted(input_shape.items())
            ]
        elif isinstance(input_shape, (list, tuple)) and all(
            isinstance(shape, tf.TensorShape) for shape in input_shape
        ):
            self.dense_layers = [self._part(shape) for shape in input_shape]
        else:
            self.dense_layers = [self._part(input_shape)]
        self.bias = None
        if self.use_bias:
            self.bias = add_set_weight(self, "bias", (self.units,))
        self.built = True

    def _part(self, shape, **kwargs):
        layer = Dense(
            self.units,
            use_bias=False,
            kernel_initializer=self.kernel_initializer,
            kernel_regularizer=self.kernel_regularizer,
            **kwargs,
        )
        layer.build(shape)
        return layer

    def call(self, inputs):
        parts = self._ordered(inputs)
        result = tf.add_n([layer(part) for layer, part in zip(self.dense_layers, parts)])
        if self.use_bias:
            result = tf.nn.bias_add(result, self.bias)
        return self.activation(result)

    def _ordered(self, inputs):
        if not isinstance(inputs, dict):
            return inputs if isinstance(inputs, (list, tuple)) else [inputs]
        names = [layer.name for layer in self.dense_layers]
        missing = sorted(set(names) - set(inputs))
        if missing:
            raise ValueError(
                f"{describe(self)}: the input dict is missing {missing}. Expected the keys"
                f" {names}, got {sorted(inputs)}."
            )
        return [inputs[name] for name in names]

    def get_config(self):
        return {
            **Layer.get_config(self),
            "units": self.units,
            "use_bias": self.use_bias,
            **settings_config(self, *_SETTINGS),
        }

    @classmethod
    def from_config(cls, config, custom_objects=None):
        return cls(**config)
