"""`tfk.metrics.experimental`, as Keras 2 has it."""

from tfk.metrics.py_metric import PyMetric

__all__ = ["PyMetric"]
