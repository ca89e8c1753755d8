"""Layers that were never settled, and old homes of those that were."""

from tfk.layers.experimental import preprocessing
from tfk.layers.experimental.dynamic_lookup import DynamicLookup
from tfk.layers.experimental.random_fourier_features import RandomFourierFeatures
