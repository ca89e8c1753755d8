"""Conversion of HDF5 weights from older layer formats.

Keras 1 kept a kernel, a recurrent kernel and a bias for each gate, and image kernels in Theano's
order of axes. Theano turns kernels around before it multiplies. cuDNN layers (Keras 2.1 to 2.3 and
TensorFlow 1) had two biases and kernels in Fortran order.
"""

from typing import NamedTuple

import numpy as np

from tfk.saving import registry
from tfk.saving.protocols import Trainable


class Origin(NamedTuple):
    """The Keras version and backend that wrote a file."""

    keras: str  # version; "1" if the file states none
    backend: str | None

    @property
    def is_first(self):
        """True for Keras 1."""
        return self.keras.split(".")[0] == "1"

    @property
    def is_plain(self):
        """Return True if weights of matching shapes need no conversion."""
        return not self.is_first and self.backend != "theano"


def weights_of(layer):
    """Return the weights of one layer in the order of the file: trainable ones, then the others."""
    return list(layer.trainable_weights) + list(layer.non_trainable_weights)


def converted(layer, arrays, origin):
    """Return pairs of a variable of `layer` and its value.

    Args:
        layer: A built layer or model.
        arrays: Its weights in the file, all of them.
        origin: The `Origin` of the file.
    Raises: ValueError if there are more or fewer arrays than variables.
    """
    kind = _kind(layer)
    if kind in _PARTS:
        parts = _PARTS[kind](layer, arrays, origin)
        return [pair for part, its in parts for pair in converted(part, its, origin)]
    if kind in _STEPS and arrays:
        arrays = _STEPS[kind](layer, list(arrays), origin)
    variables = weights_of(layer)
    if len(arrays) != len(variables):
        raise ValueError(f"the layer has {len(variables)} weights, the file {len(arrays)}.")
    return list(zip(variables, arrays))


def is_convertible(layer):
    """Return True if the weights of a layer formerly had another layout."""
    return _kind(layer) is not None


def _kind(layer):
    """The name of the built-in class whose conversion applies to a layer."""
    if isinstance(layer, Trainable):
        return "Model"
    public = [registry.public_name(cls) or ("", "") for cls in type(layer).__mro__]
    return next((name for _, name in public if name in _STEPS or name in _PARTS), None)


# Convolutions -------------------------------------------------------------------------------------


def _convolution(layer, arrays, origin):
    kernel = arrays[0]
    rank = len(layer.kernel_size)
    if origin.is_first:
        if rank == 1 and kernel.ndim == 4:
            kernel = _without_width(kernel, layer)
        else:
            kernel = _reordered(kernel, layer, 0, _orders(layer, rank))
    return [_turned(kernel, rank, origin), *arrays[1:]]


def _without_width(kernel, layer):
    """A kernel of Keras 1 for sequences, which were images of width 1."""
    length = layer.kernel_size[0]
    if kernel.shape[:2] != (length, 1) or kernel.shape[3] != layer.filters:
        kernel = np.transpose(kernel, (2, 3, 1, 0))  # Keras 1.0: (filters, channels, length, 1)
    return kernel[:, 0]


def _orders(layer, rank):
    """How the axes of a kernel of Keras 1 may have to be reordered, the likeliest way first."""
    as_is, theano = tuple(range(rank + 2)), (*range(2, rank + 2), 1, 0)
    return (theano, as_is) if layer.data_format == "channels_first" else (as_is, theano)


def _transposed_orders(layer, rank):
    swapped, theano = (*range(rank), rank + 1, rank), (*range(2, rank + 2), 0, 1)
    return (theano, swapped) if layer.data_format == "channels_first" else (swapped, theano)


def _reordered(array, layer, index, orders):
    """Return `array` with its axes in the first of `orders` that fits a weight of `layer`."""
    target = tuple(weights_of(layer)[index].shape)
    for order in orders:
        if len(order) == array.ndim and tuple(array.shape[axis] for axis in order) == target:
            return np.transpose(array, order)
    return array


def _turned(kernel, rank, origin):
    """The kernel turned around along its spatial axes, if Theano did that when it was used."""
    return np.flip(kernel, tuple(range(rank))) if origin.backend == "theano" else kernel


def _transposed_convolution(layer, arrays, origin):
    rank = len(layer.kernel_size)
    kernel = arrays[0]
    if origin.is_first:
        kernel = _reordered(kernel, layer, 0, _transposed_orders(layer, rank))
    return [_turned(kernel, rank, origin), *arrays[1:]]


def _separable_convolution(layer, arrays, origin):
    if not origin.is_first:
        return arrays
    orders = _orders(layer, len(layer.kernel_size))
    kernels = [_reordered(array, layer, index, orders) for index, array in enumerate(arrays[:2])]
    return [*kernels, *arrays[2:]]


# Recurrent layers ---------------------------------------------------------------------------------

LSTM_GATES = (0, 2, 1, 3)  # input, cell, forget, output -> input, forget, cell, output
GRU_GATES = (0, 1, 2)


