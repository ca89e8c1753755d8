"""Stops training when the loss is no longer a finite number."""

import numpy as np

from tfk.callbacks.callback import Callback
from tfk.utils.interactive_logging import print_message


class TerminateOnNaN(Callback):
    """Sets `model.stop_training` after the first batch whose loss is NaN or infinite, and says where.

    The check runs inside the compiled loop, so it does not slow training down. The message names the first
    layer, from the input on, that has a bad value in its weights.

    >>> TerminateOnNaN.stops_at_bad_loss
    True
    """

    stops_at_bad_loss = True

    def on_train_batch_end(self, batch, logs=None):
        loss = (logs or {}).get("loss")
        if loss is None or np.all(np.isfinite(loss)):
            return
        value = float(np.sum(loss))
        print_message(f"\nBatch {batch}: the loss is {value}, terminating training. {where_bad(self.model)}")
        self.model.stop_training = True

    def batches_until_wake(self, mode):
        return None


def where_bad(model):
    """One sentence that names the first layer with a weight that is not finite, if there is one."""
    for layer in model.layers:
        for weight in layer.weights:
            if weight.dtype.is_floating and not np.all(np.isfinite(np.asarray(weight, dtype="float64"))):
                return f'The first layer with a bad value is "{layer.name}", in its weight {weight.name}.'
    return "All weights are finite: look at the inputs, the targets, the sample weights and the loss."
