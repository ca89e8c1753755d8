"""Post-training quantization: LiteRT files for small devices, their size, and what they cost in
accuracy.
"""

from tfk.quantization.lite_model import LiteModel
from tfk.quantization.post_training import compare, quantize

__all__ = ["LiteModel", "compare", "quantize"]
