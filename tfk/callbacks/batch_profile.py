"""Profiles selected training batches for TensorBoard."""

import contextlib
import os
import warnings

import tensorflow as tf

from tfk.utils.tensorflow_internals import xplane_pb2

ITERATION = "iter_num"  # statistic of events: their iteration of a while loop


class BatchProfile:
    """Profile of the batches from `first` to `last` with TensorFlow's profiler.

    Args:
        profile_batch: A batch, counted from 1 over the whole training, or `(first, last)`, or both
            in a string such as `"10,20"`; 0 for none.

    Attributes:
        running: Whether the profiler is recording.

    Raises: ValueError for other values, and for a pair in the wrong order.

    >>> BatchProfile((10, 20)).batches_until_wake(done=0)
    9
    """

    def __init__(self, profile_batch):
        self.first, self.last = _batch_range(profile_batch)
        self.running = False
        self._folder = ""

    def batches_until_wake(self, done):
        """Return how many batches may run, after `done` ones, until the profiler starts or stops;
        None for any. While it records, each batch runs alone: its time is the step time shown.
        """
        if self.running:
            return 1
        if done >= self.last:
            return None
        return max(self.first - 1 - done, 1)

    def warm_up(self):
        """Start the profiler once: the first start is slow and would distort the measurement."""
        if self.last:
            with contextlib.suppress(tf.errors.AlreadyExistsError):
                tf.profiler.experimental.start("")
                tf.profiler.experimental.stop(save=False)

    def start_if_due(self, done, folder):
        """Start before the first batch to record; the recording is written to `folder`."""
        if self.running or not self.first - 1 <= done < self.last:
            return
        tf.summary.trace_on(graph=True, profiler=False)
        try:
            tf.profiler.experimental.start(folder)
        except tf.errors.AlreadyExistsError:
            warnings.warn("TensorBoard: another profiler is running; profile_batch has no effect.")
        self.running, self._folder = True, folder

    def stop(self, writer):
        """Stop recording; the graphs that ran in the process go to `writer`."""
        with writer.as_default(), tf.summary.record_if(True):
            tf.summary.trace_export(name=f"batch_{self.last}", step=self.last)
        with contextlib.suppress(tf.errors.UnavailableError):
            tf.profiler.experimental.stop()
            _let_markers_count(self._folder)
        self.running = False


def _let_markers_count(folder):
    """Rename the statistic that makes the viewer take iterations of while loops for the steps of
    training, which hides the steps that the training loop marks.
    """
    newest = max(tf.io.gfile.glob(os.path.join(folder, "plugins/profile/*")))
    for path in tf.io.gfile.glob(os.path.join(newest, "*.xplane.pb")):
        with tf.io.gfile.GFile(path, "rb") as file:
            space = xplane_pb2.XSpace.FromString(file.read())
        for plane in space.planes:
            for statistic in plane.stat_metadata.values():
                if statistic.name == ITERATION:
                    statistic.name = "iteration"
        with tf.io.gfile.GFile(path, "wb") as file:
            file.write(space.SerializeToString())


def _batch_range(profile_batch):
    """Return the first and last batch to profile, `(0, 0)` for none."""
    message = (
        "TensorBoard: expected profile_batch to be a batch number, 0 for none, or a pair of them"
        f" in order, got {profile_batch!r}."
    )
    try:
        numbers = profile_batch.split(",") if isinstance(profile_batch, str) else profile_batch
        pair = (
            [int(number) for number in numbers]
            if isinstance(numbers, (list, tuple))
            else [int(numbers)]
        )
    except (TypeError, ValueError):
        raise ValueError(message) from None
    first, last = pair if len(pair) == 2 else (pair[0], pair[0])
    if len(pair) > 2 or first < 0 or last < first:
        raise ValueError(message)
    return first, last
