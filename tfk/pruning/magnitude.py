"""The pruning callback and its helpers."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import tensorflow as tf

from tfk.callbacks.callback import Callback
from tfk.typing import Logs
from tfk.utils.checks import check_positive_int
from tfk.utils.tensorflow_internals import set_constraint


class MagnitudePruning(Callback):
    """Callback that sets the smallest weights of each kernel to zero during training.

    Every `frequency` steps a mask is recomputed from the magnitudes of the weights; in between it
    is applied in the graph after each update, as a constraint of the variable. Biases and other
    weights of rank 1 are not pruned. `strip` removes the masks after training.

    Args:
        schedule: Function from the number of steps to the fraction of zeros; see `ConstantSparsity`
            and `PolynomialDecay`.
        frequency: Number of steps between two masks, positive. Defaults to 100.
        layers: Layers whose weights are pruned; None for all. Defaults to None.
    Raises: ValueError if there is nothing to prune.
    Source: Han et al., 2015, arXiv:1506.02626; Zhu and Gupta, 2017, arXiv:1710.01878.
    >>> model = tfk.Sequential([tfk.layers.Dense(4, input_shape=(5,))])
    >>> model.compile("sgd", "mse")
    >>> callback = MagnitudePruning(tfk.pruning.ConstantSparsity(0.5), frequency=1)
    >>> history = model.fit(np.ones((8, 5)), np.ones((8, 4)), verbose=0, callbacks=[callback])
    >>> sparsity(strip(model))
    0.5
    """

    def __init__(self, schedule, frequency: int = 100, layers: Sequence[Any] | None = None):
        super().__init__()
        self.schedule = schedule
        self.frequency = check_positive_int(self, "frequency", frequency)
        self.layers = layers
        self.step = 0
        self.masks = []

    def on_train_begin(self, logs: Logs | None = None):
        weights = prunable(self.model, self.layers)
        if not weights:
            raise ValueError(
                f'MagnitudePruning: model "{self.model.name}" has no trainable weights of rank 2 or'
                " more to prune."
            )
        self.masks = [_mask_of(weight, self.model.distribute_strategy) for weight in weights]
        self._update()
        self.model.renew_version()  # what was traced does not apply the masks

    def batches_until_wake(self, mode):
        """Return the number of batches until the next mask; None after the last one."""
        if mode != "train" or self.step > getattr(self.schedule, "end_step", np.inf):
            return None
        return self.frequency - self.step % self.frequency

    def on_train_batch_begin(self, batch: int, logs: Logs | None = None):
        self._first = batch

    def on_train_batch_end(self, batch: int, logs: Logs | None = None):
        self.step += batch - self._first + 1
        if self.step % self.frequency == 0:
            self._update()

    def on_train_end(self, logs: Logs | None = None):
        self._update()

    def _update(self):
        share = self.schedule(self.step)
        for mask in self.masks:
            mask.update(share)

    def get_state(self):
        return {"step": self.step}

    def set_state(self, state):
        self.step = state["step"]
        self._update()


class Mask:
    """Constraint that keeps the smallest values of a variable at zero, after its previous
    constraint.

    Args:
        weight: The variable.
        before: Its previous constraint, or None.
    """

    def __init__(self, weight, before):
        self.weight, self.before = weight, before
        self.kept = tf.Variable(tf.ones(weight.shape, weight.dtype), trainable=False, name="mask")

    def __call__(self, value):
        """Apply the constraint: `value` with zeros where masked."""
        return (value if self.before is None else self.before(value)) * self.kept

    def update(self, share):
        """Set the given fraction of values, the smallest, to zero."""
        sizes = np.abs(self.weight.numpy()).ravel()
        kept = np.ones(sizes.shape, self.weight.dtype.as_numpy_dtype)
        kept[np.argsort(sizes, kind="stable")[: round(share * sizes.size)]] = 0
        self.kept.assign(kept.reshape(self.weight.shape))
        self.weight.assign(self.weight.numpy() * self.kept.numpy())


def prunable(model, layers=None):
    """Return the trainable weights of rank 2 or more of a model, or of some of its layers."""
    owners = [model] if layers is None else layers
    found = {id(w): w for owner in owners for w in owner.trainable_weights if w.shape.rank > 1}
    return list(found.values())


def _mask_of(weight, strategy):
    """Return the mask of a weight, created if needed."""
    if not isinstance(weight.constraint, Mask):
        with strategy.scope():
            _constrain(weight, Mask(weight, weight.constraint))
    return weight.constraint


def _constrain(weight, constraint):
    """Set a variable's constraint, which TensorFlow makes read-only; optimizers read it when
    tracing.
    """
    for variable in tf.distribute.get_strategy().experimental_local_results(weight):
        set_constraint(variable, constraint)
    set_constraint(weight, constraint)


def strip(model):
    """Remove the masks, so that the weights can be trained freely again; the zeros stay.

    Args:
        model: A model trained with `MagnitudePruning`.
    Returns: The model.
    >>> model = strip(tfk.Sequential([tfk.layers.Dense(4, input_shape=(5,))]))
    """
    for weight in prunable(model):
        if isinstance(weight.constraint, Mask):
            with model.distribute_strategy.scope():
                _constrain(weight, weight.constraint.before)
    model.renew_version()
    return model


def sparsity(model):
    """Return the fraction of zeros among the weights that can be pruned.

    Args:
        model: A built model.
    >>> sparsity(tfk.Sequential([tfk.layers.Dense(4, input_shape=(5,))]))
    0.0
    """
    values = np.concatenate([np.ravel(weight.numpy()) for weight in prunable(model)])
    return float(np.mean(values == 0))
