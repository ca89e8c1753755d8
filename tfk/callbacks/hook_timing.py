"""Warns if batch hooks take longer than the batches."""

import time
import warnings

MEASURED_BATCHES = 5
LEAST_SECONDS = 1e-3  # shorter delays are not noticeable


class HookTiming:
    """Timer of custom batch hooks over the first batches; warns once if they dominate.

    Args:
        callbacks: The user's callbacks; built-in ones are not timed.
        clock: Function that returns the time in seconds. Defaults to `time.perf_counter`.
    """

    def __init__(self, callbacks, clock=time.perf_counter):
        self.timed = [
            callback for callback in callbacks if not type(callback).__module__.startswith("tfk.")
        ]
        self.active = bool(self.timed)
        self.clock = clock
        self.batch_started = None
        self.batch_times = []
        self.hook_times = {}

    def call(self, callback, hook, batch, logs):
        """Call a batch hook of `callback`, timing custom ones."""
        started = self.clock()
        getattr(callback, hook)(batch, logs)
        if callback in self.timed:
            self.hook_times.setdefault(hook, []).append(self.clock() - started)

    def batch_begins(self):
        """Called when all hooks at the start of a batch are done."""
        self.batch_started = self.clock()

    def batch_ends(self, batch):
        """Called before the hooks at the end of a batch; batch 0 is ignored, as it includes
        compilation.
        """
        if batch > 0 and self.batch_started is not None:
            self.batch_times.append(self.clock() - self.batch_started)
        if len(self.batch_times) > MEASURED_BATCHES:
            self._judge()

    def _judge(self):
        self.active = False
        batch_time = sum(self.batch_times) / len(self.batch_times)
        for hook, times in self.hook_times.items():
            hook_time = sum(times) / len(self.batch_times)
            if hook_time > max(batch_time, LEAST_SECONDS):
                warnings.warn(
                    f"{hook} of the callbacks takes {hook_time:.4f} s and the batch itself"
                    f" {batch_time:.4f} s: the callbacks are slowing down training."
                )
