"""Old homes of layers."""

from tfk.layers.experimental import preprocessing
