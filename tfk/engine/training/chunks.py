"""Chooses how many steps to run per graph call: as many as the callbacks allow."""

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
