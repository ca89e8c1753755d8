"""`keras.utils.conv_utils` against Keras 2's own."""

import numpy as np
import pytest

from tfk.compat.old_files import conv_utils

keras_conv_utils = pytest.importorskip("tf_keras.src.utils.conv_utils")


@pytest.mark.parametrize(
    "name, args",
    [
        ("normalize_tuple", (3, 2, "size")),
        ("normalize_tuple", ([1, 2, 3], 3, "size")),
        ("normalize_padding", ("SAME",)),
        ("normalize_padding", ("causal",)),
        ("convert_data_format", ("channels_first", 4)),
        ("convert_data_format", ("channels_last", 5)),
        ("conv_output_length", (10, 3, "same", 2)),
        ("conv_output_length", (10, 3, "valid", 2, 2)),
        ("conv_input_length", (4, 3, "valid", 2)),
        ("deconv_output_length", (5, 3, "same", None, 2)),
        ("deconv_output_length", (5, 3, "valid", 1, 2)),
    ],
)
def test_same_results(name, args):
    assert getattr(conv_utils, name)(*args) == getattr(keras_conv_utils, name)(*args)


def test_kernels_of_theano_are_reversed_in_space():
    kernel = np.arange(12).reshape(2, 3, 1, 2)
    assert (conv_utils.convert_kernel(kernel) == kernel[::-1, ::-1]).all()
