import pytest
import tensorflow as tf

from tfk import config
from tfk.utils import conv_arithmetic as arithmetic

LENGTHS, KERNELS, STRIDES = (5, 8, 13), (1, 2, 3), (1, 2, 3)


def test_conv_output_length_is_that_of_tensorflow():
    for length in LENGTHS:
        for kernel in KERNELS:
            for stride, dilation in [(1, 1), (2, 1), (3, 1), (1, 2), (1, 3)]:
                for padding in ("valid", "same"):
                    x, w = tf.zeros((1, length, 1)), tf.zeros((kernel, 1, 1))
                    if padding == "valid" and (kernel - 1) * dilation >= length:
                        continue
                    expected = tf.nn.conv1d(
                        x, w, stride, padding.upper(), dilations=dilation
                    ).shape[1]
                    found = arithmetic.conv_output_length(length, kernel, padding, stride, dilation)
                    assert found == expected, (length, kernel, padding, stride, dilation)


@pytest.mark.parametrize("padding", ["valid", "same", "full", "causal"])
def test_conv_lengths_are_those_of_keras(padding):
    conv_utils = pytest.importorskip("tf_keras.src.utils.conv_utils")
    for length in (*LENGTHS, None):
        for kernel in KERNELS:
            for stride in STRIDES:
                for dilation in (1, 2):
                    arguments = (length, kernel, padding, stride, dilation)
                    assert arithmetic.conv_output_length(
                        *arguments
                    ) == conv_utils.conv_output_length(*arguments)
                if padding != "causal":
                    arguments = (length, kernel, padding, stride)
                    assert arithmetic.conv_input_length(*arguments) == conv_utils.conv_input_length(
                        *arguments
                    )


@pytest.mark.parametrize("padding", ["valid", "same", "full"])
@pytest.mark.parametrize("output_padding", [None, 0, 1])
def test_deconv_lengths_are_those_of_keras(padding, output_padding):
    conv_utils = pytest.importorskip("tf_keras.src.utils.conv_utils")
    for length in (*LENGTHS, None):
        for kernel in KERNELS:
            for stride in STRIDES:
                for dilation in (1, 2):
                    arguments = (length, kernel, padding, output_padding, stride, dilation)
                    found = arithmetic.deconv_output_length(*arguments)
                    assert found == conv_utils.deconv_output_length(*arguments), arguments


def test_padding():
    assert arithmetic.normalize_padding("SAME") == "same"
    with pytest.raises(
        ValueError, match="Conv2D: expected padding to be one of 'valid', 'same', got 'causal'"
    ):
        arithmetic.normalize_padding("causal", "Conv2D")
    with pytest.raises(ValueError, match="got 3"):
        arithmetic.normalize_padding(3)


def test_data_format():
    assert arithmetic.normalize_data_format(None) == "channels_last"
    config.set_image_data_format("channels_first")
    assert arithmetic.normalize_data_format(None) == "channels_first"
    assert arithmetic.normalize_data_format("Channels_Last") == "channels_last"
    with pytest.raises(ValueError, match="Pool: expected data_format to be one of .*got 'NHWC'"):
        arithmetic.normalize_data_format("NHWC", "Pool")
    assert arithmetic.tf_data_format("channels_last", 5) == "NDHWC"
    assert arithmetic.tf_data_format("channels_first", 3) == "NCW"


def test_axis():
    assert arithmetic.normalize_axis(-1, 4) == 3
    assert arithmetic.normalize_axis([1, -1], 4) == (1, 3)
    with pytest.raises(
        ValueError, match=r"Softmax: expected axis in \[-2, 2\) for inputs of rank 2, got 2"
    ):
        arithmetic.normalize_axis(2, 2, "Softmax")
    with pytest.raises(TypeError, match="expected axis to be an integer or several, got '1'"):
        arithmetic.normalize_axis("1", 2)
