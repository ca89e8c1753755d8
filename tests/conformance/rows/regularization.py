"""Noise, dropout and penalties."""

from tests.conformance.row import Row

ROWS = [
    Row(
        "Dropout", (4, 6), {"rate": 0.3, "seed": 1}, is_random=True, mask=(4,), keeps_mask=True, unknown=(1,)
    ),
    Row("Dropout", (4, 5, 6), {"rate": 0.3, "noise_shape": (None, 1, 6)}, label="shape", is_random=True),
    Row("Dropout", (4, 6), {"rate": 0.0}, label="zero"),
    Row("SpatialDropout1D", (4, 5, 6), {"rate": 0.3}, is_random=True, mask=(4, 5), unknown=(1, 2)),
    Row("SpatialDropout2D", (4, 5, 3, 6), {"rate": 0.3}, is_random=True, mask=(4, 5), unknown=(1, 2, 3)),
    Row("SpatialDropout3D", (4, 5, 3, 2, 6), {"rate": 0.3}, is_random=True, mask=(4, 5), unknown=(1, 2, 3)),
    Row("GaussianDropout", (4, 6), {"rate": 0.3}, is_random=True, mask=(4,), keeps_mask=True, unknown=(1,)),
    Row("GaussianNoise", (4, 6), {"stddev": 0.3}, is_random=True, mask=(4,), keeps_mask=True, unknown=(1,)),
    Row("AlphaDropout", (4, 6), {"rate": 0.3}, is_random=True, mask=(4,), keeps_mask=True, unknown=(1,)),
    Row("ActivityRegularization", (4, 6), {"l1": 0.1, "l2": 0.2}, mask=(4,), keeps_mask=True, unknown=(1,)),
]
