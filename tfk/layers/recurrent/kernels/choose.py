"""Selects the implementation of a recurrence while a call is traced."""

import dataclasses
from typing import NamedTuple

import tensorflow as tf

from tfk.layers.recurrent.kernels import elementwise
from tfk.layers.recurrent.kernels.loop import GRAPH, INLINE, JIT
from tfk.utils.control_flow import static_bool
from tfk.utils.jit_scope import inside_portable, inside_xla, may_be_exported

# From here on XLA's compile time (about half a second per pass) pays off quickly.
JIT_STEPS = 16
# Widths (inputs plus units) up to which BlockLSTMGradV2 beats a loop over time; it grows badly
# beyond.
BLOCK_WIDTH = 64


class Choice(NamedTuple):
    """A kernel ("cudnn", "block_lstm", "scan", "loop"), the way it is compiled, and the reason."""

    kernel: str
    way: str
    reason: str

    def __str__(self):
        compiled = {JIT: ", compiled by XLA", GRAPH: ", as one graph call"}.get(self.way, "")
        return f"{self.kernel}{compiled}: {self.reason}"


class Choices(tuple):
    """The choices of stacked cells."""

    kernel = "stacked"

    def __str__(self):
        return "; ".join(map(str, self))


@dataclasses.dataclass(frozen=True)
class Situation:
    """Facts about a call while it is traced.

    Attributes:
        device: "CPU" or "GPU".
        dtype: Dtype of the computation.
        steps, batch: Sizes of the input, None if unknown.
        training: Mode of the call; anything but a false value may be differentiated.
        eager: Whether operations run eagerly.
        xla: Whether XLA compiles the traced function.
        portable: Whether the graph must run in other runtimes.
        exported: Whether the traced function may be read by converters (tf2onnx, OpenVINO, LiteRT),
            which support loops but not TensorFlow's kernels for whole sequences.
    """

    device: str = "CPU"
    dtype: tf.DType = tf.float32
    steps: int | None = None
    batch: int | None = None
    training: object = None
    eager: bool = False
    xla: bool = False
    portable: bool = False
    exported: bool = False

    @property
    def read_elsewhere(self):
        """Whether other programs may read the graph: an inference graph outside tfk's loops."""
        return self.exported and static_bool(self.training) is False

    @property
    def way(self):
        """How to compile a scan here."""
        if self.eager:
            return GRAPH
        alone = self.device == "CPU" and not (self.xla or self.portable or self.read_elsewhere)
        long = self.steps is not None and self.steps >= JIT_STEPS
        # Training sees one or two batch sizes, for which compiling pays; a graph of inference may
        # be meant for any, and for programs without XLA.
        few_sizes = self.batch is not None or static_bool(self.training) is True
        return JIT if alone and long and few_sizes else INLINE


def observe(x, training):
    """Return the `Situation` of a time-major input `(time, batch, features)`."""
    return Situation(
        device=device_here(),
        dtype=x.dtype,
        steps=x.shape[0],
        batch=x.shape[1],
        training=training,
        eager=tf.executing_eagerly(),
        xla=inside_xla(),
        portable=inside_portable(),
        exported=may_be_exported(),
    )


def device_here():
    """Return the device of ops created now, "GPU" or "CPU", as far as it is known."""
    placed = tf.constant(0.0).device
    kind = tf.DeviceSpec.from_string(placed).device_type if placed else None
    if kind is None:
        return "GPU" if tf.config.list_logical_devices("GPU") else "CPU"
    return "GPU" if kind == "GPU" else "CPU"


def choose_lstm(situation, activation, recurrent_activation, noisy, width):
    """Choose the kernel of an LSTM.

    Args:
        situation: A `Situation`.
        activation, recurrent_activation: The functions.
        noisy: Whether dropout masks differ between gates or apply to the state.
        width: Number of input features plus units.
    """
    loop = _needs_loop(situation, activation, recurrent_activation)
    if loop:
        return loop
    special = _special(activation, recurrent_activation, noisy)
    if special or situation.xla:
        return _scan(situation, special)
    if situation.device == "GPU" and situation.dtype in _CUDNN_DTYPES:
        return Choice("cudnn", INLINE, "on a GPU, tanh and sigmoid")
    if situation.read_elsewhere:
        return _scan(situation, special)
    if situation.device == "CPU" and situation.dtype in (tf.float32, tf.float16):
        if width <= BLOCK_WIDTH:
            return Choice(
                "block_lstm",
                INLINE,
                f"inputs and units together are {width}, at most {BLOCK_WIDTH}",
            )
        if static_bool(situation.training) is False and situation.way != JIT:
            return Choice(
                "block_lstm",
                INLINE,
                "inference, and not of one known shape that XLA could compile for",
            )
    return _scan(situation, special)


def choose_gru(situation, activation, recurrent_activation, noisy, reset_after):
    """Choose the kernel of a GRU; arguments as in `choose_lstm`."""
    loop = _needs_loop(situation, activation, recurrent_activation)
    if loop:
        return loop
    special = _special(activation, recurrent_activation, noisy) or (
        "" if reset_after else "reset_after=False"
    )
    if (
        situation.device == "GPU"
        and situation.dtype in _CUDNN_DTYPES
        and not (special or situation.xla)
    ):
        return Choice("cudnn", INLINE, "on a GPU, tanh, sigmoid and reset_after")
    return _scan(situation, special)


def choose_simple(situation, activation):
    """Choose the kernel of a SimpleRNN."""
    return _needs_loop(situation, activation) or _scan(situation, "")


_CUDNN_DTYPES = (tf.float32, tf.float16, tf.float64)


def _needs_loop(situation, *activations):
    if situation.portable:
        return Choice("loop", INLINE, "the graph is made for other runtimes")
    for activation in activations:
        if elementwise.known_name(activation) is None:
            name = getattr(activation, "__name__", type(activation).__name__)
            return Choice("loop", INLINE, f"no derivative is known here for the activation {name}")
    return None


def _special(activation, recurrent_activation, noisy):
    """Return what cuDNN and BlockLSTMV2 do not support about the arithmetic; empty if nothing."""
    names = elementwise.known_name(activation), elementwise.known_name(recurrent_activation)
    if names != ("tanh", "sigmoid"):
        return f"activations {names[0]} and {names[1]}"
    return "recurrent dropout, or dropout by gate" if noisy else ""


def _scan(situation, special):
    whole = "XLA compiles the step as a whole" if situation.xla else ""
    return Choice(
        "scan",
        situation.way,
        whole or special or f"on a {situation.device}, {situation.dtype.name}",
    )