def _join_gates(arrays, gates):
    """Kernel, recurrent kernel and bias of all gates, from three arrays for each gate."""
    if len(arrays) != 3 * len(gates):
        return arrays
    parts = [[arrays[3 * gate + place] for gate in gates] for place in range(3)]
    return [np.concatenate(of_all_gates, axis=-1) for of_all_gates in parts]


def _lstm(layer, arrays, origin):
    arrays = _join_gates(arrays, LSTM_GATES) if origin.is_first else arrays
    if len(arrays) != 3 or arrays[2].shape != (8 * arrays[1].shape[0],):
        return arrays
    kernel, recurrent_kernel, bias = arrays
    return [*_from_cudnn(kernel, recurrent_kernel, gates=4), np.sum(np.split(bias, 2), axis=0)]


def _gru(layer, arrays, origin):
    arrays = _join_gates(arrays, GRU_GATES) if origin.is_first else arrays
    if len(arrays) != 3 or arrays[2].shape != (6 * arrays[1].shape[0],):
        return arrays
    if not layer.reset_after:
        raise ValueError(
            "these are weights of a CuDNNGRU, which a GRU with reset_after=False cannot take."
            " Create the layer with reset_after=True."
        )
    kernel, recurrent_kernel, bias = arrays
    return [*_from_cudnn(kernel, recurrent_kernel, gates=3), bias.reshape(2, -1)]


def _from_cudnn(kernel, recurrent_kernel, gates):
    """The kernels of a cuDNN layer as those of a layer without cuDNN."""
    kernels = [k.T.reshape(k.shape, order="F") for k in np.hsplit(kernel, gates)]
    recurrent = [k.T for k in np.hsplit(recurrent_kernel, gates)]
    return np.hstack(kernels), np.hstack(recurrent)


def _conv_lstm(layer, arrays, origin):
    rank = len(layer.kernel_size)
    if origin.is_first and len(arrays) == 12:
        if layer.data_format == "channels_first":
            theano = (*range(2, rank + 2), 1, 0)
            arrays = [np.transpose(a, theano) if a.ndim == rank + 2 else a for a in arrays]
        arrays = _join_gates(arrays, LSTM_GATES)
    kernels = [_turned(array, rank, origin) for array in arrays[:2]]
    return [*kernels, *arrays[2:]]


# Layers that hold layers --------------------------------------------------------------------------


def _directions(layer, arrays, origin):
    half = len(arrays) // 2
    return [(layer.forward_layer, arrays[:half]), (layer.backward_layer, arrays[half:])]


def _inner(layer, arrays, origin):
    return [(layer.layer, arrays)]


def _layers(model, arrays, origin):
    """The layers of a nested model with their weights: the file holds what is trainable first."""
    own = [model._own_variables(trainable) for trainable in (True, False)]
    counts = [_counts(layer, False) for layer in model.layers]
    if origin.is_first and _total(counts, own) != len(arrays):
        counts = [_counts(layer, True) for layer in model.layers]
    if _total(counts, own) != len(arrays):
        raise ValueError(f"the layer has {_total(counts, own)} weights, the file {len(arrays)}.")
    trained = sum(trainable for trainable, _ in counts) + len(own[0])
    rest = [iter(arrays[:trained]), iter(arrays[trained:])]
    parts = []
    for layer, numbers in zip(model.layers, counts):
        taken = [next(values) for values, number in zip(rest, numbers) for _ in range(number)]
        parts.append((layer, taken))
    return [*parts, (_Own(own), [value for values in rest for value in values])]


def _total(counts, own):
    return sum(map(sum, counts)) + len(own[0]) + len(own[1])


def _counts(layer, first):
    """How many arrays of a layer are trainable and how many are not.

    Args:
        layer: The layer.
        first: True for Keras 1 with three arrays for each gate.
    """
    numbers = len(layer.trainable_weights), len(layer.non_trainable_weights)
    factor = _GATE_COUNTS.get(_kind(layer), 1) if first else 1
    if first and _kind(layer) in ("Bidirectional", "TimeDistributed"):
        inner = getattr(layer, "forward_layer", layer.layer)
        factor = _GATE_COUNTS.get(_kind(inner), 1)
    return tuple(number * factor for number in numbers)


class _Own:
    """The variables that a model has beside those of its layers, as a layer."""

    def __init__(self, variables):
        self.trainable_weights, self.non_trainable_weights = variables


_GATE_COUNTS = {"LSTM": 4, "GRU": 3, "ConvLSTM2D": 4}
_PARTS = {"Bidirectional": _directions, "TimeDistributed": _inner, "Model": _layers}
_STEPS = {
    "Conv1D": _convolution,
    "Conv2D": _convolution,
    "Conv3D": _convolution,
    "Conv2DTranspose": _transposed_convolution,
    "Conv3DTranspose": _transposed_convolution,
    "SeparableConv2D": _separable_convolution,
    "LSTM": _lstm,
    "GRU": _gru,
    "ConvLSTM2D": _conv_lstm,
}
