"""Metrics."""

from tfk.metrics.metric import Metric
