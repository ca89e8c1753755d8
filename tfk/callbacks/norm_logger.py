"""Norms of gradients and weights in the logs."""

import tensorflow as tf

from tfk.callbacks.callback import Callback
from tfk.typing import Logs


class NormLogger(Callback):
    """Callback that adds `gradient_norm` and `weight_norm` to the epoch logs.

    Gradients are measured inside the compiled step, before clipping (unscaled with
    `mixed_float16`), and averaged over the steps of the epoch. Weights are measured at the end of
    the epoch. The step is retraced at the start and after the end of training.

    Args:
        gradients: Whether to measure the gradients of the trainable weights. Defaults to True.
        weights: Whether to measure the trainable weights. Defaults to True.
        by_layer: Whether to add the norms of each layer, as `gradient_norm/<layer>`. Defaults to
            False.

    >>> NormLogger(by_layer=True).by_layer
    True
    """

    needs_all_variables = True

    def __init__(self, gradients: bool = True, weights: bool = True, by_layer: bool = False):
        super().__init__()
        self.gradients, self.weights, self.by_layer = gradients, weights, by_layer
        self._sums = self._steps = None  # squared-root sums by group, number of steps: variables

    def on_train_begin(self, logs: Logs | None = None):
        self._groups = self._group()
        if not self.gradients:
            return
        with self.model.distribute_strategy.scope():
            first = tf.VariableAggregation.ONLY_FIRST_REPLICA
            self._sums = tf.Variable(
                tf.zeros(len(self._groups)), trainable=False, aggregation=first
            )
            self._steps = tf.Variable(0.0, trainable=False, aggregation=first)
        self.model.optimizer.add_gradient_hook(self._measure)

    def _measure(self, pairs):
        """Add the gradient norms of one update, inside the compiled step."""
        gradients = {variable.ref(): gradient for gradient, variable in pairs}
        groups = self._groups.values()
        norms = [_norm([gradients.get(ref) for ref in group]) for group in groups]
        self._sums.assign_add(tf.stack(norms))
        self._steps.assign_add(1.0)

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None):
        if (
            self.gradients and not self.model.fit_position.step
        ):  # otherwise an epoch is being resumed
            self._sums.assign(tf.zeros_like(self._sums))
            self._steps.assign(0.0)

    def on_epoch_end(self, epoch: int, logs: Logs | None = None):
        if self.gradients:
            steps = max(float(self._steps.numpy()), 1.0)
            self._add(logs, "gradient_norm", [float(total) / steps for total in self._sums.numpy()])
        if self.weights:
            norms = [
                float(_norm([ref.deref() for ref in group])) for group in self._groups.values()
            ]
            self._add(logs, "weight_norm", norms)

    def on_train_end(self, logs: Logs | None = None):
        if self._sums is not None:
            self.model.optimizer.remove_gradient_hook(self._measure)
            self._sums = self._steps = None

    def on_train_abort(self, error):
        self.on_train_end()

    def get_state(self):
        return (
            {"sums": self._sums.numpy(), "steps": float(self._steps.numpy())}
            if self.gradients
            else None
        )

    def set_state(self, state):
        self._sums.assign(state["sums"])
        self._steps.assign(state["steps"])

    def _group(self):
        """Return references of trainable variables by logged name: all of them, then by layer."""
        groups = {"": [variable.ref() for variable in self.model.trainable_variables]}
        if self.by_layer:
            for layer in self.model.layers:
                if layer.trainable_variables:
                    groups[f"/{layer.name}"] = [
                        variable.ref() for variable in layer.trainable_variables
                    ]
        return groups

    def _add(self, logs, name, norms):
        logs.update(zip((name + group for group in self._groups), norms))


def _norm(tensors):
    """Return the joint norm of tensors, variables and sparse rows in float32, ignoring None."""
    values = [
        tensor.values if isinstance(tensor, tf.IndexedSlices) else tensor
        for tensor in tensors
        if tensor is not None
    ]
    squares = [tf.reduce_sum(tf.square(tf.cast(value, tf.float32))) for value in values]
    # Not tf.add_n: it sums in a non-deterministic order (whichever buffer is ready first), so that
    # the last bits would differ from run to run.
    return tf.sqrt(tf.reduce_sum(tf.stack(squares))) if squares else tf.constant(0.0)
