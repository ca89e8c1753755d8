"""Checks, while a step is traced, that the last activation and the loss match."""

import tensorflow as tf

from tfk.losses.loss import LossFunctionWrapper
from tfk.losses.target_checks import kind_of
from tfk.utils import hints
from tfk.utils.logits import attached_kind

# The last activation required by each kind of target, and the losses compatible with each
# activation.
NEEDED = {"class ids": "softmax", "one-hot": "softmax", "shares": "sigmoid"}
USUAL = {
    "softmax": "categorical_crossentropy (one-hot targets) or sparse_categorical_crossentropy"
    " (class ids)",
    "sigmoid": "binary_crossentropy",
}
# Final operations whose results are not probabilities.
OTHER_ACTIVATIONS = {
    "Relu": "relu",
    "Relu6": "relu6",
    "LeakyRelu": "leaky_relu",
    "Elu": "elu",
    "Selu": "selu",
    "Tanh": "tanh",
    "Softplus": "softplus",
}


def check_activation(output, y_pred, loss):
    """Warn if the last activation does not match the loss.

    Args:
        output: Name of the output, for the message.
        y_pred: Output of the model.
        loss: Loss of this output.
    """
    if attached_kind(y_pred) == "softmax" and y_pred.shape.rank and y_pred.shape[-1] == 1:
        hints.hint(
            f'Output "{output}": the softmax of a single unit is always 1. Use a sigmoid for two'
            " classes, or one unit per class."
        )
    needed = NEEDED.get(kind_of(loss))
    if needed is None or not _is_cross_entropy(loss):
        return
    kind = attached_kind(y_pred)
    if kind == needed:
        return
    name = loss.fn.__name__
    usual = f"Usually {needed} goes with {USUAL[needed]}"
    if kind is not None:
        hints.warn(
            f'Output "{output}": the last activation is {kind}, but the loss is {name}. As in Keras'
            f" 2, the loss applies a {needed} to the logits before the {kind}, so it does not score"
            f" the outputs that predict returns. {usual}, and {kind} with {USUAL[kind]}."
        )
    elif not loss._fn_kwargs.get("from_logits") and tf.is_symbolic_tensor(y_pred):
        _check_operation(output, y_pred.op.type, name, needed, usual)


def _check_operation(output, operation, loss, needed, usual):
    """Check outputs without attached logits by their final operation."""
    activation = OTHER_ACTIVATIONS.get(operation)
    if activation is not None:
        hints.warn(
            f'Output "{output}": the last activation is {activation}, but the loss {loss} expects'
            f" probabilities. {usual}."
        )
    elif operation == "BiasAdd":
        hints.hint(
            f'Output "{output}": the last layer has no activation, but the loss {loss} expects'
            f' probabilities. Give the layer activation="{needed}", or the loss from_logits=True.'
        )


def _is_cross_entropy(loss):
    return isinstance(loss, LossFunctionWrapper) and "crossentropy" in loss.fn.__name__
