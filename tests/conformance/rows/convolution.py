"""Convolutions of all kinds."""

from tests.conformance.row import Row

WINDOWS = {1: (3,), 2: (3, 2), 3: (2, 3, 2)}
SIZES = {1: (7,), 2: (7, 6), 3: (5, 6, 4)}


def rows_of(name, rank, channels=3, **kwargs):
    """Valid with strides, same, and channels first."""
    strided = Row(
        name,
        (2, *SIZES[rank], channels),
        {"kernel_size": 3, "strides": 2, "activation": "relu", **kwargs},
        unknown=tuple(range(1, rank + 1)),
    )
    same = Row(
        name,
        (2, *SIZES[rank], channels),
        {"kernel_size": WINDOWS[rank], "padding": "same", "use_bias": False, **kwargs},
        label="same",
        unknown=tuple(range(1, rank + 1)),
    )
    first = Row(
        name,
        (2, channels, *SIZES[rank]),
        {"kernel_size": 3, "data_format": "channels_first", "bias_initializer": "normal", **kwargs},
        label="channels_first",
        unknown=tuple(range(2, rank + 2)),
        # Where the other library has no kernel on the CPU, the channels-last rows hold the numbers.
        gradients=False,
    )
    return [strided, same, first]


UNUSED = {
    "groups": 2,
    "kernel_initializer": "zeros",
    "kernel_regularizer": "l2",
    "kernel_constraint": "max_norm",
}


def with_settings(rows, settings):
    for row in rows:
        for key, value in settings.items():
            setattr(row, key, value)
    return rows


def locally_connected(name, rank):
    rows = []
    for implementation, padding in (
        (1, "valid"),
        (2, "same"),
        (3, "same"),
        (2, "valid"),
        (3, "valid"),
    ):
        for data_format in ("channels_last", "channels_first"):
            sizes = SIZES[rank]
            shape = (2, *sizes, 3) if data_format == "channels_last" else (2, 3, *sizes)
            rows.append(
                Row(
                    name,
                    shape,
                    {
                        "filters": 2,
                        "kernel_size": WINDOWS[rank],
                        "strides": 2,
                        "padding": padding,
                        "data_format": data_format,
                        "implementation": implementation,
                        "bias_initializer": "normal",
                    },
                    label=f"{implementation}-{padding}-{data_format}",
                    half=(
                        None if implementation == 3 else "float16"
                    ),  # no sparse product in half precision
                )
            )
    return rows


ROWS = [
    *rows_of("Conv1D", 1, filters=4),
    *rows_of("Conv2D", 2, filters=4),
    *rows_of("Conv3D", 3, filters=4),
    Row(
        "Conv1D",
        (2, 7, 3),
        {"filters": 4, "kernel_size": 3, "padding": "causal", "dilation_rate": 2},
        label="causal",
        unknown=(1,),
    ),
    Row("Conv1D", (2, 7, 3), {"filters": 4, "kernel_size": 1}, label="pointwise", unknown=(1,)),
    Row(
        "Conv2D", (2, 7, 6, 3), {"filters": 4, "kernel_size": 1}, label="pointwise", unknown=(1, 2)
    ),
    Row(
        "Conv2D",
        (2, 7, 6, 3),
        {"filters": 4, "kernel_size": 3, "dilation_rate": 2},
        label="dilated",
    ),
    Row(
        "Conv2D",
        (2, 7, 6, 6),
        {"filters": 4, "kernel_size": 3, "groups": 2},
        label="groups",
        unknown=(1, 2),
    ),
    Row(
        "Conv2D",
        (2, 7, 6, 3),
        {"filters": 6, "kernel_size": 3, "groups": 3, "padding": "same"},
        label="channelwise",
    ),
    Row("Conv2D", (2, 3, 7, 6, 3), {"filters": 4, "kernel_size": 3}, label="video", unknown=(1,)),
    *rows_of("Conv1DTranspose", 1, filters=4),
    *rows_of("Conv2DTranspose", 2, filters=4),
    *with_settings(
        [*rows_of("Conv3DTranspose", 3, filters=4)],
        {"also_recorded": ("dilation_rate",)},
    ),
    Row(
        "Conv2DTranspose",
        (2, 4, 5, 3),
        {"filters": 4, "kernel_size": 3, "strides": 3, "padding": "same", "output_padding": (1, 2)},
        label="output_padding",
        unknown=(1, 2),
    ),
    Row(
        "Conv2DTranspose",
        (2, 4, 5, 3),
        {"filters": 4, "kernel_size": 3, "dilation_rate": 2, "padding": "same"},
        label="dilated",
    ),
    *rows_of("DepthwiseConv1D", 1, depth_multiplier=2),
    *rows_of("DepthwiseConv2D", 2, depth_multiplier=2),
    Row("DepthwiseConv2D", (2, 7, 6, 3), {"kernel_size": 3, "dilation_rate": 2}, label="dilated"),
    *rows_of("SeparableConv1D", 1, filters=4, depth_multiplier=2),
    *rows_of("SeparableConv2D", 2, filters=4, depth_multiplier=2),
    # What only full convolutions use is taken, and means nothing.
    Row("DepthwiseConv2D", (2, 7, 6, 3), {"kernel_size": 3, **UNUSED}, label="unused"),
    Row(
        "SeparableConv2D", (2, 7, 6, 3), {"filters": 4, "kernel_size": 3, **UNUSED}, label="unused"
    ),
    Row(
        "SeparableConv1D",
        (2, 7, 3),
        {"filters": 4, "kernel_size": 3, "padding": "causal", "dilation_rate": 2},
        label="causal",
    ),
    *locally_connected("LocallyConnected1D", 1),
    *locally_connected("LocallyConnected2D", 2),
]
