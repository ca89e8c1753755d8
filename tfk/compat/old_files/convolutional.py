"""`keras.layers.convolutional`: the base class by which packages recognize convolutions."""

from tfk.layers.convolution.base_conv import BaseConv

Conv = BaseConv  # tf-keras-vis, keras-vis
