"""Tells the user when batch hooks take longer than the batches."""

import contextlib
import time
import warnings

MEASURED_BATCHES = 5


class HookTiming:
    """Times the batch hooks of user callbacks over the first batches and warns once when they dominate.

    Args:
        callbacks: The callbacks given by the user; those of this package are trusted and not timed.
        clock: Function that gives the seconds.
    """

    def __init__(self, callbacks, clock=time.perf_counter):
        self.active = any(not type(callback).__module__.startswith("tfk.") for callback in callbacks)
        self.clock = clock
        self.batch_started = None
        self.batch_times = []
        self.hook_times = {}

    @contextlib.contextmanager
    def of(self, hook, batch):
        """Frames the calls of one hook; batch 0 is left out, for it contains the compilation."""
        if not self.active:
            yield
            return
        started = self.clock()
        ends_batch = hook.endswith("_end")
        if ends_batch and batch > 0 and self.batch_started is not None:
            self.batch_times.append(started - self.batch_started)
        yield
        now = self.clock()
        self.hook_times.setdefault(hook, []).append(now - started)
        if not ends_batch:
            self.batch_started = now
        elif len(self.batch_times) >= MEASURED_BATCHES:
            self._judge()

    def _judge(self):
        batch_time = sum(self.batch_times) / len(self.batch_times)
        for hook, times in self.hook_times.items():
            hook_time = sum(times) / len(times)
            if hook_time > batch_time:
                warnings.warn(
                    f"The callbacks' {hook} takes {hook_time:.4f} s and the batch itself {batch_time:.4f} s: "
                    "the callbacks hold training up."
                )
        self.active = False
