import collections

import pytest
import tensorflow as tf

from tfk.utils import naming
from tfk.utils.naming import reset_names, to_snake_case, unique_name


@pytest.mark.parametrize(
    "name, expected",
    [
        ("Dense", "dense"),
        ("Conv2D", "conv2d"),
        ("Conv2DTranspose", "conv2d_transpose"),
        ("GlobalMaxPooling1D", "global_max_pooling1d"),
        ("LSTM", "lstm"),
        ("ConvLSTM2D", "conv_lstm2d"),
        ("GRUCell", "gru_cell"),
        ("ReLU", "re_lu"),
        ("TFOpLambda", "tf_op_lambda"),
        ("EfficientNetV2B0", "efficient_net_v2b0"),
        ("_Hidden", "private__hidden"),
        ("dense", "dense"),
    ],
)
def test_to_snake_case(name, expected):
    assert to_snake_case(name) == expected
    generic_utils = pytest.importorskip("tf_keras.src.utils.generic_utils")
    assert generic_utils.to_snake_case(name) == expected


def test_unique_name():
    assert [unique_name("dense") for _ in range(3)] == ["dense", "dense_1", "dense_2"]
    assert unique_name("lstm") == "lstm"
    assert [unique_name("input", zero_based=False) for _ in range(2)] == ["input_1", "input_2"]
    reset_names()
    assert unique_name("dense") == "dense"


def test_each_graph_counts_for_itself():
    naming.reset_names()
    names = [naming.unique_name("layer")]

    @tf.function
    def trace():
        names.extend(naming.unique_name("layer") for _ in range(2))

    trace()
    names.append(naming.unique_name("layer"))
    with naming.counting_names(collections.Counter()):
        names.append(naming.unique_name("layer"))
    assert names == ["layer", "layer", "layer_1", "layer_1", "layer"]
