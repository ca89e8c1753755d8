"""Layers that merge a list of tensors."""

from tests.conformance.row import Row

SAME = [(3, 4, 2), (3, 4, 2), (3, 4, 2)]
MASKED = {"mask": (3, 4), "keeps_mask": True}

ROWS = [
    *(
        row
        for name in ("Add", "Multiply", "Average", "Maximum", "Minimum")
        for row in (
            Row(name, SAME, unknown=(1,), **MASKED),
            Row(name, [(3, 4, 2), (3, 1, 2), (3, 2)], label="broadcast"),
        )
    ),
    Row("Subtract", SAME[:2], unknown=(1,), **MASKED),
    Row("Concatenate", [(3, 4, 2), (3, 4, 5)], unknown=(1,), **MASKED),
    Row("Concatenate", [(3, 4, 2), (3, 1, 2)], {"axis": 1}, label="axis-1", unknown=(2,)),
    Row("Dot", [(3, 5, 2), (3, 5, 2)], {"axes": -1}, unknown=(1,), mask=(3, 5)),
    Row("Dot", [(3, 4), (3, 4)], {"axes": 1, "normalize": True}, label="cosine"),
    Row("Dot", [(3, 4, 2), (3, 5, 4)], {"axes": (1, 2)}, label="axes"),
]
