"""What the conformance tests need to know of a layer: one row of the table."""

import dataclasses
import importlib
import pathlib
from collections.abc import Callable
from typing import Any

import numpy as np

ROWS_FOLDER = pathlib.Path(__file__).parent / "rows"


@dataclasses.dataclass
class Row:
    """One layer with arguments and inputs that it is tried on.

    Attributes:
        name: Name of the class in `tfk.layers`.
        kwargs: Its arguments; or a function from a module like `tfk.layers` (or the other
            library's) to them, where they hold layers.
        shape: Shape of the input; a list of shapes for a list of inputs.
        values: What the inputs hold: `"normal"`, `("integers", low, high)`, or a function of
            (generator, shape) to an array.
        label: Tells rows of one class apart.
        positional: Several inputs are passed one by one, not as a list.
        call: Further arguments of the call, the same in both libraries.
        unknown: Axes (besides the batch) that may be unknown in a functional model.
        is_random: What training gives differs from call to call; only inference is compared.
        oracle: False where the other library cannot serve; `why` then says why, and a test of the
            layer's own holds the numbers.
        why: The reason.
        not_recorded: Keys of the other library's config that ours leaves out because they mean
            nothing.
        also_recorded: Keys of our config that the other library forgets.
        gradients: Whether gradients are compared too.
        tolerance: Absolute tolerance of values; gradients get ten times it.
        mask: Shape of a boolean mask that is passed with the input; None: no masked comparison.
        keeps_mask: Whether the mask of the input is that of the output; None when neither is true.
        half: Dtype of the output under `mixed_float16`; None skips (no kernels in half precision).
        fit: Whether a model of this layer and a Dense is trained for a few steps.
        function: Whether the layer works inside `tf.function`.
    """

    name: str
    shape: Any
    kwargs: dict | Callable = dataclasses.field(default_factory=dict)
    values: Any = "normal"
    label: str = ""
    positional: bool = False
    call: dict = dataclasses.field(default_factory=dict)
    unknown: tuple = ()
    is_random: bool = False
    oracle: bool = True
    why: str = ""
    not_recorded: tuple = ()
    also_recorded: tuple = ()
    gradients: bool = True
    tolerance: float = 1e-5
    mask: tuple | None = None
    keeps_mask: bool | None = None
    half: str | None = "float16"
    fit: bool = True
    function: bool = True

    def __str__(self):
        return f"{self.name}-{self.label}" if self.label else self.name

    @property
    def has_several_inputs(self):
        return isinstance(self.shape, list)

    @property
    def shapes(self):
        return self.shape if self.has_several_inputs else [self.shape]

    def arguments(self, layers):
        return dict(self.kwargs(layers) if callable(self.kwargs) else self.kwargs)

    def make(self, layers, **more):
        """The layer from `layers`, a module such as `tfk.layers`."""
        return getattr(layers, self.name)(**{**self.arguments(layers), **more})

    def inputs(self):
        """Arrays, the same at every call."""
        random = np.random.default_rng(7)
        return [self._draw(random, shape) for shape in self.shapes]

    def _draw(self, random, shape):
        if callable(self.values):
            return self.values(random, shape)
        if self.values == "normal":
            return random.normal(size=shape).astype("float32")
        kind, low, high = self.values
        assert kind == "integers"
        return random.integers(low, high, shape).astype("int32")

    def run(self, layer, inputs, **more):
        """Calls the layer on inputs as this row passes them."""
        given = inputs if self.positional else [inputs] if self.has_several_inputs else inputs
        return layer(*given, **{**self.call, **more})

    def partial_shapes(self):
        """The shapes with the batch and the axes in `unknown` set to None."""
        hidden = {0, *self.unknown}
        return [
            tuple(None if axis in hidden else n for axis, n in enumerate(shape))
            for shape in self.shapes
        ]


def all_rows():
    """The rows of all files in the folder `rows`, in order of the files' names."""
    files = sorted(path.stem for path in ROWS_FOLDER.glob("*.py"))
    return [
        row
        for name in files
        for row in importlib.import_module(f"tests.conformance.rows.{name}").ROWS
    ]
