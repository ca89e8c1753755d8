"""WideDeepModel: a linear and a deep model, trained jointly."""

import tensorflow as tf

from tfk import activations
from tfk.engine.model.model import Model
from tfk.saving import deserialize_keras_object, serialize_keras_object
from tfk.saving.registry import register
from tfk.utils.packing import unpack_x_y_sample_weight


@register("experimental")
class WideDeepModel(Model):
    """Sum of a linear and a deep model: `activation(linear(x) + deep(x))`.

    `compile(optimizer=[first, second])` trains the linear model with the first optimizer and the
    deep one with the second.

    Args:
        linear_model: A `LinearModel`, or another model.
        dnn_model: A model whose outputs have the same shapes.
        activation: Activation of the sum, a name or a callable. Defaults to None.
        **kwargs: Arguments of `Model`, such as `name`.
    Input shape: Inputs of both models, or a pair (linear inputs, deep inputs).
    Output shape: That of both models.
    Source: Cheng et al., 2016, arXiv:1606.07792.
    >>> import tfk
    >>> model = WideDeepModel(tfk.experimental.LinearModel(), tfk.layers.Dense(1))
    >>> model([tf.ones((3, 4)), tf.ones((3, 2))]).shape
    TensorShape([3, 1])
    """

    def __init__(self, linear_model, dnn_model, activation=None, **kwargs):
        super().__init__(**kwargs)
        self.linear_model = linear_model
        self.dnn_model = dnn_model
        self.activation = activations.get(activation)

    def call(self, inputs, training=None):
        is_pair = isinstance(inputs, (list, tuple)) and len(inputs) == 2
        wide, deep = inputs if is_pair else (inputs, inputs)
        outputs = tf.nest.map_structure(
            tf.add, self.linear_model(wide), self.dnn_model(deep, training=training)
        )
        return tf.nest.map_structure(self.activation, outputs)

    def train_step(self, data):
        x, y, sample_weight = unpack_x_y_sample_weight(data)
        with tf.GradientTape() as tape:
            prediction = self(x, training=True)
            loss = self.compiled_loss(
                y, prediction, sample_weight, regularization_losses=self.losses
            )
        self.compiled_metrics.update_state(y, prediction, sample_weight)
        if isinstance(self.optimizer, (list, tuple)):
            groups = [model.trainable_variables for model in (self.linear_model, self.dnn_model)]
            optimizers = self.optimizer
        else:
            groups, optimizers = [self.trainable_variables], [self.optimizer]
        gradients = tape.gradient(loss, groups)
        for optimizer, slopes, variables in zip(optimizers, gradients, groups):
            optimizer.apply_gradients(zip(slopes, variables))
        return {metric.name: metric.result() for metric in self.metrics}

    def get_config(self):
        return {
            "name": self.name,
            "linear_model": serialize_keras_object(self.linear_model),
            "dnn_model": serialize_keras_object(self.dnn_model),
            "activation": activations.serialize(self.activation),
        }

    @classmethod
    def from_config(cls, config, custom_objects=None):
        wide, deep = (
            deserialize_keras_object(config[key], custom_objects=custom_objects)
            for key in ("linear_model", "dnn_model")
        )
        return cls(wide, deep, activation=config.get("activation"), name=config.get("name"))
