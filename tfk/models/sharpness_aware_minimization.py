"""Sharpness-aware minimization: training that seeks flat minima."""

import tensorflow as tf

from tfk.engine.model.model import Model
from tfk.saving import deserialize_keras_object, serialize_keras_object
from tfk.saving.registry import register_keras_serializable
from tfk.utils.packing import unpack_x_y_sample_weight


@register_keras_serializable()
class SharpnessAwareMinimization(Model):
    """Model wrapper that trains with the gradient at the worst nearby point.

    A step moves the weights by `rho` along the gradient, computes the gradient there, moves back
    and applies it. This improves generalization and robustness to label noise.

    Args:
        model: The model to train.
        rho: Distance to the worst point. Defaults to 0.05.
        num_batch_splits: Number of parts of a batch to perturb separately; their gradients are
            summed. None uses the whole batch. Defaults to None.
        name: Name of the model. Defaults to None.
    Source: Foret et al., 2020, arXiv:2010.01412.
    >>> import tfk
    >>> inner = tfk.Sequential([tfk.layers.Dense(1, input_shape=(2,))])
    >>> SharpnessAwareMinimization(inner)(tf.ones((3, 2))).shape
    TensorShape([3, 1])
    """

    def __init__(self, model, rho=0.05, num_batch_splits=None, name=None):
        super().__init__(name=name)
        self.model = model
        self.rho = rho
        self.num_batch_splits = num_batch_splits

    def call(self, inputs, **kwargs):
        return self.model(inputs, **kwargs)

    def train_step(self, data):
        x, y, sample_weight = unpack_x_y_sample_weight(data)
        predictions, gradients = [], []
        for part in self._parts(x, y, sample_weight):
            prediction, moved = self._gradients_nearby(*part)
            predictions.append(prediction)
            gradients.append(moved)
        variables = self.model.trainable_variables
        sums = [tf.add_n(of_variable) for of_variable in zip(*gradients)]
        self.optimizer.apply_gradients(zip(sums, variables))
        self.compiled_metrics.update_state(y, tf.concat(predictions, axis=0), sample_weight)
        return {metric.name: metric.result() for metric in self.metrics}

    def _parts(self, x, y, sample_weight):
        count = self.num_batch_splits
        if count is None:
            return [(x, y, sample_weight)]
        weights = [None] * count if sample_weight is None else tf.split(sample_weight, count)
        return zip(tf.split(x, count), tf.split(y, count), weights)

    def _gradients_nearby(self, x, y, sample_weight):
        """The prediction, and the gradients where the loss is highest within `rho`."""
        variables = self.model.trainable_variables
        prediction, gradients = self._prediction_and_gradients(x, y, sample_weight, None)
        norm = tf.norm([tf.norm(gradient) for gradient in gradients])
        moves = [gradient * (self.rho / (norm + 1e-12)) for gradient in gradients]
        for variable, move in zip(variables, moves):
            variable.assign_add(move)
        _, gradients = self._prediction_and_gradients(x, y, sample_weight, True)
        for variable, move in zip(variables, moves):
            variable.assign_sub(move)
        return prediction, gradients

    def _prediction_and_gradients(self, x, y, sample_weight, training):
        with tf.GradientTape() as tape:
            prediction = self(x) if training is None else self(x, training=training)
            loss = self.compiled_loss(y, prediction, sample_weight)
        gradients = tape.gradient(loss, self.model.trainable_variables)
        return prediction, [tf.convert_to_tensor(gradient) for gradient in gradients]

    def get_config(self):
        return {
            "name": self.name,
            "model": serialize_keras_object(self.model),
            "rho": self.rho,
            "num_batch_splits": self.num_batch_splits,
        }

    @classmethod
    def from_config(cls, config, custom_objects=None):
        known = ("name", "rho", "num_batch_splits")
        model = deserialize_keras_object(config["model"], custom_objects=custom_objects)
        return cls(model, **{key: config[key] for key in known if key in config})
