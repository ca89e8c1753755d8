"""`keras.utils.layer_utils`: helpers around the layers of a model."""

import numpy as np

from tfk.compat.old_files.conv_utils import convert_kernel
from tfk.engine.graph.source_inputs import get_source_inputs
from tfk.layers.convolution.base_conv import BaseConv


def count_params(weights):
    """Return the number of scalars in a list of variables, each counted once."""
    return int(sum(np.prod(weight.shape) for weight in {id(w): w for w in weights}.values()))


def print_summary(model, line_length=None, positions=None, print_fn=None, **kwargs):
    """`model.summary` as a function."""
    model.summary(line_length=line_length, positions=positions, print_fn=print_fn, **kwargs)


def convert_all_kernels_in_model(model):
    """Turn kernels loaded from a file of Theano into those of TensorFlow, in place."""
    for layer in model.layers:
        if isinstance(layer, BaseConv):
            layer.kernel.assign(convert_kernel(layer.kernel.numpy()))


__all__ = [
    "convert_all_kernels_in_model",
    "count_params",
    "get_source_inputs",
    "print_summary",
]
