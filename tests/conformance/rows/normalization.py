"""Normalizations."""

from tests.conformance.row import Row

RENORM = {
    "renorm": True,
    "renorm_clipping": {"rmax": 1.2, "rmin": 0.8, "dmax": 0.3},
    "renorm_momentum": 0.9,
}

ROWS = [
    Row("BatchNormalization", (4, 6)),
    Row(
        "BatchNormalization", (4, 5, 6), {"axis": 1, "momentum": 0.8}, label="axis-1", unknown=(2,)
    ),
    Row(
        "BatchNormalization", (4, 5, 6), label="masked", mask=(4, 5), keeps_mask=True, unknown=(1,)
    ),
    Row("BatchNormalization", (4, 5, 3, 6), {"epsilon": 1e-6}, label="fused", unknown=(1, 2)),
    Row(
        "BatchNormalization",
        (4, 6, 5, 3),
        {"axis": 1, "scale": False},
        label="fused-first",
        unknown=(2, 3),
    ),
    Row(
        "BatchNormalization",
        (4, 5, 3, 2, 6),
        {"center": False},
        label="fused-3d",
        unknown=(1, 2, 3),
    ),
    Row(
        "BatchNormalization",
        (4, 6, 5, 3, 2),
        {"axis": 1},
        label="fused-3d-first",
        unknown=(2, 3, 4),
    ),
    Row(
        "BatchNormalization",
        (4, 5, 3, 6),
        {"fused": False},
        also_recorded=("fused",),
        label="plain",
        unknown=(1, 2),
    ),
    Row("BatchNormalization", (4, 5, 3, 6), {"axis": [1, 3]}, label="axes", unknown=(2,)),
    Row("BatchNormalization", (4, 5, 3, 6), {"trainable": False}, label="frozen"),
    Row("BatchNormalization", (4, 6), RENORM, label="renorm"),
    Row(
        "BatchNormalization",
        (4, 6),
        {"synchronized": True},
        label="sync",
        also_recorded=("synchronized",),
    ),
    Row(
        "BatchNormalization",
        (4, 6),
        {"virtual_batch_size": 2},
        label="virtual",
        oracle=False,
        why="the other library counts the axis in the config from the inserted one",
    ),
    Row("LayerNormalization", (4, 5, 6), mask=(4, 5), keeps_mask=True, unknown=(1,)),
    Row(
        "LayerNormalization", (4, 5, 6), {"axis": 1, "epsilon": 1e-6}, label="axis-1", unknown=(2,)
    ),
    Row("LayerNormalization", (4, 5, 6), {"axis": [2, 1], "scale": False}, label="axes"),
    Row("GroupNormalization", (4, 5, 6), {"groups": 3}, mask=(4, 5, 6), unknown=(1,)),
    Row("GroupNormalization", (4, 6, 5), {"groups": 2, "axis": 1}, label="axis-1", unknown=(2,)),
    Row("GroupNormalization", (4, 5, 3, 6), {"groups": -1, "center": False}, label="instance"),
    Row("UnitNormalization", (4, 5, 6), mask=(4, 5), keeps_mask=True, unknown=(1, 2)),
    Row("UnitNormalization", (4, 5, 6), {"axis": [1, 2]}, label="axes", unknown=(1, 2)),
    Row(
        "SpectralNormalization",
        (4, 6),
        lambda layers: {"layer": layers.Dense(3), "power_iterations": 2},
        oracle=False,
        why="in the other library it works with its own successor's InputSpec only",
        half="float32",  # the wrapped layer has a policy of its own
    ),
]
