"""The Python side of the loop: chunks of steps, and callbacks between them."""

import time

import tensorflow as tf

from tfk.engine.training.chunks import ChunkPlanner
from tfk.utils.workers import least


class Run:
    """A source processed by a compiled loop, with callbacks.

    Args:
        model: The model.
        source: Source of the batches, a `data.source.Source`.
        loop: Loop that runs them, a `Loop` or a similar object.
        callbacks: A `CallbackList`.
        steps_per_execution: Batches per graph call; None for as many as the callbacks allow.
            Defaults to None.
    """

    def __init__(self, model, source, loop, callbacks, steps_per_execution=None):
        self.model, self.source, self.loop = model, source, loop
        mode = loop.mode
        self.planner = ChunkPlanner(callbacks, mode, steps_per_execution)
        self.begin = getattr(callbacks, f"on_{mode}_batch_begin")
        self.end = getattr(callbacks, f"on_{mode}_batch_end")
        self.stoppable = mode == "train"

    def epoch(self, step=0, note=None):
        """Run the batches of one epoch from `step` on; the source has been started there.

        Args:
            step: Index of the first batch. Defaults to 0.
            note: Function called before the callbacks with the number of batches done and their
                logs. Defaults to None.

        Returns:
            The number of batches done since the start of the epoch, and the logs of the last one
            (None without).
        """
        source, loop, planner, logs = self.source, self.loop, self.planner, None
        # Workers predict independently, but train and evaluate together.
        strategy = None if loop.mode == "predict" else self.model.distribute_strategy
        while source.steps is None or step < source.steps:
            length = planner.next_length(None if source.steps is None else source.steps - step)
            if self.stoppable and self.model.stop_training:
                length = 1  # stopped by a callback before it resumed: one more batch, as in Keras 2
            length = least(strategy, length)
            self.begin(step)
            traces, started = loop.traces, time.perf_counter()
            with tf.profiler.experimental.Trace("tfk/steps"):
                done, result = source.run(loop, length)
            if not done:
                break
            if loop.traces == traces:
                planner.observe(done, time.perf_counter() - started)
            step, logs = step + done, result
            if note is not None:
                note(step, logs)
            self.end(step - 1, {"outputs": logs} if loop.mode == "predict" else logs)
            if self.stoppable and all_stop(self.model):
                break
        return step, logs


def all_stop(model):
    """Return whether training ends, which one worker decides for all: those that continued without
    it would wait forever.
    """
    if not least(model.distribute_strategy, not model.stop_training):
        model.stop_training = True
    return model.stop_training
