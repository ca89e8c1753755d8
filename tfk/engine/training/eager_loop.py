"""The loop without graphs: plain Python, batch by batch, for `run_eagerly=True` and overridden
functions.
"""

import itertools

import numpy as np
import tensorflow as tf

from tfk.engine.training.steps import Step


class OneByOne:
    """Mixin that adds `run_batches` to a loop with `run_batch`.

    Attributes:
        watch_loss: Whether to end a chunk after the first non-finite loss.
        used: The last elements of an iterator that ran, most recent first, as optionals, if the
            loop has kept them.
    """

    watch_loss = False
    used = ()

    def run_batches(self, batches):
        """Run a step on each batch.

        Args:
            batches: Iterable of pairs of a batch and the nest of its type specs.

        Returns: The number of steps done and the logs of the last one.
        """
        done, logs = 0, None
        for batch, spec in batches:
            done, logs = done + 1, self.run_batch(batch, spec)
            if self.watch_loss and has_bad_loss(logs):
                break
        return done, logs


def has_bad_loss(logs):
    """Return whether logs, which a custom step may return in any form, contain a non-finite
    loss.
    """
    loss = logs.get("loss") if isinstance(logs, dict) else None
    return loss is not None and not np.isfinite(np.asarray(loss)).all()  # NumPy is fastest here


class EagerLoop(OneByOne):
    """Loop that runs a model's step directly, so that a debugger can follow it."""

    fixed_size = False
    traces = 0

    def __init__(self, model, mode, watch_loss=False):
        self.mode, self.watch_loss = mode, watch_loss
        self.step = Step(model, mode)
        self.counter = model._step_counters[mode]

    def run_batch(self, batch, spec=None):
        """Run one step on a batch; return its logs (outputs when predicting)."""
        result = self.step(batch)
        self.counter.assign_add(1)
        return self.step.results() if self.step.default and self.mode != "predict" else result

    def run_rows(self, rows, first, last):
        """Run steps of `rows`: one when predicting, else up to `last`; return their number and the
        last logs.
        """
        return self._repeat(rows.batch(index) for index in range(first, last))

    def run_iterator(self, iterator, limit):
        """Run up to `limit` elements of an iterator; return their number and the last logs."""
        return self._repeat(batch for _, batch in zip(range(limit), iterator))

    def _repeat(self, batches):
        batches = itertools.islice(batches, 1) if self.mode == "predict" else batches
        return self.run_batches((batch, None) for batch in batches)


class FunctionLoop(EagerLoop):
    """Loop that runs the result of a custom `make_train_function`: a function of an iterator.

    Args:
        model: The model.
        mode: `"train"`, `"test"` or `"predict"`.
        function: Function of a `tf.data` iterator that returns logs (outputs when predicting).
        steps: Number of batches per call of the function. Defaults to 1.
        watch_loss: Whether to end a chunk after the first non-finite loss. Defaults to False.
    """

    def __init__(self, model, mode, function, steps=1, watch_loss=False):
        super().__init__(model, mode, watch_loss)
        self.function, self.steps = function, steps
        self.rows = self.iterator = None
        self.next_step = 0

    def run_rows(self, rows, first, last):
        """Call the function on an iterator over the batches of `rows`."""
        if self.rows is not rows or self.next_step != first:
            self.rows, self.next_step = rows, first
            self.iterator = iter(tf.data.Dataset.range(first, rows.batches).map(rows.batch))
        done, logs = self.run_iterator(self.iterator, last - first)
        self.next_step += done
        return done, logs

    def run_iterator(self, iterator, limit):
        """Call the function until `limit` batches are done or the iterator ends."""
        done, logs = 0, None
        while done < limit:
            try:
                logs = self.function(iterator)
            except (StopIteration, tf.errors.OutOfRangeError):
                break
            done += self.steps
            if self.mode == "predict" or (self.watch_loss and has_bad_loss(logs)):
                break
        return done, logs

    def run_batch(self, batch, spec=None):
        """Call the function on an iterator over one batch."""
        return self.function(iter(tf.data.Dataset.from_tensors(batch)))
