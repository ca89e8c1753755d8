"""Gives a `DynamicEmbedding` layer new vocabularies while it is trained."""

import tensorflow as tf

from tfk.callbacks.callback import Callback
from tfk.utils.timed_thread import TimedThread


class UpdateEmbeddingCallback(TimedThread, Callback):
    """Callback that periodically replaces the vocabulary of a `DynamicEmbedding` by the currently
    frequent tokens.

    Vectors of tokens that stay are kept. The slots that the optimizer keeps for the table begin
    again at zero. Use it in a `with` block around `fit`, and among the callbacks of `fit`.

    Args:
        dynamic_embedding_layer: The layer.
        interval: Seconds between two updates.
    """

    def __init__(self, dynamic_embedding_layer, interval):
        TimedThread.__init__(self, interval)
        Callback.__init__(self)
        self._epoch = 0
        self._dynamic_embedding_layer = dynamic_embedding_layer
        self.strategy = tf.distribute.get_strategy()

    def on_interval(self):
        if self.model is None or not self._dynamic_embedding_layer.built:
            return  # training has not begun
        section = tf.CriticalSection()
        section.execute(lambda: self._dynamic_embedding_layer.update_embeddings(self.strategy))
        self._reset_optimizer()

    def on_epoch_begin(self, epoch, logs=None):
        self._epoch = epoch

    def _reset_optimizer(self):
        variables = self.model.optimizer.variables
        for variable in variables() if callable(variables) else variables:
            if "dynamic_embedding" in variable.name:
                variable.assign(tf.zeros_like(variable))
