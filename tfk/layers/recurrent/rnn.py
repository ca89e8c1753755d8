"""RNN: runs a cell over the time axis."""

import tensorflow as tf

from tfk.engine.layer import call_signature
from tfk.engine.layer.input_spec import InputSpec, check_inputs
from tfk.engine.layer.layer import Layer
from tfk.engine.layer.symbolic import is_symbolic
from tfk.layers.recurrent.call_list import call_with_list, split_arguments
from tfk.layers.recurrent.kept_states import _StatefulMixin
from tfk.layers.recurrent.ragged import pad_ragged, to_ragged
from tfk.layers.recurrent.scan import rnn
from tfk.layers.recurrent.stacked_rnn_cells import StackedRNNCells, cells_of
from tfk.layers.recurrent.states import as_list, is_nested_size, output_size
from tfk.layers.recurrent.whole_sequence import choose_kernel, run_kernel
from tfk.saving.configs import deserialize_keras_object, serialize_keras_object
from tfk.saving.registry import register
from tfk.typing import Config, CustomObjects, Shape, TensorLike
from tfk.utils.autograph import is_library
from tfk.utils.checks import describe
from tfk.utils.shapes import is_shape, map_shapes


@register("layers")
class RNN(_StatefulMixin, Layer):
    """Recurrent layer that runs a cell over the time axis.

    A cell is an object with `call(inputs, states) -> (output, new_states)` and `state_size`,
    usually a layer; see `AbstractRNNCell`. It may define `output_size` and
    `get_initial_state(inputs, batch_size, dtype)`, and accept `training` and `constants` in `call`.

    Built-in cells (including stacks of them) process whole sequences in fused kernels;
    `kernel_used` reports the kernel of the last call and why it was chosen. Other cells run in a
    loop over time.

    Args:
        cell: A cell, or a list of cells to stack.
        return_sequences: Whether to return the outputs of all time steps rather than the last one.
            Defaults to False.
        return_state: Whether to return the final states after the output, as a list. Defaults to
            False.
        go_backwards: Whether to process the sequence in reverse; outputs keep the order of
            computation. Defaults to False.
        stateful: Whether each batch starts from the final states of the previous one; requires a
            fixed batch size. Defaults to False.
        unroll: Whether to unroll the loop over time; requires a fixed number of steps. Defaults to
            False.
        time_major: Whether inputs and outputs have the shape `(time, batch, ...)`. Defaults to
            False.
        **kwargs: `zero_output_for_mask` (whether outputs of masked steps are zero instead of
            repeated), and the arguments of `Layer`.
    Call arguments:
        inputs: Tensor `(batch, time, ...)`, a ragged tensor, or a nest of such tensors if the cell
            accepts one.
        mask: Boolean tensor of shape `(batch, time)`; False steps leave states and output
            unchanged. Defaults to None.
        training: Mode, passed to the cell. Defaults to None.
        initial_state: List of initial states, concrete or symbolic tensors. Defaults to None.
        constants: List of tensors passed to the cell at every step. Defaults to None.
    Input shape: `(batch, time, features)`, or what the cell accepts after a time axis.
    Output shape: `(batch, output_size)`; `(batch, time, output_size)` with `return_sequences`.
    Raises: ValueError if `cell` is not a cell, if states do not match, or if `unroll` is used with
        an unknown number of steps.
    >>> RNN(tfk.layers.GRUCell(4), return_sequences=True)(tf.ones((2, 5, 3))).shape
    TensorShape([2, 5, 4])
    """

    takes_constants = True
    graph_equals_operations = False  # a graph may choose another kernel, and states stay

    def __init__(
        self,
        cell,
        return_sequences: bool = False,
        return_state: bool = False,
        go_backwards: bool = False,
        stateful: bool = False,
        unroll: bool = False,
        time_major: bool = False,
        **kwargs,
    ):
        cell = StackedRNNCells(cell) if isinstance(cell, (list, tuple)) else cell
        zero_output_for_mask = kwargs.pop("zero_output_for_mask", False)
        if "input_shape" not in kwargs and "input_length" in kwargs:
            kwargs["input_shape"] = (kwargs.pop("input_length"), kwargs.pop("input_dim", None))
        elif "input_shape" not in kwargs and "input_dim" in kwargs:
            kwargs["input_shape"] = (None, kwargs.pop("input_dim"))
        super().__init__(**kwargs)
        self.cell = check_cell(self, cell)
        self.return_sequences, self.return_state = return_sequences, return_state
        self.go_backwards, self.unroll = go_backwards, unroll
        self.time_major, self.zero_output_for_mask = time_major, zero_output_for_mask
        self.stateful = stateful
        if stateful and tf.distribute.has_strategy():
            raise ValueError(
                f"{describe(self)}: stateful=True cannot be used with a distribution strategy: its"
                " states belong to one sequence of batches."
            )
        self.supports_masking = True
        self._num_constants = 0
        self.kernel_used = None

    # Shapes and weights ---------------------------------------------------------------------------

    def build(self, input_shape: Shape):
        # States and constants follow the inputs in a list.
        shape = input_shape[0] if isinstance(input_shape, list) else input_shape
        if self.input_spec is not None:
            check_inputs(self, self.input_spec, tf.TensorSpec(shape, self.compute_dtype))
        self.input_spec = tf.nest.flatten(map_shapes(self._spec_of, shape))
        if isinstance(self.cell, Layer) and not self.cell.built:
            self._build_cell(map_shapes(self._without_time, shape))
        if self.stateful:
            self.reset_states()

    def _build_cell(self, shape):
        self.cell._build_in_scope(shape)

    def _spec_of(self, shape):
        sizes = list(shape)
        batch, time = (1, 0) if self.time_major else (0, 1)
        sizes[time] = None
        if not self.stateful:
            sizes[batch] = None
        return InputSpec(shape=sizes)

    def _without_time(self, shape):
        shape = tf.TensorShape(shape)
        return shape[1:] if self.time_major else shape[:1] + shape[2:]

    def compute_output_shape(self, input_shape: Shape):
        shape = input_shape
        while not is_shape(
            shape
        ):  # states and constants follow the input, which may be a nest itself
            shape = list(shape.values())[0] if isinstance(shape, dict) else shape[0]
        first, second = tf.TensorShape(shape)[:2]
        batch, steps = (second, first) if self.time_major else (first, second)

        def output_shape(size):
            leading = [batch]
            if self.return_sequences:
                leading = [steps, batch] if self.time_major else [batch, steps]
            return tf.TensorShape(leading + tf.TensorShape(size).as_list())

        outputs = [output_shape(size) for size in tf.nest.flatten(output_size(self.cell))]
        if self.return_state:
            sizes = tf.nest.flatten(as_list(self.cell.state_size))
            return outputs + [
                tf.TensorShape([batch, *tf.TensorShape(size).as_list()]) for size in sizes
            ]
        return outputs[0] if len(outputs) == 1 else outputs

    def compute_output_dtype(self, input_dtypes):
        cell = cells_of(self.cell)[-1]
        return tf.as_dtype(cell.compute_dtype if isinstance(cell, Layer) else self.compute_dtype)

    def _static_output_spec(self, inputs, args, kwargs):
        self._check_steps(inputs)
        cells = cells_of(self.cell)
        nested = self.return_state and any(
            is_nested_size(size) for size in as_list(self.cell.state_size)
        )
        if nested or not all(is_library(type(cell).call) for cell in cells):
            return None  # the output of a custom cell is inferred by tracing it
        return super()._static_output_spec(inputs, args, kwargs)

    def compute_mask(self, inputs: TensorLike, mask: TensorLike = None):
        mask = tf.nest.flatten(mask)[0]
        mask = mask if self.return_sequences else None
        return [mask] + [None] * len(self.states) if self.return_state else mask

    # Calling --------------------------------------------------------------------------------------

    def __call__(
        self,
        inputs: TensorLike,
        initial_state: TensorLike = None,
        constants: TensorLike = None,
        **kwargs,
    ):
        inputs, initial_state, constants = split_arguments(self, inputs, initial_state, constants)
        if constants is not None and not self.takes_constants:
            raise TypeError(
                f"{describe(self)}: takes no constants. Give them to an RNN around a cell whose"
                " call has an argument 'constants'."
            )
        further = [*(initial_state or []), *(constants or [])]
        self._num_constants = len(constants) if constants is not None else self._num_constants
        if any(is_symbolic(tensor) for tensor in tf.nest.flatten(further)):
            return call_with_list(self, super().__call__, inputs, further, kwargs)
        if initial_state is not None:
            kwargs["initial_state"] = initial_state
        if constants is not None:
            kwargs["constants"] = constants
        return super().__call__(inputs, **kwargs)

    def call(
        self,
        inputs: TensorLike,
        mask: TensorLike = None,
        training: bool | None = None,
        initial_state: TensorLike = None,
        constants: TensorLike = None,
    ):
        return self._run(inputs, mask, training, initial_state, constants)

    def _run(self, inputs, mask, training, initial_state, constants):
        inputs, initial_state, constants = split_arguments(self, inputs, initial_state, constants)
        mask = tf.nest.flatten(mask)[0]
        inputs, row_lengths = self._dense(inputs, mask)
        self._check_steps(inputs)
        if self.stateful:
            inputs, mask = tf.nest.map_structure(
                lambda value: None if value is None else self._with_known_batch(value),
                (inputs, mask),
            )
        self._forget_masks()
        if self._drops_whole_inputs():
            inputs = inputs * self.cell.get_dropout_mask_for_cell(inputs, training)
            training = False  # dropout has been applied already
        first_is_zero = initial_state is None and self._begins_at_zero()
        states = self._first_states(inputs, initial_state)
        last, outputs, states = self._over_time(
            inputs, mask, row_lengths, training, states, constants, first_is_zero
        )
        self._forget_masks()  # they belong to this sequence, and may keep a graph alive
        if self.stateful:
            for variable, value in zip(tf.nest.flatten(self.states), tf.nest.flatten(states)):
                variable.assign(tf.cast(value, variable.dtype))
        output = last
        if self.return_sequences:
            output = (
                outputs
                if row_lengths is None
                else to_ragged(outputs, row_lengths, self.go_backwards)
            )
        if not self.return_state:
            return output
        return [*output, *states] if isinstance(output, (list, tuple)) else [output, *states]

    def _forget_masks(self):
        """Make cells draw new dropout masks."""
        for cell in cells_of(self.cell):
            for reset in ("reset_dropout_mask", "reset_recurrent_dropout_mask"):
                getattr(cell, reset, lambda: None)()

    def _drops_whole_inputs(self):
        return False

    def _dense(self, inputs, mask):
        inputs, row_lengths = pad_ragged(inputs)
        if row_lengths is not None:
            unfit = [name for name in ("unroll", "time_major") if getattr(self, name)]
            unfit += ["a mask"] if mask is not None else []
            if unfit:
                raise ValueError(
                    f"{describe(self)}: ragged inputs cannot be combined with"
                    f" {' and '.join(unfit)}: the rows' lengths say which steps count."
                )
        return inputs, row_lengths

    def _check_steps(self, inputs):
        shape = tf.nest.flatten(inputs)[0].shape
        steps = shape[0 if self.time_major else 1]
        if steps == 0:
            raise ValueError(
                f"{describe(self)}: an input of shape {tuple(shape)} has no time steps."
            )
        if self.unroll and steps is None:
            raise ValueError(
                f"{describe(self)}: unroll=True needs a known number of time steps, got inputs of"
                f" shape {tuple(shape)}. Give the Input its time size (an Embedding: input_length)."
            )

    def _over_time(self, inputs, mask, row_lengths, training, states, constants, first_is_zero):
        """Return the last output, the outputs of all steps (or None) and the final states."""
        choice, run = choose_kernel(self, inputs, mask, training, constants)
        self.kernel_used = str(choice)
        if run is not None:
            return run_kernel(self, run, inputs, mask, row_lengths, states, first_is_zero)
        return rnn(
            self._step(training, constants),
            inputs,
            states,
            go_backwards=self.go_backwards,
            mask=mask,
            constants=constants,
            unroll=self.unroll,
            input_length=row_lengths,
            time_major=self.time_major,
            zero_output_for_mask=self.zero_output_for_mask,
            return_all_outputs=self.return_sequences,
        )

    def _step(self, training, constants):
        """Return the function of `(inputs, states)` that `rnn` runs."""
        cell = self.cell
        names = call_signature.of_function(getattr(cell.call, "__func__", cell.call)).names
        kwargs = {"training": training} if "training" in names else {}
        if constants and "constants" not in names:
            raise ValueError(
                f"{describe(self)}: got {len(constants)} constant(s), but"
                f" {type(cell).__name__}.call takes no argument 'constants'."
            )
        count = len(constants or [])
        call = cell if callable(cell) else cell.call

        def step(inputs, states):
            if count:
                kwargs["constants"] = list(states[-count:])
                states = states[:-count]
            output, new = call(inputs, list(states), **kwargs)
            return output, new if tf.nest.is_nested(new) else [new]

        return step

    # Saving ---------------------------------------------------------------------------------------

    def get_config(self) -> Config:
        config = {
            **super().get_config(),
            "return_sequences": self.return_sequences,
            "return_state": self.return_state,
            "go_backwards": self.go_backwards,
            "stateful": self.stateful,
            "unroll": self.unroll,
            "time_major": self.time_major,
            "cell": serialize_keras_object(self.cell),
        }
        if self._num_constants:
            config["num_constants"] = self._num_constants
        if self.zero_output_for_mask:
            config["zero_output_for_mask"] = True
        return config

    @classmethod
    def from_config(cls, config: Config, custom_objects: CustomObjects | None = None):
        config = dict(config)
        cell = deserialize_keras_object(config.pop("cell"), custom_objects)
        num_constants = config.pop("num_constants", 0)
        layer = cls(cell, **config)
        layer._num_constants = num_constants
        return layer


def check_cell(owner, cell):
    """Return `cell` if it implements the interface of cells."""
    lacking = [name for name in ("call", "state_size") if name not in dir(cell)]
    if lacking:
        raise ValueError(
            f"{describe(owner)}: expected a cell, an object with call(inputs, states) and"
            f" state_size, got {type(cell).__name__}, which lacks {' and '.join(lacking)}."
        )
    return cell
