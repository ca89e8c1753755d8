"""Layers at the end of a branch: losses and metrics of symbolic tensors."""

import tensorflow as tf

from tfk.engine.layer.layer import Layer
from tfk.saving.registry import register


@register("layers")
class AddLoss(Layer):
    """Layer that adds the mean of its input to the losses of the model that runs it."""

    def __init__(self, unconditional=False, **kwargs):
        super().__init__(**kwargs)
        self.unconditional = unconditional

    def call(self, inputs):
        self.add_loss(tf.reduce_mean(inputs))
        return inputs

    def compute_output_shape(self, input_shape):
        return input_shape

    def get_config(self):
        return {**super().get_config(), "unconditional": self.unconditional}


@register("layers")
class AddMetric(Layer):
    """Layer that reports its input as a metric of the model that runs it.

    Args:
        aggregation: `"mean"` over batches. Defaults to `"mean"`.
        metric_name: Name in the logs. Defaults to None.
    """

    def __init__(self, aggregation="mean", metric_name=None, **kwargs):
        super().__init__(**kwargs)
        self.aggregation, self.metric_name = aggregation, metric_name
        self._metric_called(metric_name)

    def call(self, inputs):
        self.add_metric(inputs, name=self.metric_name, aggregation=self.aggregation)
        return inputs

    def compute_output_shape(self, input_shape):
        return input_shape

    def get_config(self):
        return {
            **super().get_config(),
            "aggregation": self.aggregation,
            "metric_name": self.metric_name,
        }


ENDPOINTS = (AddLoss, AddMetric)
