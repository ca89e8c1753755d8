"""Experimental layers, and former import paths of layers that left this module."""

from tfk.layers.core.einsum_dense import EinsumDense
from tfk.layers.experimental import preprocessing
from tfk.layers.experimental.dynamic_embedding import DynamicEmbedding
from tfk.layers.experimental.dynamic_lookup import DynamicLookup
from tfk.layers.experimental.random_fourier_features import RandomFourierFeatures
from tfk.layers.normalization.sync_batch_normalization import SyncBatchNormalization
