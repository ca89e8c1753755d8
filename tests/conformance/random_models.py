"""Random small models, described by plain data so that each can be built again."""

import dataclasses

import numpy as np

import tfk
from tfk import layers

WIDTH, ROWS = 3, 4
PACKAGE = "random_models"
OPTIMIZERS = {
    "sgd": lambda: tfk.optimizers.SGD(0.05),
    "momentum": lambda: tfk.optimizers.SGD(0.05, momentum=0.5),
    "adam": lambda: tfk.optimizers.Adam(0.01, amsgrad=True),
    "averaged": lambda: tfk.optimizers.SGD(0.05, use_ema=True, ema_overwrite_frequency=3),
    "legacy": lambda: tfk.optimizers.legacy.Adam(0.01),
}


@tfk.utils.register_keras_serializable(PACKAGE)
class Block(layers.Layer):
    """Dense layers in a nested container, their outputs added up; one more is never built."""

    def __init__(self, container="list", **kwargs):
        super().__init__(**kwargs)
        self.container = container
        first, second = layers.Dense(WIDTH, "tanh"), layers.Dense(WIDTH)
        self.parts = {
            "list": [first, second],
            "lists": [[first], [second]],
            "dict": {"b": [first], "a": (second,)},
            "tuples": [(first, second)],
            "deep": {"x": [{"y": [first]}], "w": second},
            "twice": [[first], [second, first]],
        }[container]
        self.run = (first, second)
        self.unbuilt = layers.Dense(7)

    def call(self, inputs):
        first, second = self.run
        return first(inputs) + second(inputs)

    def get_config(self):
        return {**super().get_config(), "container": self.container}


@tfk.utils.register_keras_serializable(PACKAGE)
class Measured(layers.Layer):
    """A layer with a weight, a weight that is not trained, and a metric."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.mean = tfk.metrics.Mean(name="measured")

    def build(self, input_shape):
        self.scale = self.add_weight("scale", (WIDTH,), initializer="ones")
        self.calls = self.add_weight("calls", initializer="zeros", trainable=False)

    def call(self, inputs, training=False):
        if training:
            self.calls.assign_add(1.0)
        self.add_metric(self.mean(inputs))
        return inputs * self.scale


@tfk.utils.register_keras_serializable(PACKAGE)
class Subclassed(tfk.Model):
    """Parts that run one after the other, and a list of heads."""

    def __init__(self, kinds=(), heads=1, **kwargs):
        super().__init__(**kwargs)
        self.kinds, self.heads = kinds, heads
        self.parts = [[make(kind)] for kind in kinds]
        self.outs = {f"out_{number}": layers.Dense(1) for number in range(heads)}

    def call(self, inputs):
        for (part,) in self.parts:
            inputs = part(inputs)
        outputs = [head(inputs) for head in self.outs.values()]
        return outputs if len(outputs) > 1 else outputs[0]

    def get_config(self):
        return {"kinds": self.kinds, "heads": self.heads, "name": self.name}


def make(kind):
    """The layer of a kind: a name, or a name and what it holds."""
    name, inner = kind if isinstance(kind, (list, tuple)) else (kind, ())
    if name == "block":
        return Block(inner)
    if name == "sequential":
        return tfk.Sequential([make(part) for part in inner])
    if name == "functional":
        x = y = tfk.Input((WIDTH,))
        for part in inner:
            y = make(part)(y)
        return tfk.Model(x, y)
    return {
        "dense": lambda: layers.Dense(WIDTH, "relu"),
        "normalization": lambda: layers.BatchNormalization(momentum=0.5),
        "dropout": lambda: layers.Dropout(0.3),
        "measured": Measured,
        "wrapped": lambda: layers.Bidirectional(layers.GRU(2)),
    }[name]()


@dataclasses.dataclass
class Description:
    """All that a random model is made from.

    Attributes:
        form: Whether it is functional, a Sequential or subclassed.
        kinds: The kinds of its layers.
        inputs: Number of inputs, which are added.
        heads: Number of outputs.
        shared: Index of a layer that a functional model calls twice; None for none.
        frozen: Index of a layer that is not trained; None for none. Configs of subclassed models do
            not hold it.
        optimizer: Name of the optimizer.
    """

    form: str
    kinds: list
    inputs: int
    heads: int
    shared: int | None
    frozen: int | None
    optimizer: str

    def build(self):
        """A new model with new random weights, compiled and built."""
        model = getattr(self, f"_{self.form}")()
        model(self.x[0] if self.inputs == 1 else self.x)
        if self.frozen is not None:
            model.layers[self.frozen].trainable = False
        self.compile(model)
        return model

    def compile(self, model):
        metrics = ["mae"] if self.heads == 1 else [["mae"]] * self.heads
        model.compile(OPTIMIZERS[self.optimizer](), "mse", metrics=metrics, run_eagerly=True)
        model.optimizer.build(model.trainable_variables)

    def _functional(self):
        inputs = [tfk.Input((WIDTH,)) for _ in range(self.inputs)]
        parts = [make(kind) for kind in self.kinds]
        y = layers.Add()(inputs) if self.inputs > 1 else inputs[0]
        for part in parts:
            y = part(y)
        if self.shared is not None:
            y = layers.Add()([y, parts[self.shared](inputs[0])])
        outputs = [layers.Dense(1)(y) for _ in range(self.heads)]
        return tfk.Model(inputs if self.inputs > 1 else inputs[0], outputs)

    def _sequential(self):
        parts = [make(kind) for kind in self.kinds]
        return tfk.Sequential([tfk.Input((WIDTH,)), *parts, layers.Dense(1)])

    def _subclassed(self):
        return Subclassed(self.kinds, self.heads)

    @property
    def x(self):
        arrays = [np.random.default_rng(number).normal(size=(ROWS, WIDTH)) for number in range(2)]
        return [array.astype("float32") for array in arrays[: self.inputs]]

    @property
    def data(self):
        y = np.linspace(-1.0, 1.0, ROWS).reshape(-1, 1)
        return (
            self.x if self.inputs > 1 else self.x[0],
            [y] * self.heads if self.heads > 1 else y,
        )


CONTAINERS = ("list", "lists", "dict", "tuples", "deep", "twice")


def describe(seed):
    """The random model of a seed."""
    choose = np.random.default_rng(seed)

    def kind(depth=0):
        names = ["dense", "normalization", "dropout", "measured", "block", "block"]
        name = str(choose.choice(names + ["sequential", "functional"] * (depth < 2)))
        if name == "block":
            return ("block", str(choose.choice(CONTAINERS)))
        if name in ("sequential", "functional"):
            return (name, [kind(depth + 1) for _ in range(choose.integers(1, 3))])
        return name

    form = str(choose.choice(["functional", "functional", "sequential", "subclassed"]))
    kinds = [kind() for _ in range(choose.integers(1, 4))]
    return Description(
        form,
        kinds,
        inputs=int(choose.integers(1, 3)) if form == "functional" else 1,
        heads=1 if form == "sequential" else int(choose.integers(1, 3)),
        shared=int(choose.integers(len(kinds))) if choose.random() < 0.4 else None,
        frozen=-2 if form != "subclassed" and choose.random() < 0.3 else None,
        optimizer=str(choose.choice(list(OPTIMIZERS))),
    )
