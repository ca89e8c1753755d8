"""AbstractRNNCell: the interface of recurrent cells."""

from tfk.engine.layer.layer import Layer
from tfk.layers.recurrent.states import cell_zero_states
from tfk.saving.registry import register
from tfk.typing import DTypeLike, TensorLike
from tfk.utils.checks import describe


@register("layers")
class AbstractRNNCell(Layer):
    """Base class of cells, which compute one time step; `RNN` runs them over a sequence.

    A subclass defines `call(inputs, states) -> (output, new_states)`, `state_size` and
    `output_size`. A size is an integer, a `tf.TensorShape`, or a nest of these.

    Args:
        **kwargs: `name`, `dtype`, `trainable` and the other arguments of `Layer`.
    Call arguments:
        inputs: Tensor of shape `(batch, features)`, the input at this step.
        states: List of state tensors of shape `(batch, *size)`.
    Input shape: `(batch, features)`, and the list of states.
    Output shape: `(batch, output_size)`, and the list of new states.
    >>> class Sum(AbstractRNNCell):
    ...     state_size = output_size = 2
    ...     def call(self, inputs, states):
    ...         total = states[0] + inputs
    ...         return total, [total]
    >>> tfk.layers.RNN(Sum())(tf.ones((1, 5, 2))).numpy()
    array([[5., 5.]], dtype=float32)
    """

    def call(self, inputs: TensorLike, states):
        """Compute one time step.

        Args:
            inputs: Tensor of shape `(batch, features)`, the input at this step.
            states: List of state tensors of shape `(batch, *size)`.
        Returns: The output and the list of new states.
        """
        raise NotImplementedError(f"{describe(self)}: a cell must define call(inputs, states).")

    @property
    def state_size(self):
        """Size of the state, or a nest of sizes."""
        raise NotImplementedError(f"{describe(self)}: a cell must define state_size.")

    @property
    def output_size(self):
        """Size of the output."""
        raise NotImplementedError(f"{describe(self)}: a cell must define output_size.")

    def get_initial_state(
        self,
        inputs: TensorLike = None,
        batch_size: int | None = None,
        dtype: DTypeLike | None = None,
    ):
        """Return zeros of the cell's state sizes.

        Args:
            inputs: Tensor whose first size is the batch size. Defaults to None.
            batch_size: Batch size, used if `inputs` is None. Defaults to None.
            dtype: Dtype, used if `inputs` is None. Defaults to None.
        """
        return cell_zero_states(self, inputs, batch_size, dtype)
