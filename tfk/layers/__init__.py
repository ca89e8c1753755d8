"""All layers: the parts that models are made of."""

from tfk.engine.input_layer import Input, InputLayer
from tfk.engine.input_spec import InputSpec
from tfk.engine.layer import Layer
from tfk.layers.convolution.conv import Conv1D, Conv2D, Conv3D, Convolution1D, Convolution2D, Convolution3D
from tfk.layers.core.activation import Activation
from tfk.layers.core.dense import Dense
from tfk.layers.core.embedding import Embedding
from tfk.layers.core.identity import Identity
from tfk.layers.core.lambda_layer import Lambda
from tfk.layers.core.masking import Masking
from tfk.layers.core.wrapper import Wrapper
from tfk.layers.merging.add import Add, add
from tfk.layers.merging.average import Average, average
from tfk.layers.merging.concatenate import Concatenate, concatenate
from tfk.layers.merging.dot import Dot, dot
from tfk.layers.merging.maximum import Maximum, maximum
from tfk.layers.merging.minimum import Minimum, minimum
from tfk.layers.merging.multiply import Multiply, multiply
from tfk.layers.merging.subtract import Subtract, subtract
from tfk.layers.normalization.batch_normalization import BatchNormalization
from tfk.layers.normalization.layer_normalization import LayerNormalization
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
from tfk.layers.preprocessing.rescaling import Rescaling
from tfk.layers.regularization.dropout import Dropout
from tfk.layers.reshaping.flatten import Flatten
from tfk.layers.reshaping.reshape import Reshape
from tfk.layers.serialization import deserialize, serialize
