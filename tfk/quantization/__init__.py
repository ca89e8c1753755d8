"""Post-training quantization: LiteRT files for small devices, and their size and accuracy."""

from tfk.quantization.lite_model import LiteModel
from tfk.quantization.post_training import compare, quantize

__all__ = ["LiteModel", "compare", "quantize"]
