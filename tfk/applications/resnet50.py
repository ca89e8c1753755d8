"""ResNet50 and its preprocessing, under their Keras 1 module name."""

from tfk.applications.resnet import ResNet50, decode_predictions, preprocess_input

__all__ = ["ResNet50", "decode_predictions", "preprocess_input"]
