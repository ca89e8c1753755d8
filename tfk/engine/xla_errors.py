"""What XLA could not compile, told by layer."""

import re

import tensorflow as tf

NODE = re.compile(r"\{\{node ([^}]+)\}\}")
UNSUPPORTED = re.compile(r"(\w+) \((?:No registered|unsupported|Unsupported)")
FAILURES = (tf.errors.InvalidArgumentError, tf.errors.UnimplementedError, tf.errors.InternalError)


def explained(model, error):
    """A ValueError that names the layers whose operations XLA refused, or None for an error of another kind.

    Args:
        model: The model that was to be compiled.
        error: What TensorFlow raised.
    """
    text = str(error)
    if "XLA" not in text and "compile" not in text.lower():
        return None
    nodes = NODE.findall(text)
    layers = sorted({layer_of(model, node) for node in nodes} - {None})
    kinds = sorted(set(UNSUPPORTED.findall(text)))
    where = f"the layer{'s' if len(layers) > 1 else ''} {', '.join(map(repr, layers))}" if layers else "the step"
    what = f" (operations {', '.join(kinds)})" if kinds else ""
    return ValueError(
        f'Model "{model.name}" was compiled with jit_compile=True, but XLA cannot compile {where}{what}. Compile with '
        f"jit_compile=False or None, or take that part out of the model. XLA says: {text.splitlines()[0][:300]}"
    )


def layer_of(model, node):
    """Name of the innermost layer of `model` in the scopes of a node's name, or None."""
    names = {layer.name for layer in model._flatten_layers(include_self=False)}
    return next((part for part in reversed(node.split("/")) if part in names), None)
