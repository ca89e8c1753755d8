"""Wrapper: base class of layers around another layer."""

from typing import Any

from tfk.engine.layer.layer import Layer
from tfk.saving.configs import deserialize_keras_object, serialize_keras_object
from tfk.saving.registry import register
from tfk.typing import Config, CustomObjects, Shape
from tfk.utils.checks import describe


@register("layers")
class Wrapper(Layer):
    """Base class of layers that modify the behaviour of another layer; a subclass defines `call`.

    Args:
        layer: The wrapped layer.
    Input shape: Defined by the subclass.
    Output shape: Defined by the subclass.
    Raises: ValueError if `layer` is not a layer.
    >>> class Twice(Wrapper):
    ...     def call(self, inputs):
    ...         return self.layer(self.layer(inputs))
    """

    def __init__(self, layer: Any, **kwargs):
        super().__init__(**kwargs)
        if not isinstance(layer, Layer):
            raise ValueError(
                f"{describe(self)}: expected a layer to wrap, got {layer!r} of type"
                f" {type(layer).__name__}."
            )
        self.layer = layer

    def build(self, input_shape: Shape | None = None):
        if not self.layer.built:
            # As in Keras 2, weight names only contain the name of the wrapper:
            # `time_distributed/kernel`.
            self.layer.build(input_shape)

    def get_config(self) -> Config:
        return {**super().get_config(), "layer": serialize_keras_object(self.layer)}

    @classmethod
    def from_config(cls, config: Config, custom_objects: CustomObjects | None = None):
        config = dict(config)
        return cls(deserialize_keras_object(config.pop("layer"), custom_objects), **config)
