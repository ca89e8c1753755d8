"""Attributes XLA compilation failures to layers."""

import re

import tensorflow as tf

from tfk.engine.training.user_errors import layer_of_node
from tfk.engine.training.xla_rule import operations

NODE = re.compile(r"(?:\{\{node |node `)([^}`]+)")
UNSUPPORTED = re.compile(r"(\w+) \((?:No registered|unsupported|Unsupported)")
# Operations that have strings without working on them: messages of assertions, arguments of
# functions.
PASSES_ON = frozenset(
    "Placeholder Const Identity Assert NoOp PartitionedCall StatefulPartitionedCall If StatelessIf"
    " While StatelessWhile".split()
)
PREAMBLE = (
    "Graph execution error",
    "Detected at node",
    "Node:",
    "<stack",
    " ",
)  # of TensorFlow's messages
FAILURES = (tf.errors.InvalidArgumentError, tf.errors.UnimplementedError, tf.errors.InternalError)


def explained(model, error):
    """Return a ValueError that names the layers XLA could not compile, or None for an error of
    another kind.

    Args:
        model: The model that was to be compiled.
        error: Exception raised by TensorFlow.
    """
    text = str(error)
    if "XLA" not in text and "compile" not in text.lower():
        return None
    said = [line for line in text.splitlines() if line.strip() and not line.startswith(PREAMBLE)]
    reason = f" XLA says: {said[0].strip()[:300]}" if said else ""
    return _refusal(model, NODE.findall(text), set(UNSUPPORTED.findall(text)), reason)


def refuse_strings(model, step):
    """Raise ValueError if a traced step operates on strings: XLA supports none, and some crash the
    process.

    Args:
        model: The model that is to be compiled.
        step: The concrete function of a step.
    """
    found = [
        operation
        for operation in operations(step.graph)
        if operation.type not in PASSES_ON
        and any(tensor.dtype == tf.string for tensor in (*operation.inputs, *operation.outputs))
    ]
    if found:
        raise _refusal(
            model, [operation.name for operation in found], {operation.type for operation in found}
        )


def _refusal(model, nodes, kinds, said=""):
    found = (layer_of_node(model, node) for node in nodes)
    layers = sorted({layer.name for layer in found if layer is not None})
    where = (
        f"the layer{'s' if len(layers) > 1 else ''} {', '.join(map(repr, layers))}"
        if layers
        else "the step"
    )
    what = f" (operations {', '.join(sorted(kinds))})" if kinds else ""
    return ValueError(
        f'Model "{model.name}" was compiled with jit_compile=True, but XLA cannot compile'
        f" {where}{what}. Compile with jit_compile=False or None, or take that part out of the"
        f" model.{said}"
    )
