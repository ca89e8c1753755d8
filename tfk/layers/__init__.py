"""All layers, the building blocks of models."""

from tfk.engine.graph.input_layer import Input, InputLayer
from tfk.engine.layer.input_spec import InputSpec
from tfk.engine.layer.layer import Layer
from tfk.layers import experimental
from tfk.layers.activation.elu import ELU
from tfk.layers.activation.leaky_relu import LeakyReLU
from tfk.layers.activation.prelu import PReLU
from tfk.layers.activation.relu import ReLU
from tfk.layers.activation.softmax import Softmax
from tfk.layers.activation.thresholded_relu import ThresholdedReLU
from tfk.layers.attention.additive_attention import AdditiveAttention
from tfk.layers.attention.attention import Attention
from tfk.layers.attention.multi_head_attention import MultiHeadAttention
from tfk.layers.convolution.conv import (
    Conv1D,
    Conv2D,
    Conv3D,
    Convolution1D,
    Convolution2D,
    Convolution3D,
)
from tfk.layers.convolution.conv_transpose import (
    Conv1DTranspose,
    Conv2DTranspose,
    Conv3DTranspose,
    Convolution1DTranspose,
    Convolution2DTranspose,
    Convolution3DTranspose,
)
from tfk.layers.convolution.depthwise_conv import DepthwiseConv1D, DepthwiseConv2D
from tfk.layers.convolution.locally_connected import LocallyConnected1D, LocallyConnected2D
from tfk.layers.convolution.separable_conv import (
    SeparableConv1D,
    SeparableConv2D,
    SeparableConvolution1D,
    SeparableConvolution2D,
)
from tfk.layers.core import layer_scale  # needed to load files; public in applications
from tfk.layers.core.activation import Activation
from tfk.layers.core.dense import Dense
from tfk.layers.core.einsum_dense import EinsumDense
from tfk.layers.core.embedding import Embedding
from tfk.layers.core.identity import Identity
from tfk.layers.core.lambda_layer import Lambda
from tfk.layers.core.masking import Masking
from tfk.layers.core.tfsm_layer import TFSMLayer
from tfk.layers.core.wrapper import Wrapper
from tfk.layers.feature_column.dense_features import DenseFeatures
from tfk.layers.merging import custom_scale_layer
from tfk.layers.merging.add import Add, add
from tfk.layers.merging.average import Average, average
from tfk.layers.merging.concatenate import Concatenate, concatenate
from tfk.layers.merging.dot import Dot, dot
from tfk.layers.merging.maximum import Maximum, maximum
from tfk.layers.merging.minimum import Minimum, minimum
from tfk.layers.merging.multiply import Multiply, multiply
from tfk.layers.merging.subtract import Subtract, subtract
from tfk.layers.normalization.batch_normalization import BatchNormalization
from tfk.layers.normalization.group_normalization import GroupNormalization
from tfk.layers.normalization.layer_normalization import LayerNormalization
from tfk.layers.normalization.spectral_normalization import SpectralNormalization
from tfk.layers.normalization.unit_normalization import UnitNormalization
from tfk.layers.pooling.average_pooling import (
    AveragePooling1D,
    AveragePooling2D,
    AveragePooling3D,
    AvgPool1D,
    AvgPool2D,
    AvgPool3D,
)
from tfk.layers.pooling.global_average_pooling import (
    GlobalAveragePooling1D,
    GlobalAveragePooling2D,
    GlobalAveragePooling3D,
    GlobalAvgPool1D,
    GlobalAvgPool2D,
    GlobalAvgPool3D,
)
from tfk.layers.pooling.global_max_pooling import (
    GlobalMaxPool1D,
    GlobalMaxPool2D,
    GlobalMaxPool3D,
    GlobalMaxPooling1D,
    GlobalMaxPooling2D,
    GlobalMaxPooling3D,
)
from tfk.layers.pooling.max_pooling import (
    MaxPool1D,
    MaxPool2D,
    MaxPool3D,
    MaxPooling1D,
    MaxPooling2D,
    MaxPooling3D,
)
from tfk.layers.preprocessing.category_encoding import CategoryEncoding
from tfk.layers.preprocessing.center_crop import CenterCrop
from tfk.layers.preprocessing.discretization import Discretization
from tfk.layers.preprocessing.hashed_crossing import HashedCrossing
from tfk.layers.preprocessing.hashing import Hashing
from tfk.layers.preprocessing.integer_lookup import IntegerLookup
from tfk.layers.preprocessing.normalization import Normalization
from tfk.layers.preprocessing.random_brightness import RandomBrightness
from tfk.layers.preprocessing.random_contrast import RandomContrast
from tfk.layers.preprocessing.random_crop import RandomCrop
from tfk.layers.preprocessing.random_flip import RandomFlip
from tfk.layers.preprocessing.random_height import RandomHeight
from tfk.layers.preprocessing.random_rotation import RandomRotation
from tfk.layers.preprocessing.random_translation import RandomTranslation
from tfk.layers.preprocessing.random_width import RandomWidth
from tfk.layers.preprocessing.random_zoom import RandomZoom
from tfk.layers.preprocessing.rescaling import Rescaling
from tfk.layers.preprocessing.resizing import Resizing
from tfk.layers.preprocessing.string_lookup import StringLookup
from tfk.layers.preprocessing.text_vectorization import TextVectorization
from tfk.layers.recurrent.abstract_rnn_cell import AbstractRNNCell
from tfk.layers.recurrent.bidirectional import Bidirectional
from tfk.layers.recurrent.conv_lstm import ConvLSTM1D, ConvLSTM2D, ConvLSTM3D
from tfk.layers.recurrent.gru import GRU, GRUCell
from tfk.layers.recurrent.lstm import LSTM, LSTMCell
from tfk.layers.recurrent.rnn import RNN
from tfk.layers.recurrent.simple_rnn import SimpleRNN, SimpleRNNCell
from tfk.layers.recurrent.stacked_rnn_cells import StackedRNNCells
from tfk.layers.recurrent.time_distributed import TimeDistributed
from tfk.layers.regularization.activity_regularization import ActivityRegularization
from tfk.layers.regularization.alpha_dropout import AlphaDropout
from tfk.layers.regularization.dropout import Dropout
from tfk.layers.regularization.gaussian_noise import GaussianDropout, GaussianNoise
from tfk.layers.regularization.spatial_dropout import (
    SpatialDropout1D,
    SpatialDropout2D,
    SpatialDropout3D,
)
from tfk.layers.reshaping.cropping import Cropping1D, Cropping2D, Cropping3D
from tfk.layers.reshaping.flatten import Flatten
from tfk.layers.reshaping.permute import Permute
from tfk.layers.reshaping.repeat_vector import RepeatVector
from tfk.layers.reshaping.reshape import Reshape
from tfk.layers.reshaping.up_sampling import UpSampling1D, UpSampling2D, UpSampling3D
from tfk.layers.reshaping.zero_padding import ZeroPadding1D, ZeroPadding2D, ZeroPadding3D
from tfk.layers.serialization import deserialize, serialize

