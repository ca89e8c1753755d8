"""Layers that move, add and leave out elements."""

from tests.conformance.row import Row

SIZES = {1: (7,), 2: (7, 6), 3: (5, 6, 4)}
INTERPOLATIONS = (
    "area",
    "bicubic",
    "bilinear",
    "gaussian",
    "lanczos3",
    "lanczos5",
    "mitchellcubic",
)


def spatial_rows(name, rank, **kwargs):
    axes = tuple(range(1, rank + 1))
    rows = [Row(name, (2, *SIZES[rank], 3), kwargs, unknown=axes)]
    if rank > 1:
        kwargs = {**kwargs, "data_format": "channels_first"}
        unknown = tuple(axis + 1 for axis in axes)
        rows.append(
            Row(name, (2, 3, *SIZES[rank]), kwargs, label="channels_first", unknown=unknown)
        )
    return rows


ROWS = [
    Row("Flatten", (3, 4, 2)),
    Row(
        "Flatten",
        (3, 4, 2, 5),
        {"data_format": "channels_first"},
        label="channels_first",
        unknown=(1,),
    ),
    Row("Flatten", (3,), label="vector"),
    Row("Reshape", (3, 6, 4), {"target_shape": (2, -1, 3)}),
    Row("Reshape", (3, 6, 4), {"target_shape": (-1,)}, label="unknown", unknown=(1,)),
    Row("Permute", (3, 4, 2), {"dims": (2, 1)}, unknown=(1, 2)),
    Row("RepeatVector", (3, 4), {"n": 5}, unknown=(1,)),
    *(
        row
        for rank in (1, 2, 3)
        for row in (
            *spatial_rows(f"Cropping{rank}D", rank, cropping=1),
            *spatial_rows(f"ZeroPadding{rank}D", rank, padding=2),
            *spatial_rows(f"UpSampling{rank}D", rank, size=3),
        )
    ),
    Row("Cropping1D", (2, 7, 3), {"cropping": (0, 2)}, label="pair", unknown=(1,)),
    Row("Cropping2D", (2, 7, 6, 3), {"cropping": ((1, 0), (2, 1))}, label="pairs", unknown=(1, 2)),
    Row("ZeroPadding2D", (2, 7, 6, 3), {"padding": (1, 2)}, label="symmetric", unknown=(1, 2)),
    Row("ZeroPadding3D", (2, 5, 6, 4, 3), {"padding": ((1, 0), (2, 1), (0, 3))}, label="pairs"),
    *(
        Row(
            "UpSampling2D",
            (2, 4, 5, 3),
            {"size": (2, 3), "interpolation": method},
            label=method,
            unknown=(1, 2),
            gradients=method != "area",  # the other library has none for it
        )
        for method in INTERPOLATIONS
    ),
]
