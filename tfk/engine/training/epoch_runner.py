"""The Python side of the loop: chunks of steps, and callbacks between them."""

import time

import tensorflow as tf

from tfk.engine.training.chunks import ChunkPlanner
from tfk.utils.workers import least


class Run:
    """One source going through one compiled loop, under the eyes of the callbacks.

    Args:
        model: The model.
        source: Where batches come from, a `data.source.Source`.
        loop: What runs them, a `Loop` or an object like it.
        callbacks: A `CallbackList`.
        steps_per_execution: Batches in a graph call, None for as many as the callbacks allow.
    """

    def __init__(self, model, source, loop, callbacks, steps_per_execution=None):
        self.model, self.source, self.loop = model, source, loop
        mode = loop.mode
        self.planner = ChunkPlanner(callbacks, mode, steps_per_execution)
        self.begin = getattr(callbacks, f"on_{mode}_batch_begin")
        self.end = getattr(callbacks, f"on_{mode}_batch_end")
        self.stoppable = mode == "train"

    def epoch(self, step=0, note=None):
        """Runs the batches of one epoch from `step` on; the source has been started there.

        Args:
            step: Number of the first batch.
            note: Function that is told, before the callbacks, the number of batches done and their
                logs.

        Returns:
            The number of batches done since the start of the epoch, and the logs of the last (None
            without).
        """
        source, loop, planner, logs = self.source, self.loop, self.planner, None
        # Workers predict each for itself, and train and evaluate together.
        strategy = None if loop.mode == "predict" else self.model.distribute_strategy
        while source.steps is None or step < source.steps:
            length = planner.next_length(None if source.steps is None else source.steps - step)
            if self.stoppable and self.model.stop_training:
                length = 1  # ended by a callback before it went on: one more batch, as in Keras 2
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
            if self.stoppable and not least(strategy, not self.model.stop_training):
                self.model.stop_training = (
                    True  # because of a callback of some other worker, perhaps
                )
                break
        return step, logs
