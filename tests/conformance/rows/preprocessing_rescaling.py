"""Rescaling."""

from tests.conformance.row import Row

ROWS = [Row("Rescaling", (3, 4), {"scale": 0.5, "offset": -1.0}, unknown=(1,))]
