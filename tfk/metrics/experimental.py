"""`tfk.metrics.experimental`, for compatibility with Keras 2."""

from tfk.metrics.py_metric import PyMetric

__all__ = ["PyMetric"]
