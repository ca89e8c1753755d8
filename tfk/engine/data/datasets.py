"""`tf.data` datasets: iterators that the compiled loop reads inside the graph."""

import threading

import tensorflow as tf

from tfk.engine.data.source import Source
from tfk.utils.nest import refill, tensors_of

INFINITE, UNKNOWN = tf.data.INFINITE_CARDINALITY, tf.data.UNKNOWN_CARDINALITY


class DatasetSource(Source):
    """Batches of a `tf.data.Dataset`.

    Without `steps` every epoch is a full pass. With `steps`, epochs continue where the previous one
    stopped, unless that is the end.

    Args:
        dataset: A dataset of batches.
        steps: Batches per epoch, -1 for an infinite epoch, or None. Defaults to None.
    """

    resumes = True

    def __init__(self, dataset, steps=None):
        cardinality = self.cardinality_of(dataset)
        if cardinality == 0:
            raise ValueError("The tf.data.Dataset is empty: expected at least one batch.")
        if steps is None and cardinality == INFINITE:
            raise ValueError(
                "The tf.data.Dataset repeats indefinitely. Pass steps_per_epoch (steps for evaluate"
                " and predict, validation_steps for validation data), or remove repeat()."
            )
        self.dataset = dataset
        self.restarts = steps is None or steps == cardinality
        self.counts = steps is None and cardinality == UNKNOWN  # known after the first epoch
        self.steps = _steps(steps, cardinality)
        self.spec = dataset.element_spec
        self.iterator = None
        self.used = ()  # the elements that ran last, as optionals, while the loss is watched
        self.passed = 0  # batches of epochs trained in another process, if epochs continue

    @staticmethod
    def cardinality_of(dataset):
        """Return the number of batches of the dataset, or a constant for unknown or infinite
        cardinality.
        """
        return int(dataset.cardinality())

    def rewind(self):
        self.close()

    def wind(self, passes):
        if not self.restarts:
            self.passed = passes * (self.steps or 0)
            return
        for _ in range(passes):  # a shuffled dataset is reshuffled whenever an iterator is created
            release([iter(self.dataset)])

    def start(self, epoch, step=0, shuffle_seed=0):
        if self.iterator is None or self.restarts:
            self.close()
            self.iterator = self.iterator_from(self.passed + step)
        self.done = step

    def iterator_from(self, batch):
        """Return an iterator that starts at the given batch."""
        return iter(self.dataset.skip(batch) if batch else self.dataset)

    def run(self, loop, limit):
        done, logs = loop.run_iterator(self.iterator, limit)
        self.done += done
        self.used, loop.used = loop.used, ()  # loops outlive the data
        return done, logs

    def last_batches(self):
        return [element.get_value() for element in self.used if element.has_value()]

    def end_epoch(self):
        if self.counts:
            self.steps = self.done

    def close(self):
        if self.iterator is not None:
            holder, self.iterator = [self.iterator], None
            release(holder)


def _steps(steps, cardinality):
    if steps == -1:
        return None
    if steps is not None:
        return steps
    return cardinality if cardinality >= 0 else None


def release(holder):
    """Drop the iterator in a list of one, in a thread: tf.data can take a second to stop its
    threads.

    The list must hold the last reference, or the caller would wait after all.
    """
    threading.Thread(target=holder.clear, name="tfk-release").start()


def composite_source(data, batch_size, steps=None, shuffle=False, shuffle_seed=None):
    """Return a source for a nest with ragged or sparse tensors."""
    leaves = tensors_of(data)
    dataset = tf.data.Dataset.from_tensor_slices(tuple(leaves))
    if shuffle:
        dataset = dataset.shuffle(len(dataset), seed=shuffle_seed)
    dataset = (
        dataset.batch(batch_size).map(lambda *batch: refill(data, batch)).prefetch(tf.data.AUTOTUNE)
    )
    return DatasetSource(dataset, steps)
