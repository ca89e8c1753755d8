"""The interface of loops: what a source of batches runs them through."""

from collections.abc import Iterable, Sequence
from typing import Any, Protocol


class Loop(Protocol):
    """Runs the step of a model on batches. The classes are in `engine/training`.

    Attributes:
        mode: `"train"`, `"test"` or `"predict"`.
        fixed_size: Whether batches of `run_rows` must have the full size.
        any_size: The loop for batches of other sizes.
        traces: Number of functions traced so far.
        used: The last elements of an iterator that ran, most recent first, as optionals, if the
            loop has kept them.

    The methods that run several batches return the number of steps done and the logs of the last
    one (all outputs when predicting).
    """

    mode: str
    fixed_size: bool
    any_size: "Loop"
    traces: int
    used: Sequence[Any]

    def run_rows(self, rows, first: int, last: int) -> tuple[int, Any]:
        """Run batches `first` to `last - 1` of `rows`, a `data.rows.Rows`, or only some of them."""
        ...

    def run_iterator(self, iterator, limit: int) -> tuple[int, Any]:
        """Run the next `limit` elements of a `tf.data` iterator, or fewer if it ends."""
        ...

    def run_batches(self, batches: Iterable[tuple[Any, Any]]) -> tuple[int, Any]:
        """Run batches from Python, pairs of a batch and the nest of its type specs."""
        ...

    def run_batch(self, batch, spec) -> Any:
        """Run one batch; return its logs (outputs when predicting)."""
        ...
