"""Protocols of cells, as required by recurrent layers."""

from typing import Any, Protocol, runtime_checkable

from tfk.typing import TensorLike


class Cell(Protocol):
    """One step of a recurrent layer: what users write for `RNN`.

    A cell may also have `output_size`, the number of features of its output if that is not its
    first state, and `get_initial_state(inputs, batch_size, dtype)`, the first state if that is not
    zero.

    Attributes:
        state_size: Number of features of the state, or a nest of them.
    """

    state_size: Any

    def call(self, inputs: TensorLike, states: TensorLike) -> tuple[TensorLike, TensorLike]:
        """Return the output of the step and the new states."""
        ...


@runtime_checkable
class SequenceCell(Protocol):
    """A cell that can run over a whole sequence in one kernel."""

    def fusible(self) -> bool:
        """Return whether kernels compute what `call` does."""
        ...

    def choose(self, situation, features: int | None):
        """Return the `Choice` of a kernel for inputs with this many features."""
        ...

    def state_tensors(self, states) -> list[TensorLike]:
        """Return the states as a list of tensors in the compute dtype."""
        ...

    def over_sequence(
        self, choice, x: TensorLike, states, mask: TensorLike, training: bool | None, sequences
    ) -> tuple[TensorLike | None, TensorLike, list[TensorLike]]:
        """Run all time steps; as the built-in cells describe it."""
        ...
