"""Pooling of windows and of everything."""

from tests.conformance.row import Row

SIZES = {1: (7,), 2: (7, 6), 3: (5, 6, 4)}


def window_rows(kind, rank):
    last, axes = (2, *SIZES[rank], 3), tuple(range(1, rank + 1))
    name = f"{kind}Pooling{rank}D"
    first = (2, 3, *SIZES[rank])
    return [
        Row(name, last, unknown=axes),
        Row(
            name,
            last,
            {"pool_size": 3, "strides": 2, "padding": "same"},
            label="same",
            unknown=axes,
        ),
        Row(
            name,
            first,
            {"data_format": "channels_first"},
            label="channels_first",
            unknown=tuple(axis + 1 for axis in axes),
            gradients=False,
            oracle=rank == 3,
            why="the other library has no kernel for it on the CPU",
        ),
    ]


def global_rows(kind, rank):
    last, axes = (2, *SIZES[rank], 3), tuple(range(1, rank + 1))
    name = f"Global{kind}Pooling{rank}D"
    masked = rank == 1 and kind == "Average"
    return [
        Row(name, last, unknown=axes),
        Row(name, last, {"keepdims": True}, label="keepdims", unknown=axes),
        Row(name, (2, 3, *SIZES[rank]), {"data_format": "channels_first"}, label="channels_first"),
        *(
            [Row(name, last, label="masked", mask=last[:-1], keeps_mask=False, unknown=axes)]
            if masked
            else []
        ),
    ]


ROWS = [
    row
    for rank in (1, 2, 3)
    for kind in ("Max", "Average")
    for row in (*window_rows(kind, rank), *global_rows(kind, rank))
]
