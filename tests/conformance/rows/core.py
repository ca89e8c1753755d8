"""Dense and what stands beside it."""

import tensorflow as tf

from tests.conformance.row import Row
from tfk.saving import register_keras_serializable


@register_keras_serializable("conformance")
def halve(x, by=2.0):
    return tf.abs(x) / by


def zeros_and_ones(random, shape):
    return random.integers(0, 2, shape).astype("float32")


ROWS = [
    Row("Dense", (3, 4), {"units": 5, "activation": "relu"}, mask=(3, 4), keeps_mask=True),
    Row(
        "Dense",
        (3, 2, 6, 4),
        {
            "units": 5,
            "use_bias": False,
            "kernel_regularizer": "l2",
            "kernel_constraint": "max_norm",
        },
        label="images",
        unknown=(1, 2),
    ),
    Row("Activation", (3, 4), {"activation": "softmax"}, mask=(3,), keeps_mask=True),
    Row(
        "Embedding",
        (3, 4),
        {"input_dim": 9, "output_dim": 5, "mask_zero": True},
        values=("integers", 0, 9),
        unknown=(1,),
    ),
    Row(
        "Embedding",
        (3, 4),
        {"input_dim": 9, "output_dim": 5, "input_length": 4, "embeddings_regularizer": "l1"},
        values=("integers", 0, 9),
        label="length",
    ),
    Row("Identity", (3, 4), mask=(3,), unknown=(1,)),
    Row("Masking", (3, 4, 2), {"mask_value": 1}, values=zeros_and_ones, unknown=(1, 2)),
    Row(
        "EinsumDense",
        (3, 4, 2),
        {
            "equation": "abc,cd->abd",
            "output_shape": (None, 5),
            "bias_axes": "d",
            "activation": "tanh",
        },
        unknown=(1,),
    ),
    Row(
        "EinsumDense",
        (3, 4, 2),
        {"equation": "...x,xy->...y", "output_shape": 5, "bias_axes": "y"},
        label="leading",
        unknown=(1,),
    ),
    Row(
        "EinsumDense",
        (3, 4, 2),
        {"equation": "ab...,bc->ac...", "output_shape": 5, "bias_axes": "c"},
        label="trailing",
        unknown=(2,),
    ),
    Row(
        "Lambda",
        (3, 4),
        {"function": halve, "output_shape": (4,), "arguments": {"by": 4.0}},
        unknown=(1,),
        oracle=False,
        why="the other library writes the function's code into the config",
    ),
]
