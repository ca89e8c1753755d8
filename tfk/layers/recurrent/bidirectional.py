"""Bidirectional: a recurrent layer run in both directions."""

from collections.abc import Sequence
from typing import Any

import tensorflow as tf

from tfk.engine.layer import call_signature
from tfk.engine.layer.layer import Layer
from tfk.engine.layer.symbolic import is_symbolic
from tfk.layers.core.wrapper import Wrapper
from tfk.layers.recurrent.call_list import call_with_list, split_arguments
from tfk.saving.configs import deserialize_keras_object, serialize_keras_object
from tfk.saving.load_scopes import copying_scope
from tfk.saving.registry import register
from tfk.typing import Config, CustomObjects, Shape, TensorLike
from tfk.utils.checks import check_choice, describe

_MERGE = {
    "concat": lambda forward, backward: tf.concat([forward, backward], -1),
    "sum": lambda forward, backward: forward + backward,
    "ave": lambda forward, backward: (forward + backward) / 2,
    "mul": lambda forward, backward: forward * backward,
    None: lambda forward, backward: [forward, backward],
}

_ATTRIBUTES = ("go_backwards", "return_sequences", "return_state", "stateful")


@register("layers")
class Bidirectional(Wrapper):
    """Wrapper that runs a recurrent layer forwards and backwards and merges the outputs.

    Args:
        layer: `RNN`, `LSTM`, `GRU`, ... or a layer with the attributes `go_backwards`,
            `return_sequences`, `return_state` and `stateful`. Two new layers are created from its
            config.
        merge_mode: `"concat"`, `"sum"`, `"ave"`, `"mul"`, or None for a list of both outputs.
            Defaults to `"concat"`.
        weights: Initial weights: those of the forward layer, then those of the backward layer.
            Defaults to None.
        backward_layer: Layer for the backward direction, with `go_backwards` opposite to that of
            `layer`; None copies `layer`. Defaults to None.
    Call arguments:
        inputs: Inputs of the layer.
        training: Mode, passed to both layers. Defaults to None.
        mask: Boolean tensor of shape `(batch, time)`, passed to both layers. Defaults to None.
        initial_state: List of the initial states of the forward layer, then those of the backward
            layer. Final states are returned in the same order with `return_state`. Defaults to
            None.
        constants: List of constants, passed to both layers. Defaults to None.
    Input shape: That of the layer.
    Output shape: That of the layer, with twice the features for `"concat"`. With
        `return_sequences`, backward outputs are reordered to match the input.
    Raises: ValueError if an argument is not a recurrent layer or the two layers do not match.
    Source: Schuster and Paliwal, 1997, IEEE Transactions on Signal Processing 45.
    >>> Bidirectional(tfk.layers.LSTM(4, return_sequences=True))(tf.ones((2, 5, 3))).shape
    TensorShape([2, 5, 8])
    """

    # The layer that was given is a pattern without weights.
    _UNTRACKED = frozenset(("_backward_config", "layer"))

    layer: Layer
    _backward_config: dict | None = None  # of `backward_layer`, where one was given

    def __init__(
        self,
        layer: Any,
        merge_mode: str = "concat",
        weights: Sequence[Any] | None = None,
        backward_layer=None,
        **kwargs,
    ):
        super(Wrapper, self).__init__(**kwargs)
        for argument, given in (("layer", layer), ("backward_layer", backward_layer)):
            if not isinstance(given, Layer) and not (
                argument == "backward_layer" and given is None
            ):
                raise ValueError(
                    f"{describe(self)}: expected {argument} to be a layer, got {given!r} of type"
                    f" {type(given).__name__}."
                )
            lacking = [
                name for name in _ATTRIBUTES if given is not None and not hasattr(given, name)
            ]
            if lacking:
                raise ValueError(
                    f"{describe(self)}: expected {argument} to be a recurrent layer, got"
                    f" {describe(given)}, which lacks {', '.join(lacking)}."
                )
        self.merge_mode = check_choice(self, "merge_mode", merge_mode, tuple(_MERGE))
        self.layer = layer
        self.forward_layer = _copy(layer)
        if backward_layer is None:
            self.backward_layer = _copy(layer, turned=True)
        else:
            # As given: its name changes below.
            self._backward_config = serialize_keras_object(backward_layer)
            self.backward_layer = backward_layer
        for side, prefix in ((self.forward_layer, "forward_"), (self.backward_layer, "backward_")):
            side._rename(prefix + side.name)
        self._check_pair()
        for side in (self.forward_layer, self.backward_layer):
            if hasattr(side, "zero_output_for_mask"):
                # Masked outputs of one direction must not leak into those of the other.
                side.zero_output_for_mask = side.return_sequences
        if weights:
            half = len(weights) // 2
            self.forward_layer._initial_weights = weights[:half]
            self.backward_layer._initial_weights = weights[half:]
        self.stateful, self.return_sequences = layer.stateful, layer.return_sequences
        self.return_state = layer.return_state
        self.supports_masking = True
        if "trainable" not in kwargs:
            self._trainable = layer.trainable
        self._num_constants = 0
        self.input_spec = layer.input_spec

    def _check_pair(self):
        forward, backward = self.forward_layer, self.backward_layer
        if forward.go_backwards == backward.go_backwards:
            raise ValueError(
                f"{describe(self)}: layer and backward_layer must run in opposite directions, but"
                f" both have go_backwards={forward.go_backwards}."
            )
        for name in ("stateful", "return_sequences", "return_state"):
            values = getattr(forward, name), getattr(backward, name)
            if values[0] != values[1]:
                raise ValueError(
                    f"{describe(self)}: layer has {name}={values[0]} but backward_layer has"
                    f" {name}={values[1]}; they must agree."
                )

    @property
    def kernel_used(self):
        """Which kernels the two layers used in the last call, and why."""
        return (
            f"forward: {self.forward_layer.kernel_used} | backward:"
            f" {self.backward_layer.kernel_used}"
        )

    @property
    def constraints(self):
        """Constraints of the weights of both layers, by weight name."""
        return {
            weight.name: weight.constraint
            for weight in self.weights
            if getattr(weight, "constraint", None) is not None
        }

    def build(self, input_shape: Shape):
        self.forward_layer._build_in_scope(input_shape)
        self.backward_layer._build_in_scope(input_shape)

    def compute_output_shape(self, input_shape: Shape):
        shapes = self.forward_layer.compute_output_shape(input_shape)
        output, states = (shapes[0], list(shapes[1:])) if self.return_state else (shapes, [])
        if self.merge_mode == "concat":
            width = output[-1]
            output = tf.TensorShape([*output[:-1], None if width is None else 2 * width])
        outputs = [output, output] if self.merge_mode is None else [output]
        outputs += states + states
        return outputs if len(outputs) > 1 else output

    def compute_output_dtype(self, input_dtypes):
        return self.forward_layer.compute_output_dtype(input_dtypes)

    def _static_output_spec(self, inputs, args, kwargs):
        for side in (self.forward_layer, self.backward_layer):
            rule = getattr(side, "_static_output_spec", None)
            if rule is None or rule(inputs, args, kwargs) is None:
                return None
        return super()._static_output_spec(inputs, args, kwargs)

    def compute_mask(self, inputs: TensorLike, mask: TensorLike = None):
        mask = tf.nest.flatten(mask)[0] if self.return_sequences else None
        masks = [mask, mask] if self.merge_mode is None else [mask]
        if self.return_state:
            masks += [None] * 2 * len(self.forward_layer.states)
        return masks if len(masks) > 1 else masks[0]

    def __call__(
        self,
        inputs: TensorLike,
        initial_state: TensorLike = None,
        constants: TensorLike = None,
        **kwargs,
    ):
        inputs, initial_state, constants = split_arguments(self, inputs, initial_state, constants)
        if initial_state is not None and len(initial_state) % 2:
            raise ValueError(
                f"{describe(self)}: initial_state must hold as many states for the backward layer"
                f" as for the forward layer, got {len(initial_state)} in all."
            )
        if constants is not None:
            for layer in (self, self.forward_layer, self.backward_layer):
                layer._num_constants = len(constants)
        further = [*(initial_state or []), *(constants or [])]
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
        training: bool | None = None,
        mask: TensorLike = None,
        initial_state: TensorLike = None,
        constants: TensorLike = None,
    ):
        inputs, initial_state, constants = split_arguments(self, inputs, initial_state, constants)
        names = call_signature.of_layer(self.forward_layer).names
        given = {"training": training, "mask": None if mask is None else tf.nest.flatten(mask)[0]}
        kwargs = {name: value for name, value in given.items() if name in names}
        if constants is not None:
            kwargs["constants"] = constants
        half = len(initial_state or []) // 2
        sides = []
        for layer, part in (
            (self.forward_layer, slice(0, half)),
            (self.backward_layer, slice(half, None)),
        ):
            own = {} if initial_state is None else {"initial_state": initial_state[part]}
            sides.append(layer(inputs, **kwargs, **own))
        states = []
        if self.return_state:
            states = [*sides[0][1:], *sides[1][1:]]
            sides = [side[0] for side in sides]
        forward, backward = sides
        if self.return_sequences:
            time_axis = 0 if getattr(self.forward_layer, "time_major", False) else 1
            backward = tf.reverse(backward, [time_axis])
        output = _MERGE[self.merge_mode](forward, backward)
        if not self.return_state:
            return output
        return [*output, *states] if self.merge_mode is None else [output, *states]

    def reset_states(self, states=None) -> None:
        """Set the states of both layers.

        Args:
            states: List of arrays, the forward states and then the backward states; None for zeros.
                Defaults to None.
        Raises: AttributeError if the layers are not stateful; ValueError if the arrays do not
            match.
        """
        if not self.forward_layer.stateful:
            raise AttributeError(
                f"{describe(self)}: reset_states needs layers made with stateful=True."
            )
        if states is None:
            parts = None, None
        elif isinstance(states, (list, tuple)):
            half = len(states) // 2
            parts = states[:half], states[half:]
        else:
            raise ValueError(
                f"{describe(self)}: expected states to be a list, got {type(states).__name__}."
            )
        self.forward_layer.reset_states(parts[0])
        self.backward_layer.reset_states(parts[1])

    def get_config(self) -> Config:
        config = {**super().get_config(), "merge_mode": self.merge_mode}
        if self._num_constants:
            config["num_constants"] = self._num_constants
        if self._backward_config is not None:
            config["backward_layer"] = self._backward_config
        return config

    @classmethod
    def from_config(cls, config: Config, custom_objects: CustomObjects | None = None):
        config = dict(config)
        num_constants = config.pop("num_constants", 0)
        for key in ("layer", "backward_layer"):
            if config.get(key) is not None:
                config[key] = deserialize_keras_object(config[key], custom_objects)
        layer = cls(**config)
        layer._num_constants = num_constants
        return layer


def _copy(layer, turned=False):
    """Create a layer from the config of `layer`, in the opposite direction if `turned`."""
    with copying_scope():  # custom classes and functions need not be registered
        config = layer.get_config()
        if turned:
            config["go_backwards"] = not config["go_backwards"]
        return type(layer).from_config(config)
