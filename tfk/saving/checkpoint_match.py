"""Matches the contents of a checkpoint to objects, before anything is restored."""

import dataclasses
import warnings

import tensorflow as tf

from tfk.saving.registry import built_ins
from tfk.utils.checks import describe
from tfk.utils.tensorflow_internals import trackable_object_graph_pb2

OBJECT_GRAPH = "_CHECKPOINTABLE_OBJECT_GRAPH"
VALUE = "VARIABLE_VALUE"
# Parts of paths under which the state of training is stored, and that of Keras 2's random numbers.
TRAINING = {
    "optimizer",
    ".OPTIMIZER_SLOT",
    "keras_api",
    "loss_tracker",
    "save_counter",
    "_random_generator",
}


@dataclasses.dataclass
class Match:
    """The objects of a program for which a checkpoint has values.

    Attributes:
        graph: The objects in the checkpoint, a protocol buffer; None in those of TensorFlow 1.
        objects: Dict from the number of an object in the checkpoint to the object of the program.
        paths: Dict from that number to the path of attributes, such as `head/kernel`.
        shapes: Shapes of the stored arrays, by key.
    """

    graph: object
    objects: dict
    paths: dict
    shapes: dict

    def misfits(self, foreign):
        """Return the descriptions of the variables whose stored shape differs, less those of
        optimizers that are not restored.
        """
        left_out = {id(variable) for optimizer, _ in foreign for variable in optimizer.variables}
        found = []
        for number, variable in self.objects.items():
            if not isinstance(variable, tf.Variable) or id(variable) in left_out:
                continue
            for attribute in self.graph.nodes[number].attributes:
                shape = self.shapes.get(attribute.checkpoint_key)
                if shape is not None and not variable.shape.is_compatible_with(shape):
                    found.append(
                        f"{self.paths[number]} ({variable.name}) has shape {tuple(variable.shape)},"
                        f" the file {tuple(shape)}"
                    )
        return found

    def foreign_optimizers(self):
        """Return pairs of an optimizer and the name of the class that wrote the state it would
        read.

        Files name the class in the names of slots alone, such as `Adam/m/dense/kernel`.
        """
        found = []
        for number, item in self.objects.items():
            item = getattr(item, "inner_optimizer", item)
            if not hasattr(item, "index_of") or hasattr(item, "get_slot_names"):
                continue
            own = {item.name, *(cls.__name__ for cls in type(item).__mro__)}
            for name in self._slot_names(number):
                writer, *rest = name.split("/")
                if len(rest) > 1 and writer not in own and writer in built_ins("optimizers"):
                    found.append((item, writer))
                    break
        return found

    def _slot_names(self, number):
        for child in self.graph.nodes[number].children:
            if child.local_name == "_variables":
                for slot in self.graph.nodes[child.node_id].children:
                    for attribute in self.graph.nodes[slot.node_id].attributes:
                        yield attribute.full_name

    def stored(self):
        """Paths in the checkpoint that hold values, besides those of optimizers."""
        keys = (key.partition("/.ATTRIBUTES/")[0] for key in self.shapes if "/.ATTRIBUTES/" in key)
        return sorted(
            key for key in keys if not key.startswith(("optimizer/", "save_counter", "_CHECK"))
        )

    def unused(self):
        """Return the paths of stored arrays that no object of the program takes, now or when its
        variables are created, less the state of training.
        """
        queue = [number for number, item in self.objects.items() if not _is_built(item)]
        awaited = set(self.objects)
        while queue:
            children = {child.node_id for child in self.graph.nodes[queue.pop()].children} - awaited
            awaited |= children
            queue += children
        keys = [
            attribute.checkpoint_key.partition("/.ATTRIBUTES/")[0]
            for number, node in enumerate(self.graph.nodes)
            for attribute in node.attributes
            if number not in awaited and attribute.name == VALUE
        ]
        return sorted(key for key in keys if not TRAINING.intersection(key.split("/")))

    def restores_any(self, variables):
        """Return whether one of the variables is found, or a layer whose variables come later."""
        found = {id(item) for item in self.objects.values()}
        late = any(not _is_built(item) for item in list(self.objects.values())[1:])
        return late or any(id(variable) in found for variable in variables)


