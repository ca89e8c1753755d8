"""Activations that are layers."""

from tests.conformance.row import Row

KEEPS = {"mask": (4, 5), "keeps_mask": True}

ROWS = [
    Row(
        "ReLU",
        (4, 5, 6),
        {"max_value": 1.0, "negative_slope": 0.2, "threshold": 0.1},
        unknown=(1,),
        **KEEPS,
    ),
    Row("ReLU", (4, 6), label="plain", unknown=(1,)),
    Row("LeakyReLU", (4, 5, 6), {"alpha": 0.2}, unknown=(1,), **KEEPS),
    Row("ELU", (4, 5, 6), {"alpha": 0.5}, unknown=(1,), **KEEPS),
    Row("ThresholdedReLU", (4, 5, 6), {"theta": 0.5}, unknown=(1,), **KEEPS),
    Row("PReLU", (4, 5, 6), {"alpha_initializer": "normal"}, **KEEPS),
    Row(
        "PReLU",
        (4, 5, 6),
        {"alpha_initializer": "normal", "shared_axes": [1]},
        label="shared",
        unknown=(1,),
    ),
    Row("Softmax", (4, 5, 6), unknown=(1, 2)),
    Row("Softmax", (4, 5, 6), {"axis": (1, 2)}, label="axes", unknown=(1, 2)),
    Row("Softmax", (4, 6), {"robust_masking": True}, label="masked", mask=(4, 6), keeps_mask=True),
]
