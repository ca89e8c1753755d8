"""Random walks of a small model: edits and calls, each call compared with a model built afresh.

The walk keeps a description of the model beside it, a tree of `Node`s, from which a twin with the
same weights, optimizer state and `trainable` flags is built for each comparison. The twin runs
eagerly, so it has nothing that could be stale.
"""

import pathlib
import tempfile
import warnings

import numpy as np
import tensorflow as tf

import tfk
from tfk import layers

WIDTH = 3
ROWS = np.random.default_rng(7).normal(size=(20, WIDTH)).astype("float32")
WEIGHTS = np.linspace(0.1, 2.0, 20).astype("float32")
OPTIMIZERS = {
    "sgd": lambda: tfk.optimizers.SGD(0.05),
    "momentum": lambda: tfk.optimizers.SGD(0.05, momentum=0.5),
    "adam": lambda: tfk.optimizers.Adam(0.01, epsilon=1e-2),
    "legacy": lambda: tfk.optimizers.legacy.SGD(0.05, momentum=0.5),
}
ACTIVATIONS = ("tanh", "relu", "sigmoid", None)


class Scale(layers.Layer):
    """A layer with a setting, `factor`, and an attribute that is data, `shift`."""

    def __init__(self, factor=1.0, shift=0.0, **kwargs):
        super().__init__(**kwargs)
        self.factor, self._shift = factor, shift

    def call(self, inputs):
        return inputs * self.factor + self._shift


class Block(layers.Layer):
    """Layers in a list, and one in a list inside a dict."""

    def __init__(self, parts, side, **kwargs):
        super().__init__(**kwargs)
        self.parts, self.table = parts, {"side": [side]}

    def call(self, inputs):
        outputs = inputs
        for part in self.parts:
            outputs = part(outputs)
        side = self.table["side"][0](inputs)
        return tf.cast(outputs, inputs.dtype) + tf.cast(side, inputs.dtype)


class Body(tfk.Model):
    """A subclassed model: layers in a list, and one as an attribute."""

    def __init__(self, parts, head, **kwargs):
        super().__init__(**kwargs)
        self.parts, self.head = parts, head

    def call(self, inputs):
        for part in self.parts:
            inputs = part(inputs)
        return self.head(inputs)


class Node:
    """One layer of the model and how to make another like it.

    Attributes:
        kind: What it is.
        settings: Arguments of its constructor.
        children: Nodes of the layers inside.
        layer: The layer of the edited model.
        compiled: Its `trainable` flag when the model was compiled last; None for later layers.
        width: Width of the input for which it was built; None before.
    """

    def __init__(self, kind, settings=None, children=()):
        self.kind, self.settings, self.children = kind, dict(settings or {}), list(children)
        self.layer = self.compiled = self.width = None

    def make(self):
        """A new layer, with new layers inside."""
        return self.assemble([child.make() for child in self.children])

    def assemble(self, inner):
        if self.kind == "dense":
            return layers.Dense(**self.settings)
        if self.kind == "scale":
            return Scale(**self.settings)
        if self.kind == "normalization":
            return layers.BatchNormalization(momentum=0.5)
        if self.kind == "block":
            return Block(inner[:-1], inner[-1])
        if self.kind == "body":
            return Body(inner[:-1], inner[-1])
        if self.kind == "functional":
            outputs = inputs = tfk.Input((WIDTH,))
            for layer in inner:
                outputs = layer(outputs)
            return tfk.Model(inputs, outputs)
        return tfk.Sequential(inner)

    def fill(self):
        """Makes the layer of the edited model, and those inside."""
        for child in self.children:
            child.fill()
        self.layer = self.assemble([child.layer for child in self.children])
        return self

    def output_width(self, width):
        """Width of the output for an input of this width; None if it does not fit."""
        if self.width not in (None, width) or width is None:
            return None
        if self.kind == "dense":
            return self.settings["units"]
        if self.kind == "block":
            side = self.children[-1].output_width(width)
            for child in self.children[:-1]:
                width = child.output_width(width)
            return width if width == side else None
        for child in self.children:
            width = child.output_width(width)
        return width

    def note_widths(self, width):
        """Notes for which widths the layers are built."""
        self.width, inner = width, width
        for child in self.children:
            child.note_widths(width if self.is_side(child) else inner)
            inner = child.output_width(child.width)

    def can_train(self):
        """Whether a weight was trainable when the model was compiled."""
        if not self.children:
            return self.compiled and self.kind != "scale"
        return self.compiled and any(child.can_train() for child in self.children)

    def is_side(self, child):
        return self.kind == "block" and child is self.children[-1]

    def walk(self):
        """This node and all below it."""
        yield self
        for child in self.children:
            yield from child.walk()


