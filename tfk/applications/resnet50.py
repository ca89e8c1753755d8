"""ResNet50 and its preparation of images, under the name of Keras 1."""

from tfk.applications.resnet import ResNet50, decode_predictions, preprocess_input

__all__ = ["ResNet50", "decode_predictions", "preprocess_input"]
