"""Finds how many steps a graph call should run, while a custom training loop runs."""

import threading
import time
from typing import Any

import numpy as np
import tensorflow as tf

GROWTH, SHRINKAGE = 1.5, 0.5


class StepsPerExecutionTuner:
    """Changes `steps_per_execution` of a custom loop as long as that makes training faster.

    A thread measures the steps a second. After every `change_spe_interval` measurements it enlarges
    or reduces the number of steps of a graph call: in the same direction if training became faster,
    in the other if it became slower.

    Models trained with `fit` need none: their graph calls are as long as the callbacks allow.

    Args:
        optimizer: Its `iterations` count the steps.
        spe_variable: Integer variable with the number of steps, which the loop reads.
        interval: Seconds between measurements. Defaults to 5.
        change_spe_interval: Measurements between changes. Defaults to 10.
        change_threshold: Relative difference of speeds that counts. Defaults to 0.1.

    >>> import tfk
    >>> steps = tf.Variable(4, dtype="int64")
    >>> int(StepsPerExecutionTuner(tfk.optimizers.SGD(), steps).steps_per_execution)
    4
    """

    def __init__(
        self,
        optimizer: Any,
        spe_variable,
        interval: int = 5,
        change_spe_interval: int = 10,
        change_threshold: float = 0.1,
    ):
        self.optimizer, self._steps_per_execution = optimizer, spe_variable
        self.interval, self.change_spe_interval = interval, change_spe_interval
        self.spe_change_threshold = change_threshold
        self.thread, self.steps_per_execution_stop_event = None, threading.Event()

    @property
    def steps_per_execution(self):
        """The variable; setting it assigns a number."""
        return self._steps_per_execution

    @steps_per_execution.setter
    def steps_per_execution(self, value):
        self._steps_per_execution.assign(value)
        self.init_spe = value

    def start(self):
        """Start the measurements and return their thread."""
        if self.thread is not None and self.thread.is_alive():
            return self.thread
        self._begin_tuning()
        self.steps_per_execution_stop_event.clear()
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()
        return self.thread

    def stop(self):
        """End the measurements."""
        self.steps_per_execution_stop_event.set()

    def _run(self):
        while not self.steps_per_execution_stop_event.is_set():
            self._measure_and_tune()
            self.steps_per_execution_stop_event.wait(self.interval)

    def _begin_tuning(self):
        self.init_spe = int(self._steps_per_execution.numpy())
        self._last = (int(self.optimizer.iterations.numpy()), time.time())
        self.rgsps = []  # steps a second, the latest measurements
        self.avg_rgsps = self.prev_avg_rgsps = 0
        self.spe_tune_last_action_add = True
        self.spe_measurement_count = 0

    def _measure_and_tune(self):
        self.spe_measurement_count += 1
        iterations, now = int(self.optimizer.iterations.numpy()), time.time()
        speed = (iterations - self._last[0]) / max(now - self._last[1], 1e-9)
        self.rgsps = [*self.rgsps, speed][-self.change_spe_interval :]
        if iterations == 0:
            return
        self._last = (iterations, now)
        # No step since the last measurement: between epochs.
        if self.spe_measurement_count % self.change_spe_interval == 0 and speed:
            self._tune()

    def _tune(self):
        self.avg_rgsps = sum(self.rgsps) / len(self.rgsps)
        steps = int(self._steps_per_execution.numpy())
        factor = 1.0
        if self.avg_rgsps > (1 + self.spe_change_threshold) * self.prev_avg_rgsps:
            factor = GROWTH if self.spe_tune_last_action_add else SHRINKAGE
        elif self.avg_rgsps < (1 - self.spe_change_threshold) * self.prev_avg_rgsps:
            self.spe_tune_last_action_add = not self.spe_tune_last_action_add
            factor = GROWTH if self.spe_tune_last_action_add else SHRINKAGE
        if steps <= 0:
            self._steps_per_execution.assign(self.init_spe)
        elif steps < tf.as_dtype(self._steps_per_execution.dtype).max / GROWTH:
            self._steps_per_execution.assign(max(1, int(np.round(steps * factor))))
        self.prev_avg_rgsps = self.avg_rgsps