def _is_built(item):
    return getattr(item, "built", True)


def match(root, prefix):
    """Match a program to a checkpoint, without changing anything.

    Args:
        root: The object that is to be restored.
        prefix: Prefix of the checkpoint.
    Returns: A `Match`; None for a checkpoint of TensorFlow 1, which knows no objects.
    """
    reader = tf.train.load_checkpoint(prefix)
    shapes = reader.get_variable_to_shape_map()
    if OBJECT_GRAPH not in shapes:
        return None
    graph = trackable_object_graph_pb2.TrackableObjectGraph.FromString(
        reader.get_tensor(OBJECT_GRAPH)
    )
    objects, paths, queue = {0: root}, {0: ""}, [0]
    while queue:
        number = queue.pop(0)
        owner = objects[number]
        children = owner._trackable_children()
        for child in graph.nodes[number].children:
            found = owner._lookup_dependency(child.local_name, children)
            if found is not None and child.node_id not in objects:
                objects[child.node_id] = found
                paths[child.node_id] = f"{paths[number]}/{child.local_name}".lstrip("/")
                queue.append(child.node_id)
    return Match(graph, objects, paths, shapes)


def check(model, prefix):
    """Compare a checkpoint with the model that is to be restored, before anything changes.

    Returns: The optimizers of which the checkpoint holds nothing, since another class wrote the
        state, and a warning about arrays that the model does not use, or None.
    Raises: ValueError for a checkpoint that is not one of this model.
    """
    found = match(model, prefix)
    if found is None:
        return [], None
    foreign = found.foreign_optimizers()
    misfits = found.misfits(foreign)
    if misfits:
        raise ValueError(
            f"load_weights: the checkpoint {prefix!r} does not fit {describe(model)}, which is left"
            f" as it was: {_shortened(misfits, '; ')}."
        )
    for number, item in found.objects.items():
        inner = getattr(item, "inner_optimizer", item)
        if found.graph.nodes[number].slot_variables and hasattr(inner, "index_of"):
            _check_takes_slots(inner)
    weights = [
        variable
        for layer in model._flatten_layers()
        for is_trainable in (True, False)
        for variable in layer._own_variables(is_trainable)
    ]
    if weights and not found.restores_any(weights):
        raise ValueError(
            f"load_weights: nothing in the checkpoint {prefix!r} belongs to {describe(model)}. The"
            f" file holds {_shortened(found.stored())}; the model has"
            f" {_shortened([weight.name for weight in weights])}. Load it into a model with the"
            " same attributes."
        )
    restored = {id(item) for item in found.objects.values()}
    missing = [weight.name for weight in weights if id(weight) not in restored]
    if missing:
        warnings.warn(
            f"load_weights: the checkpoint {prefix!r} holds nothing for {_shortened(missing)} of"
            f" {describe(model)}: they keep their values.",
            stacklevel=5,
        )
    for optimizer, writer in foreign:
        warnings.warn(
            f"load_weights: the checkpoint {prefix!r} holds the state of another optimizer,"
            f" {writer}: {describe(optimizer)} keeps its own.",
            stacklevel=5,
        )
    unused = found.unused()
    warning = (
        f"load_weights: the checkpoint {prefix!r} holds {_shortened(unused)}, which"
        f" {describe(model)} does not use. Call load_weights(...).expect_partial() if it need not."
    )
    return [optimizer for optimizer, _ in foreign], warning if unused else None


def _check_takes_slots(optimizer):
    if not hasattr(optimizer, "get_slot_names"):
        optimizer._create_or_restore_slot_variable()  # raises


def _shortened(items, separator=", ", limit=8):
    more = f" and {len(items) - limit} more" if len(items) > limit else ""
    return (separator.join(items[:limit]) or "nothing") + more
