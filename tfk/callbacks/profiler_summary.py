"""A short text report of where training time goes."""

import glob
import os
import re
import shutil
import tempfile
import time
import warnings
from collections import Counter

import tensorflow as tf

from tfk.callbacks.callback import Callback
from tfk.callbacks.counting import batches_done
from tfk.typing import Logs
from tfk.utils.checks import check_positive_int
from tfk.utils.interactive_logging import print_message
from tfk.utils.tensorflow_internals import xplane_pb2

CALLBACKS, DATA, STEPS = "tfk/callbacks", "tfk/data", "train"  # annotations of the engine
WAITS = (
    "IteratorGetNextOp::DoCompute",
    "IteratorGetNextAsOptionalOp::DoCompute",
)  # of steps, for tf.data
DATA_THREADS = "tf_data"  # how the names of the threads of pipelines begin
CONTAINERS = (
    "While",
    "StatelessWhile",
    "If",
    "StatelessIf",
    "Case",
    "PartitionedCall",
    "StatefulPartitionedCall",
)
OPERATION = re.compile(
    r"[^:]+:_?(?:Mkl)?(?:Native)?(\w+)"
)  # of the name of an event, `path:_MklMatMul`
SHOWN = {
    "data": "waiting for data",
    "steps": "steps",
    "callbacks": "callbacks",
    "other": "everything else",
}


class ProfilerSummary(Callback):
    """Callback that profiles some steps and prints the time spent on data, steps, callbacks and the
    most expensive operations.

    It uses TensorFlow's profiler and does not need TensorBoard. Time in which steps wait for a
    `tf.data` pipeline counts as data.

    Args:
        first: First batch to profile, counted from 1 over the whole training; earlier batches
            include compilation. Defaults to 11.
        last: Last batch to profile. Defaults to 110.
        top: Number of kinds of operations to list. Defaults to 10.
        verbose: Whether to print the report (1); it is always available as `str(callback)`.
            Defaults to 1.

    Attributes:
        shares: Dict with the fractions of `"data"`, `"steps"`, `"callbacks"` and `"other"` in the
            wall time.
        operations: List of `(kind, fraction of the time of all operations)`, the largest first.

    Raises: ValueError if `last` is smaller than `first`.

    >>> ProfilerSummary(first=20, last=120).batches_until_wake("test") is None
    True
    """

    def __init__(self, first: int = 11, last: int = 110, top: int = 10, verbose: int | str = 1):
        super().__init__()
        self.first = check_positive_int(self, "first", first)
        self.last = check_positive_int(self, "last", last)
        if last < first:
            raise ValueError(f"ProfilerSummary: expected first <= last, got {first} and {last}.")
        self.top, self.verbose = top, verbose
        self.shares, self.operations, self.batches = {}, [], 0
        self._folder = None
        self._started = (0, 0.0)

    def batches_until_wake(self, mode):
        if mode != "train" or self.batches:
            return None
        done = batches_done(self.model, "train")
        if self._folder is not None:
            return max(self.last - done, 1)
        return self.first - 1 - done if done < self.first - 1 else max(self.last - done, 1)

    def on_train_begin(self, logs: Logs | None = None):
        self.shares, self.operations, self.batches = {}, [], 0

    def on_train_batch_begin(self, batch: int, logs: Logs | None = None):
        done = batches_done(self.model, "train")
        if self._folder is None and not self.batches and done >= self.first - 1:
            self._start(done)

    def on_train_batch_end(self, batch: int, logs: Logs | None = None):
        if self._folder is not None and batches_done(self.model, "train") >= self.last:
            self._stop()

    def on_train_end(self, logs: Logs | None = None):
        if self._folder is not None:
            self._stop()
        if not self.batches:
            warnings.warn(
                f"ProfilerSummary: training ended before batch {self.first}; nothing was profiled."
            )
        elif self.verbose:
            print_message(str(self))

    def on_train_abort(self, error):
        if self._folder is not None:
            self._stop()

    def __str__(self):
        lines = [f"Profile of {self.batches} batches:"]
        lines += [f"  {share:6.1%}  {SHOWN[name]}" for name, share in self.shares.items()]
        lines += ["Costliest kinds of operations, of the time of all:"]
        lines += [f"  {share:6.1%}  {kind}" for kind, share in self.operations]
        return "\n".join(lines)

    def _start(self, done):
        folder = tempfile.mkdtemp(prefix="tfk-profile-")
        try:
            tf.profiler.experimental.start(folder)
        except tf.errors.AlreadyExistsError:
            shutil.rmtree(folder)
            warnings.warn(
                "ProfilerSummary: another profiler is running; trying again at the next batch."
            )
            return
        self._folder, self._started = folder, (done, time.perf_counter())

    def _stop(self):
        folder, self._folder = self._folder, None
        done, moment = self._started
        seconds = time.perf_counter() - moment
        try:
            tf.profiler.experimental.stop()
            self.batches = batches_done(self.model, "train") - done
            (path,) = glob.glob(os.path.join(folder, "plugins/profile/*/*.xplane.pb"))
            with open(path, "rb") as file:
                space = xplane_pb2.XSpace.FromString(file.read())
            self.shares, self.operations = (
                time_shares(space, seconds),
                costly_operations(space, self.top),
            )
        finally:
            shutil.rmtree(folder)


def time_shares(space, seconds):
    """Return the fractions of waiting for data, steps, callbacks and the rest in the wall time.

    Args:
        space: Recording of the profiler, an `XSpace`.
        seconds: Wall time of the recording.
    """
    spent = Counter()
    for plane, _, event in _events(space):
        spent[_name(plane, event)] += event.duration_ps * 1e-12
    waiting = sum(spent[name] for name in (DATA, *WAITS))
    data = min(waiting, spent[STEPS])  # both are part of running a chunk of steps
    shares = {"data": data, "steps": spent[STEPS] - data, "callbacks": spent[CALLBACKS]}
    shares["other"] = max(seconds - sum(shares.values()), 0.0)
    return {name: value / max(seconds, 1e-9) for name, value in shares.items()}


def costly_operations(space, top):
    """Return the `top` kinds of operations by time, as `(kind, fraction)`: on devices if there are
    any, else on the host without data pipelines.
    """
    spent, on_device = Counter(), Counter()
    for plane, line, event in _events(space):
        kind = _kind(_name(plane, event))
        if kind is not None and kind not in CONTAINERS and not line.name.startswith(DATA_THREADS):
            spent[kind] += event.duration_ps
        kind = _kind(_launched_by(plane, event)) if plane.name.startswith("/device:") else None
        if kind is not None:
            on_device[kind] += event.duration_ps
    spent = on_device or spent
    total = sum(spent.values())
    return [(kind, duration / total) for kind, duration in spent.most_common(top)]


def _events(space):
    return (
        (plane, line, event)
        for plane in space.planes
        for line in plane.lines
        for event in line.events
    )


def _name(plane, event):
    return plane.event_metadata[event.metadata_id].name


def _kind(name):
    match = OPERATION.fullmatch(name)
    return match[1] if match else None


def _launched_by(plane, event):
    """Return the name of the operation that a device kernel belongs to."""
    for stat in event.stats:
        if plane.stat_metadata[stat.metadata_id].name == "tf_op":
            return stat.str_value or plane.stat_metadata[stat.ref_value].name
    return ""
