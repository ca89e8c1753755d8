"""VGG with 19 layers."""

from tfk.applications import weight_files
from tfk.applications.variants import variant
from tfk.applications.vgg16 import decode_predictions, preprocess_input, vgg

VGG19 = variant(
    __name__,
    "VGG19",
    vgg,
    model_name="vgg19",
    convolutions=(2, 2, 4, 4, 4),
    release=weight_files.VGG19,
)

__all__ = ["VGG19", "decode_predictions", "preprocess_input"]