def weights_of(node, layer):
    """The weights of the leaves, as pairs of leaf and list of arrays."""
    return [(leaf, part.get_weights()) for (leaf, part) in leaves(node, layer) if part.weights]


def inner_layers(node, layer):
    """The layers inside of a layer made from a node, in the order of its children."""
    if node.kind == "block":
        return [*layer.parts, layer.table["side"][0]]
    if node.kind == "body":
        return [*layer.parts, layer.head]
    if node.kind == "functional":
        return layer.layers[1:]
    return layer.layers if node.children else []


def pairs(node, layer):
    """Pairs of a node and its layer, from the outside in."""
    yield node, layer
    for child, inner in zip(node.children, inner_layers(node, layer), strict=True):
        yield from pairs(child, inner)


def leaves(node, layer):
    return [(leaf, part) for leaf, part in pairs(node, layer) if not leaf.children]


def slots_of(optimizer, variable):
    """The slots of a variable; None if the optimizer does not know it."""
    try:
        if isinstance(optimizer, tfk.optimizers.legacy.Optimizer):
            return [optimizer.get_slot(variable, name) for name in optimizer.get_slot_names()]
        return optimizer.slots_of(variable)
    except (KeyError, ValueError):
        return None


class Walk:
    """One model and its random edits and calls.

    Args:
        seed: Decides everything.

    Attributes:
        log: What was done, for messages.
    """

    def __init__(self, seed):
        tfk.utils.set_random_seed(seed)
        self.random = np.random.default_rng(seed)
        self.log = []
        self.root = self.new_root().fill()
        self.arguments = None  # of compile
        self.built = False
        self.optimizer_settings = {}
        self.needs_compile = True
        self.compile()

    @property
    def model(self):
        return self.root.layer

    def choose(self, items):
        items = list(items)
        return items[self.random.integers(len(items))]

    def chance(self, probability):
        return self.random.random() < probability

    # Making nodes

    def new_root(self):
        kind = self.choose(("stack", "stack", "functional", "body"))
        return Node(kind, children=[self.new_node(), self.new_leaf(last=True)])

    def new_node(self):
        kind = self.choose(("leaf", "leaf", "leaf", "block", "stack"))
        if kind == "leaf":
            return self.new_leaf()
        children = [self.new_leaf(kind="dense")]
        if self.chance(0.2):
            children.append(self.new_leaf())
        if kind == "block":
            children.append(self.new_leaf(kind="dense"))
        return Node(kind, children=children)

    def new_leaf(self, kind=None, last=False, units=None):
        kind = kind or self.choose(("dense", "dense", "scale", "normalization"))
        if last:
            kind, units = "dense", self.choose((1, WIDTH))
        if kind == "dense":
            settings = {"units": units or WIDTH, "activation": self.choose(ACTIVATIONS)}
            if self.chance(0.1):
                settings["dtype"] = self.choose(("float64", "mixed_bfloat16"))
            return Node(kind, settings)
        return Node(kind, {"factor": self.choose((0.5, 2.0))} if kind == "scale" else {})

    # Edits: each returns what it did, or None if it could not be done

    def replaceable(self):
        """Pairs of a node with containers and the place of a child."""
        return [
            (node, place)
            for node in self.root.walk()
            if node.kind in ("block", "body")
            for place in range(len(node.children))
        ]

    def replace(self):
        node, place = self.choose(self.replaceable() or [(None, 0)])
        if node is None:
            return None
        old = node.children[place]
        width = old.output_width(old.width) if old.width else WIDTH
        new = self.new_leaf(kind="dense", units=width)
        node.children[place] = new
        if not self.is_consistent():
            node.children[place] = old
            return None
        self.put(node, place, new.fill().layer)
        return f"replace child {place} of {node.kind}"

    def put(self, node, place, layer):
        is_last = place == len(node.children) - 1
        if node.kind == "body" and is_last:
            node.layer.head = layer
        elif node.kind == "block" and is_last:
            if self.chance(0.5):
                node.layer.table["side"][0] = layer
            else:
                node.layer.table = {"side": [layer]}
        else:
            node.layer.parts[place] = layer

    def append(self):
        node = self.choose(
            [node for node in self.root.walk() if node.kind in ("stack", "block", "body")] or [None]
        )
        if node is None or len(node.children) > 4:
            return None
        new = self.new_node() if self.chance(0.3) else self.new_leaf()
        place = len(node.children) if node.kind == "stack" else len(node.children) - 1
        node.children.insert(place, new)
        if not self.is_consistent():
            del node.children[place]
            return None
        layer = new.fill().layer
        if node.kind == "stack":
            node.layer.add(layer)
        else:
            node.layer.parts.append(layer)
        return f"append {new.kind} to {node.kind}"

    def remove(self):
        node = self.choose(
            [
                node
                for node in self.root.walk()
                if node.kind in ("stack", "block", "body")
                and len(node.children) > (1 if node.kind == "stack" else 2)
            ]
            or [None]
        )
        if node is None:
            return None
        place = len(node.children) - (1 if node.kind == "stack" else 2)
        old = node.children.pop(place)
        if not self.is_consistent():
            node.children.insert(place, old)
            return None
        if node.kind == "stack":
            node.layer.pop()
        else:
            node.layer.parts.pop()
        return f"remove the last of {node.kind}"

    def swap_head(self):
        """Replaces the top of a Sequential by one of another width."""
        if self.root.kind != "stack":
            return None
        self.root.children.pop()
        self.model.pop()
        self.root.children.append(self.new_leaf(last=True).fill())
        self.model.add(self.root.children[-1].layer)
        return "pop and add"

    def is_consistent(self):
        """Whether all layers fit the widths they were built for, and the outputs stay as wide."""
        width = self.root.output_width(WIDTH)
        return width is not None and (self.root.kind == "stack" or width == self.output_width)

    def set_factor(self):
        node = self.choose([n for n in self.root.walk() if n.kind == "scale"] or [None])
        if node is None:
            return None
        node.settings["factor"] = node.layer.factor = self.choose((-1.0, 0.25, 3.0))
        return "factor"

    def set_shift(self):
        """A plain attribute, which counts from the next `compile` on."""
        node = self.choose([n for n in self.root.walk() if n.kind == "scale"] or [None])
        if node is None:
            return None
        node.settings["shift"] = node.layer._shift = self.choose((0.5, -0.5))
        return f"shift, {self.compile()}"

    def set_activation(self):
        node = self.choose([n for n in self.root.walk() if n.kind == "dense"] or [None])
        if node is None:
            return None
        name = self.choose(ACTIVATIONS)
        node.settings["activation"] = name
        node.layer.activation = tfk.activations.get(name)
        return "activation"

    def set_trainable(self):
        node = self.choose(self.root.walk())
        node.layer.trainable = not node.layer.trainable
        return f"trainable of {node.kind}"

    def compile(self):
        arguments = {
            "optimizer": self.choose(OPTIMIZERS),
            "loss": self.choose(("mse", "mae", "huber")),
            "metrics": self.choose((None, None, ["accuracy"])),
            "weighted_metrics": self.choose(([], [], ["mae"])),
            "loss_weights": self.choose((None, [0.5])),
            "run_eagerly": self.choose((None, None, None, True)),
            "jit_compile": self.choose((None, False)),
            "steps_per_execution": self.choose((None, 1, 2)),
        }
        if not arguments["run_eagerly"] and self.chance(0.03):
            arguments["jit_compile"] = True
        self.arguments = arguments
        self.model.compile(**{**arguments, "optimizer": OPTIMIZERS[arguments["optimizer"]]()})
        for node in self.root.walk():
            node.compiled = node.layer.trainable
        self.needs_compile, self.optimizer_settings = False, {}
        return f"compile {arguments}"

    def set_run_eagerly(self):
        self.model.run_eagerly = self.choose((True, False, None))
        return "run_eagerly"

    def set_jit_compile(self):
        self.model.jit_compile = None if self.model.jit_compile else self.chance(0.1)
        return f"jit_compile={self.model.jit_compile}"

    def force(self):
        mode = self.choose(("train", "test", "predict"))
        getattr(self.model, f"make_{mode}_function")(force=True)
        return f"make_{mode}_function(force=True)"

    def set_optimizer(self):
        name, value = self.choose(
            (("learning_rate", 0.02), ("clipnorm", 0.01), ("clipvalue", 0.01), ("clipnorm", None))
        )
        setattr(self.model.optimizer, name, value)
        self.optimizer_settings[name] = value
        return f"optimizer.{name} = {value}"

    def set_weights(self):
        # A Sequential without weights refuses to list them, also inside of another layer.
        built = [n for n in self.root.walk() if all(part.layer.built for part in n.walk())]
        leaf = self.choose([n for n in built if n.layer.weights] or [None])
        if leaf is None:
            return None
        values = [np.abs(self.random.normal(size=w.shape)) * 0.5 for w in leaf.layer.weights]
        leaf.layer.set_weights(values)
        return f"set_weights of {leaf.kind}"

    EDITS = (
        *(replace, replace, append, append, remove, remove, swap_head, set_factor, set_shift),
        *(set_activation, set_trainable, compile, set_run_eagerly, set_jit_compile, force),
        *(set_optimizer, set_weights),
    )
    CHANGE_VARIABLES = (replace, append, remove, swap_head)

    # The twin

    def build(self):
        """Gives all layers weights, as calls on data do."""
        self.model(ROWS[:1])
        self.root.note_widths(WIDTH)
        self.output_width = self.root.output_width(WIDTH)

    def uncompiled_twin(self, weights):
        """A model like the edited one, with these weights."""
        twin = self.root.make()
        twin(ROWS[:1])
        twin_of = {id(node): layer for node, layer in leaves(self.root, twin)}
        for leaf, values in weights:
            twin_of[id(leaf)].set_weights(values)
        return twin

    def twin(self, snapshot):
        """A model as the edited one was when the snapshot was taken."""
        weights, state = snapshot
        twin = self.uncompiled_twin(weights)
        made = list(pairs(self.root, twin))
        for node, layer in made:
            layer.trainable = node.layer.trainable if node.compiled is None else node.compiled
        optimizer = OPTIMIZERS[self.arguments["optimizer"]]()
        eager = {"optimizer": optimizer, "run_eagerly": True, "jit_compile": None}
        twin.compile(**{**self.arguments, **eager})
        if state is not None:
            self.give_state(optimizer, state, {id(node): layer for node, layer in made})
        for name, value in self.optimizer_settings.items():
            setattr(optimizer, name, value)
        for node, layer in made:
            layer.trainable = node.layer.trainable
        return twin

    def snapshot(self):
        """Weights and optimizer state, as arrays."""
        return weights_of(self.root, self.model), self.optimizer_state()

    def optimizer_state(self):
        optimizer, slots = self.model.optimizer, {}
        if not optimizer._index_dict:  # not built yet
            return None
        for leaf in self.root.walk():
            if leaf.children:
                continue
            for place, variable in enumerate(leaf.layer.weights):
                found = slots_of(optimizer, variable)
                if found is not None:
                    slots[id(leaf), place] = [slot.numpy() for slot in found]
        return int(optimizer.iterations.numpy()), slots

    def give_state(self, optimizer, state, twin_of):
        iterations, slots = state
        variables = {key: twin_of[key[0]].weights[key[1]] for key in slots}
        optimizer.build(list(variables.values()))
        optimizer.iterations.assign(iterations)
        for key, variable in variables.items():
            for slot, value in zip(slots_of(optimizer, variable), slots[key], strict=True):
                slot.assign(value)

    # Calls

    CALLS = (
        *(["predict"] * 8 + ["predict many"] * 2 + ["on batch"] * 8 + ["test batch"] * 3),
        *("model", "model", "evaluate", "train batch", "train batch", "fit", "load", "load"),
    )

    FORWARD = ("predict", "predict many", "on batch", "model")

    def call(self):
        """One random call, compared."""
        kind = self.choose(self.CALLS)
        trains = kind in ("fit", "train batch")
        if trains and self.needs_compile:
            self.compile()
        if trains or kind == "load" or not hasattr(self, "output_width"):
            self.build()
        snapshot = self.snapshot() if trains else None
        if trains and not self.root.can_train():
            return
        self.log.append(kind)
        self.validates = self.chance(0.25)
        if kind == "load":
            self.load()
            return
        result = self.run(kind, self.model)
        self.build()
        if kind in self.FORWARD:
            twin = self.uncompiled_twin(weights_of(self.root, self.model))
            rows = ROWS if kind == "predict many" else ROWS[:4]
            self.compare(twin(rows, training=False).numpy(), result)
            return
        twin = self.twin(snapshot or self.snapshot())
        self.compare(self.run(kind, twin), result)
        for (_, values), (_, wanted) in zip(
            weights_of(self.root, self.model), weights_of(self.root, twin), strict=True
        ):
            self.compare(wanted, values)

    def run(self, kind, model):
        targets = np.float32(ROWS[:, : self.root.output_width(WIDTH)] > 0)
        if kind == "predict":
            return model.predict(ROWS[:4], verbose=0)
        if kind == "predict many":
            return model.predict(ROWS, batch_size=8, verbose=0)
        if kind == "on batch":
            return model.predict_on_batch(ROWS[:4])
        if kind == "model":
            return model(ROWS[:4], training=False).numpy()
        if kind == "evaluate":
            data = {"sample_weight": WEIGHTS, "batch_size": 8, "verbose": 0}
            return model.evaluate(ROWS, targets, return_dict=True, **data)
        if kind == "test batch":
            return model.test_on_batch(ROWS[:4], targets[:4], return_dict=True)
        if kind == "fit":
            data = {"validation_data": (ROWS[:4], targets[:4])} if self.validates else {}
            data |= {"batch_size": 8, "shuffle": False, "verbose": 0}
            return model.fit(ROWS, targets, **data).history
        return model.train_on_batch(ROWS[:8], targets[:8], return_dict=True)

    def load(self):
        """Reads weights that a twin has written, whose optimizer has no slots."""
        written = self.snapshot()[0]
        with tempfile.TemporaryDirectory() as folder:
            # TensorFlow writes no checkpoints of lists in which an item was replaced.
            has_lists = any(node.kind in ("block", "body") for node in self.root.walk())
            name = "model.weights.h5" if has_lists or self.chance(0.5) else "checkpoint"
            path = str(pathlib.Path(folder, name))
            self.twin((written, None)).save_weights(path)
            for leaf in self.root.walk():
                if not leaf.children:
                    leaf.layer.set_weights([0 * value for value in leaf.layer.get_weights()])
            with warnings.catch_warnings():  # the state of the optimizer does not fit
                warnings.simplefilter("ignore")
                self.model.load_weights(path)
        for (_, values), (_, wanted) in zip(
            weights_of(self.root, self.model), written, strict=True
        ):
            self.compare(wanted, values)

    def compare(self, expected, found):
        half = any(n.settings.get("dtype") == "mixed_bfloat16" for n in self.root.walk())
        tolerance = 0.05 if half else 1e-3
        if isinstance(expected, dict):
            assert expected.keys() == found.keys(), (expected, found, self.log)
            if half:
                expected = {k: v for k, v in expected.items() if "accuracy" not in k}
            pairs = [(expected[key], found[key]) for key in expected]
        elif isinstance(expected, list):
            pairs = zip(expected, found, strict=True)
        else:
            pairs = [(expected, found)]
        for wanted, value in pairs:
            np.testing.assert_allclose(
                value, wanted, rtol=tolerance, atol=tolerance, err_msg=f"after {self.log}"
            )


def walk(seed, steps):
    """One sequence of edits and calls: a call, then as many times some edits and a call."""
    path = Walk(seed)
    path.log.append(f"seed {seed}: {[node.kind for node in path.root.walk()]}")
    path.call()
    for _ in range(steps):
        for _ in range(path.random.integers(1, 4)):
            edit = path.choose(path.EDITS)
            done = edit(path)
            if done is not None:
                path.log.append(done)
                path.needs_compile |= edit in path.CHANGE_VARIABLES
        path.call()
