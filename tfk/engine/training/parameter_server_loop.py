"""The loop with parameter servers: chunks of batches in parts, which a coordinator schedules on
    workers.

A part runs several batches in one graph call on one worker, reads and updates the variables on the
servers, and carries its data with it, so that any worker can run it and a part whose worker was
lost is rescheduled. A chunk ends when all its parts have finished; their order is unspecified. A
lost server takes its variables with it and ends the training.
"""

import functools
import itertools

import tensorflow as tf

from tfk.engine.data.rows import Rows
from tfk.engine.training.compiled_loop import CompiledLoop, concrete
from tfk.utils.nest import map_tensors, spec_key, tensors_of
from tfk.utils.replicas import joined
from tfk.utils.tensorflow_internals import (
    allow_run_while_tracing,
    never_optimized,
    number_of_workers,
    per_worker_specs,
)

PARTS_PER_WORKER = 4  # of a chunk, so that a slow one holds up little
BATCHES = 8  # of a dataset or generator in a part; fewer at its end


class CoordinatedLoop(CompiledLoop):
    """Loop that runs the step of a model on the workers of a ParameterServerStrategy."""

    def __init__(self, model, mode, watch_loss=False):
        super().__init__(model, mode, watch_loss=watch_loss)
        strategy = model.distribute_strategy
        self.coordinator = tf.distribute.coordinator.ClusterCoordinator(strategy)
        allow_run_while_tracing(strategy)
        self.workers = number_of_workers(strategy)

    def run_rows(self, rows, first, last):
        length = self._share(last - first)
        starts = range(first, last, length)
        return self._outcome(
            [self._schedule_rows(rows, start, min(start + length, last)) for start in starts]
        )

    def run_iterator(self, iterator, limit):
        spec = iterator.element_spec
        return self.run_batches((batch, spec) for batch in itertools.islice(iterator, limit))

    def run_batches(self, batches):
        parts = []
        for _, alike in itertools.groupby(
            batches, lambda batch_and_spec: spec_key(batch_and_spec[1])
        ):
            while some := list(itertools.islice(alike, BATCHES)):
                parts.append(self._schedule_batches([batch for batch, _ in some], spec=some[0][1]))
        return self._outcome(parts)

    def run_batch(self, batch, spec):
        return self.run_batches([(batch, spec)])[1]

    def run_own_data(self, iterator, spec, limit):
        """Run `limit` batches that workers read from separate datasets, or fewer if one ends.

        Args:
            iterator: Iterator of a dataset from `ClusterCoordinator.create_per_worker_dataset`.
            spec: Nest of type specs of a batch.
            limit: Number of batches.
        """
        length = self._share(limit)
        element = per_worker_specs(iterator)[0]
        call = self._call("own", spec, lambda spec: self._trace_iterator(element, spec))
        sizes = [min(length, limit - start) for start in range(0, limit, length)]
        return self._outcome([self._schedule(call, iterator, tf.constant(size)) for size in sizes])

    # Pieces
    # ----------------------------------------------------------------------------------------------

    def _share(self, batches):
        return -(-batches // (self.workers * PARTS_PER_WORKER))

    def _schedule_rows(self, rows, first, last):
        """Schedule batches `first` to `last - 1`; their rows are sent with the part."""
        size, order = rows.batch_size, rows.order
        place = slice(first * size, min(last * size, rows.count))
        data = map_tensors(
            lambda leaf: leaf[place] if order is None else tf.gather(leaf, order[place]), rows.data
        )
        part = Rows(data, size, fixed_size=rows.fixed_size)
        call = self._rows_call(part)
        bounds = tf.constant((0, last - first, size), part.index_dtype)
        return self._schedule(call, part.tensors, bounds)

    def _schedule_batches(self, batches, spec):
        """Schedule batches of one spec."""
        trace = functools.partial(self._trace_batches, len(batches))
        call = self._call(("batches", len(batches)), spec, trace)
        return self._schedule(call, [tensors_of(batch) for batch in batches])

    def _schedule(self, call, *args):
        return self.coordinator.schedule(call, args=args)

    def _outcome(self, parts):
        """Wait for all parts; return how many batches they have done, and the last logs (all
        outputs when predicting).
        """
        self.coordinator.join()
        if not parts:
            return 0, None
        counts, results = zip(*(part.fetch() for part in parts))
        if self.mode == "predict":
            logs = tf.nest.map_structure(lambda *parts: joined(parts), *results)
        else:
            logs = self.step.results() if self.step.default else results[-1]
        return int(sum(counts)), logs

    # Tracing
    # ----------------------------------------------------------------------------------------------

    def _runnable(self, function, checks):
        return never_optimized(function)

    def _finish(self, result):
        return (
            () if result is None else result
        )  # metrics are read here, once the whole chunk is done

    def _trace_batches(self, count, spec):
        step = self.traced_step(spec)

        def run(batches):
            carry = self._carry(step.structured_outputs)
            carried = carry.start(tf.constant(count))
            for batch in batches:
                carried = carry.add(carried, step(*batch))
                self.counter.assign_add(1)
            return tf.constant(count), self._finish(carry.end(carried))

        return concrete(run, [tensors_of(spec)] * count), ()
