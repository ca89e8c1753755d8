"""Sum with a scaled second input, used for the residual branches of InceptionResNetV2."""

from tfk.layers.merging.merge import Merge, check_list
from tfk.saving.registry import register_keras_serializable


# Keras 2 registers this class as a custom object: its files call it
# "Custom>CustomScaleLayer".
@register_keras_serializable()
class CustomScaleLayer(Merge):
    """Layer that computes `inputs[0] + scale * inputs[1]`.

    Args:
        scale: Factor of the second input, a number.
    Input shape: A list of two tensors whose shapes broadcast.
    Output shape: The broadcast shape.
    Source: Szegedy et al., 2016, arXiv:1602.07261, section 3.3.
    >>> CustomScaleLayer(0.1)([tf.constant([[1.0]]), tf.constant([[5.0]])]).numpy()
    array([[1.5]], dtype=float32)
    """

    def __init__(self, scale, **kwargs):
        super().__init__(**kwargs)
        self.scale = scale

    def _merge(self, inputs):
        check_list(self, inputs, 2)
        return inputs[0] + inputs[1] * self.scale

    def get_config(self):
        return {**super().get_config(), "scale": self.scale}