__all__ = [
    "AbstractRNNCell",
    "Activation",
    "ActivityRegularization",
    "Add",
    "AdditiveAttention",
    "AlphaDropout",
    "Attention",
    "Average",
    "AveragePooling1D",
    "AveragePooling2D",
    "AveragePooling3D",
    "AvgPool1D",
    "AvgPool2D",
    "AvgPool3D",
    "BatchNormalization",
    "Bidirectional",
    "CategoryEncoding",
    "CenterCrop",
    "Concatenate",
    "Conv1D",
    "Conv1DTranspose",
    "Conv2D",
    "Conv2DTranspose",
    "Conv3D",
    "Conv3DTranspose",
    "ConvLSTM1D",
    "ConvLSTM2D",
    "ConvLSTM3D",
    "Convolution1D",
    "Convolution1DTranspose",
    "Convolution2D",
    "Convolution2DTranspose",
    "Convolution3D",
    "Convolution3DTranspose",
    "Cropping1D",
    "Cropping2D",
    "Cropping3D",
    "Dense",
    "DenseFeatures",
    "DepthwiseConv1D",
    "DepthwiseConv2D",
    "Discretization",
    "Dot",
    "Dropout",
    "ELU",
    "EinsumDense",
    "Embedding",
    "Flatten",
    "GRU",
    "GRUCell",
    "GaussianDropout",
    "GaussianNoise",
    "GlobalAveragePooling1D",
    "GlobalAveragePooling2D",
    "GlobalAveragePooling3D",
    "GlobalAvgPool1D",
    "GlobalAvgPool2D",
    "GlobalAvgPool3D",
    "GlobalMaxPool1D",
    "GlobalMaxPool2D",
    "GlobalMaxPool3D",
    "GlobalMaxPooling1D",
    "GlobalMaxPooling2D",
    "GlobalMaxPooling3D",
    "GroupNormalization",
    "HashedCrossing",
    "Hashing",
    "Identity",
    "Input",
    "InputLayer",
    "InputSpec",
    "IntegerLookup",
    "LSTM",
    "LSTMCell",
    "Lambda",
    "Layer",
    "LayerNormalization",
    "LeakyReLU",
    "LocallyConnected1D",
    "LocallyConnected2D",
    "Masking",
    "MaxPool1D",
    "MaxPool2D",
    "MaxPool3D",
    "MaxPooling1D",
    "MaxPooling2D",
    "MaxPooling3D",
    "Maximum",
    "Minimum",
    "MultiHeadAttention",
    "Multiply",
    "Normalization",
    "PReLU",
    "Permute",
    "RNN",
    "RandomBrightness",
    "RandomContrast",
    "RandomCrop",
    "RandomFlip",
    "RandomHeight",
    "RandomRotation",
    "RandomTranslation",
    "RandomWidth",
    "RandomZoom",
    "ReLU",
    "RepeatVector",
    "Rescaling",
    "Reshape",
    "Resizing",
    "SeparableConv1D",
    "SeparableConv2D",
    "SeparableConvolution1D",
    "SeparableConvolution2D",
    "SimpleRNN",
    "SimpleRNNCell",
    "Softmax",
    "SpatialDropout1D",
    "SpatialDropout2D",
    "SpatialDropout3D",
    "SpectralNormalization",
    "StackedRNNCells",
    "StringLookup",
    "Subtract",
    "TFSMLayer",
    "TextVectorization",
    "ThresholdedReLU",
    "TimeDistributed",
    "UnitNormalization",
    "UpSampling1D",
    "UpSampling2D",
    "UpSampling3D",
    "Wrapper",
    "ZeroPadding1D",
    "ZeroPadding2D",
    "ZeroPadding3D",
    "add",
    "average",
    "concatenate",
    "deserialize",
    "dot",
    "maximum",
    "minimum",
    "multiply",
    "serialize",
    "subtract",
]
