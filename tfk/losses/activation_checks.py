"""Do the last activation and the loss belong together? Checked when a step is traced."""

import tensorflow as tf

from tfk.losses.loss import LossFunctionWrapper
from tfk.losses.target_checks import kind_of
from tfk.utils import hints
from tfk.utils.logits import attached_kind

# The last activation that each kind of target needs, and the losses that each activation goes with.
NEEDED = {"class ids": "softmax", "one-hot": "softmax", "shares": "sigmoid"}
USUAL = {
    "softmax": "categorical_crossentropy (one-hot targets) or sparse_categorical_crossentropy"
    " (class ids)",
    "sigmoid": "binary_crossentropy",
}
# Operations that end an output without making probabilities of it.
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
    """Warns about a last activation that the loss was not made for.

    Args:
        output: Name of the output, for the message.
        y_pred: The output, as the model returned it.
        loss: The loss of this output.
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
    """The same for outputs without logits, by the operation that they end with."""
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
