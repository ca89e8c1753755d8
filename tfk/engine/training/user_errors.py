"""Errors of `fit`, `evaluate` and `predict` in terms of the user's program.

TensorFlow reports an operation that failed inside a graph with a dump of the graph's frames. Here
the message becomes one sentence that names the layer and the user's line.
"""

import functools
import itertools
import re

import tensorflow as tf

from tfk.engine.layer.input_spec import layer_title
from tfk.utils.tracebacks import (
    KEEPS_TRACEBACK,
    is_filtering,
    is_internal,
    note_numpy,
    shorten,
    suggest_argument,
)

NODE = re.compile(r"\{\{node ([^}]+)\}\}")
FRAME = re.compile(r'File "([^"]+)", line (\d+), in (.+)')
# Lines of TensorFlow's message that are irrelevant to the cause.
NOISE = re.compile(
    r"^(Graph execution error:|Detected at node |<stack traces |Stack trace for op )|^\t"
)
# An assertion with one string of data that failed eagerly.
ASSERTION = re.compile(r"to be true\. Summarized data: b['\"](.*)['\"]$", re.DOTALL)
HINTS = {
    "Cast string to": (
        "Turn strings into numbers first, for example with StringLookup or TextVectorization."
    ),
}
SCOPES = ("gradient_tape", "gradients")  # operations of a backward pass


def explains_errors(method):
    """Decorator of a model's method: hide internal frames and explain what failed in a graph."""

    @functools.wraps(method)
    def explained(self, *args, **kwargs):
        __tracebackhide__ = True  # IPython leaves out this frame too
        try:
            self._check_initialized()
            return method(self, *args, **kwargs)
        except Exception as error:
            if is_filtering():
                _explain(self, error)
            suggest_argument(error, method)
            shorten(error)
            if not KEEPS_TRACEBACK:
                raise error
            raise

    return explained


def _explain(model, error):
    """Rewrite the message of a failed operation; the exception stays the same object."""
    if isinstance(error, tf.errors.OpError):
        message = graph_message(model, error.message) or assertion_message(error.message)
        if message is not None:
            error._message = message
            error.args = (*error.args[:2], message, *error.args[3:])
    else:
        note_numpy(error)


def graph_message(model, text):
    """Return the message of a failed operation for users, or None if `text` is of another kind.

    Args:
        model: The model whose graph ran.
        text: Message of TensorFlow.
    """
    nodes = NODE.findall(text)
    if not nodes:
        return None
    lines = text.splitlines()
    frames = [FRAME.search(line) for line in lines]
    reason = " ".join(
        line.strip()
        for line, frame in zip(lines, frames)
        if line.strip() and frame is None and not NOISE.match(line)
    )
    hint = next((f" {advice}" for cause, advice in HINTS.items() if cause in reason), "")
    layer = layer_of_node(model, nodes[-1])
    place = f"{layer_title(layer)}: " if layer is not None else ""
    during = " in the backward pass" if nodes[-1].startswith(SCOPES) else ""
    line = _users_line([frame for frame in frames if frame is not None])
    return f"{place}{reason.rstrip('.')}.{hint} Operation{during}: {nodes[-1]}.{line}"


def assertion_message(text):
    """Return what `tf.debugging.Assert` was given to say, None for another text."""
    found = ASSERTION.search(text)
    return found and found[1]


def _users_line(frames):
    """Return the line of the user's code that the library called, outermost frame first, or ""."""
    called = itertools.dropwhile(lambda frame: not is_internal(frame[1]), frames)
    users = [frame for frame in called if not is_internal(frame[1])]
    if not users:
        return ""
    return f'\nYour code: File "{users[-1][1]}", line {users[-1][2]}, in {users[-1][3]}'


def layer_of_node(model, node):
    """Return the innermost layer of `model` whose name scope contains a node, or None."""
    layers = {layer.name: layer for layer in model._flatten_layers(include_self=False)}
    return next((layers[part] for part in reversed(node.split("/")) if part in layers), None)
