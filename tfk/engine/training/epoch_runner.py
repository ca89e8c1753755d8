"""The Python side of the loop: chunks of steps, how long they are, and callbacks between them."""

import time

import tensorflow as tf

from tfk.utils.workers import least

LONGEST_CALL = 1.0  # seconds; Ctrl-C and changes made by other threads take effect between calls
GROWTH = 16  # a chunk is at most this many times longer than the longest one timed so far
DECAY = 0.5  # weight of earlier measurements of the time of a step


class ChunkPlanner:
    """Planner of chunk sizes. They determine when Python runs, but never affect results.

    Args:
        callbacks: The `CallbackList` of the run.
        mode: `"train"`, `"test"` or `"predict"`.
        steps_per_execution: A fixed size, or None to choose. Defaults to None.
    """

    def __init__(self, callbacks, mode, steps_per_execution=None):
        self.callbacks, self.mode, self.fixed = callbacks, mode, steps_per_execution
        self.seconds_per_step = None
        self.timed = 0  # steps in the longest chunk timed so far

    def next_length(self, remaining=None):
        """Return the size of the next chunk, at most `remaining` (None if the end is unknown)."""
        if self.fixed is not None:
            lengths = [self.fixed]
        else:
            lengths = [self.callbacks.batches_until_wake(self.mode), self._by_time()]
        return max(1, min(length for length in (*lengths, remaining) if length is not None))

    def observe(self, steps, seconds):
        """Record how long a chunk took (one without tracing)."""
        measured = seconds / steps
        known = self.seconds_per_step
        self.seconds_per_step = (
            measured if known is None else DECAY * known + (1 - DECAY) * measured
        )
        self.timed = max(self.timed, steps)

    def _by_time(self):
        if self.seconds_per_step is None:
            return 1
        asked = self.callbacks.seconds_between_wakes(self.mode)
        seconds = LONGEST_CALL if asked is None else min(asked, LONGEST_CALL)
        return min(int(seconds / max(self.seconds_per_step, 1e-9)), GROWTH * self.timed)


class Run:
    """A source processed by a compiled loop, with callbacks.

    Args:
        model: The model.
        source: Source of the batches, a `data.source.Source`.
        loop: The `Loop` that runs them.
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
            with tf.profiler.experimental.Trace(loop.mode, step_num=step, _r=1):  # a step marker
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
