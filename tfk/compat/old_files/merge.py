"""`keras.layers.merge`: the base class of merging layers."""

from tfk.layers.merging.merge import Merge

_Merge = Merge  # keras-applications programs, efficientnet
