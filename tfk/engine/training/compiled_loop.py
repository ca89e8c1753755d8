"""The compiled loop: one graph call runs a chunk of steps.

A step is traced once for a batch of unknown size (or of fixed size, if every batch has it) and then
called by the body of a `tf.while_loop` whose bounds are tensors, so that one trace serves chunks of
any size. Three kinds of loops differ in the origin of a batch:

- `run_rows`: rows of tensors in memory, gathered by a permutation inside the graph;
- `run_iterator`: the next element of a `tf.data` iterator, fetched inside the graph;
- `run_batch`: one batch passed from Python.
"""

import functools

import tensorflow as tf

from tfk.engine.training.carry import AllOutputs, LastResult, Nothing
from tfk.engine.training.eager_loop import OneByOne
from tfk.engine.training.graph_call import GraphCall
from tfk.engine.training.relaxed_shapes import RelaxedShapes
from tfk.engine.training.steps import Step
from tfk.engine.training.xla_errors import FAILURES, explained, refuse_strings
from tfk.utils.graph_operations import operations
from tfk.utils.index_checks import all_in_range, collecting, raise_out_of_range
from tfk.utils.jit_scope import own_scope, xla_scope
from tfk.utils.nest import refill, spec_key, tensors_of

# Elements of an iterator that stay at hand while the loss is watched: the bad one may be the one
# before
KEPT = 2


class CompiledLoop(OneByOne):
    """Compiled functions of one model in one mode.

    Args:
        model: The model; its `<mode>_step` is run.
        mode: `"train"`, `"test"` or `"predict"`.
        jit: What XLA compiles: None for nothing, `"step"` for each step, `"loop"` for the whole
            loop over rows. Defaults to None.
        watch_loss: Whether to end a chunk after the first non-finite loss. Defaults to False.

    Attributes:
        fixed_size: Whether full batches are traced with their size, as XLA requires.
        any_size: The loop for batches of other sizes.
        traces: Number of functions traced so far.
    """

    def __init__(self, model, mode, jit=None, watch_loss=False):
        self.model, self.mode, self.jit, self.watch_loss = model, mode, jit, watch_loss
        self.fixed_size, self.any_size, self.traces = jit is not None, self, 0
        self.step = Step(model, mode)
        self.counter = model._step_counters[mode]
        self._steps, self._calls = {}, {}
        self._checks = {}  # of indices, by the key of the step
        self._gathers = False  # whether replicas gather tensors in a step
        self.shapes = RelaxedShapes(model)

    @property
    def traced_steps(self):
        """Return the concrete functions of one step so far, one per kind of batch."""
        return list(self._steps.values())

    # Running
    # ----------------------------------------------------------------------------------------------

    def run_rows(self, rows, first, last):
        """Run steps `first` to `last - 1` over `rows`, a `data.rows.Rows`.

        Returns: The number of steps done and their logs (all outputs when predicting).
        """
        call = self._rows_call(rows)
        last = first + self._steps_per_call(last - first)
        bounds = tf.constant((first, last, rows.batch_size), rows.index_dtype)
        return self._counted(call, *rows.tensors, bounds)

    def run_iterator(self, iterator, limit):
        """Run the next `limit` elements of a `tf.data` iterator, or fewer if it ends.

        Returns: The number of steps done and their logs, which are undefined if that number is 0.
        """
        kept = KEPT if self.watch_loss and isinstance(iterator, tf.data.Iterator) else 0
        call = self._call(
            ("iterator", kept),
            iterator.element_spec,
            lambda spec: self._trace_iterator(_iterator_under(iterator, spec), spec, kept),
        )
        handle = tf.nest.flatten(iterator, expand_composites=True)
        limit = self._steps_per_call(limit)
        done, logs, *self.used = self._guarded(call, *handle, tf.constant(limit, tf.int32))
        return int(done), logs

    def run_batch(self, batch, spec):
        """Run one step on a batch and return its logs; `spec` is the nest of type specs to trace it
        with.
        """
        return self._guarded(
            self.batch_call(spec), *tf.nest.flatten(tensors_of(batch), expand_composites=True)
        )

    def batch_call(self, spec):
        """Return the `GraphCall` of one step on a batch of type specs `spec`."""
        return self._call("batch", spec, self._trace_batch)

    def _rows_call(self, rows):
        return self._call(
            ("rows", *rows.kind),
            rows.batch_spec,
            lambda spec: self._trace_rows(rows.under(spec)),
        )

    def _steps_per_call(self, limit):
        """Return how many of `limit` steps one call may run.

        One if replicas gather tensors, whose number of rows must not change within a call.
        """
        return min(limit, 1) if self._gathers else limit

    def _counted(self, call, *tensors):
        done, logs = self._guarded(call, *tensors)
        return int(done), logs

    def _guarded(self, call, *tensors):
        """Return the results of a call; if XLA failed, raise an error that names the layer at
        fault.

        Raises: InvalidArgumentError for indices out of range, which XLA does not detect.
        """
        try:
            results = call(*tensors)
            if not call.checks:
                return results
        except FAILURES as error:
            better = explained(self.model, error) if self.jit is not None else None
            if better is None:
                raise
            raise better from error
        results, extremes = results
        raise_out_of_range(call.checks, extremes)
        return results

    def _call(self, kind, spec, trace):
        """Return the function that runs batches of type specs `spec`.

        Args:
            kind: Hashable key of everything else the trace depends on.
            spec: Nest of type specs of a batch.
            trace: Function from type specs (`spec` or wider ones) to a concrete function and its
                checks.
        """
        key = (kind, *spec_key(spec))
        if key in self._calls:
            return self._calls[key]

        def call_under(spec):
            key = (kind, *spec_key(spec))
            if key not in self._calls:
                self.traces += 1
                with self.model._caches.tracing(self.model, self):
                    self._calls[key] = self._runnable(*trace(spec))
            return self._calls[key]

        return self._widely(spec, call_under)

    def _widely(self, spec, trace):
        """Call `trace(spec)`, leaving sizes open that have differed before."""
        wide = spec if self.jit is not None else self.shapes.admitting(spec)
        if wide != spec:
            try:
                result = trace(wide)
            except Exception:  # the model requires a static size: one trace per shape
                self.shapes.refuse(spec)
            else:
                self.shapes.note_wide(wide)
                return result
        result = trace(spec)
        self.shapes.note_first(spec)
        return result

    def _runnable(self, function, checks):
        return GraphCall(function, checks)

    # Tracing
    # ----------------------------------------------------------------------------------------------

    def step_admitting(self, spec):
        """Return the concrete function of one step that runs batches of type specs `spec`, and
        maybe others.
        """
        key = spec_key(spec)
        return self._steps[key] if key in self._steps else self._widely(spec, self.traced_step)

    def traced_step(self, spec):
        """Return the concrete function of one step on a batch of type specs `spec`."""
        key = spec_key(spec)
        if key not in self._steps:
            # Under XLA also when it compiles the loop around the step.
            with self.model._caches.tracing(self.model, self), xla_scope(self.jit is not None):
                self._steps[key] = concrete(
                    lambda *tensors: self._checked_step(spec, key, tensors),
                    *tensors_of(spec),
                    jit=self.jit == "step",
                )
            if self.jit is not None:
                refuse_strings(self.model, self._steps[key])
            if tf.distribute.has_strategy():
                self._gathers |= gathers(self._steps[key])
        return self._steps[key]

    def _checked_step(self, spec, key, tensors):
        """Return the result of a step; under XLA, also the extremes of its indices, if any."""
        if self.jit is None:
            self._checks[key] = ()
            return self.step(refill(spec, tensors))
        with collecting() as collection:
            result = self.step(refill(spec, tensors))
        self._checks[key] = tuple(collection.checks)
        return (result, collection.stacked()) if collection.checks else result

    def _checks_of(self, spec):
        return self._checks.get(spec_key(spec), ())

    def joins_outputs(self, spec):
        """Return whether the outputs of several batches of type specs `spec` can be
        concatenated.
        """
        return self._widely(
            spec,
            lambda spec: AllOutputs.fits(
                self._results_of(self.traced_step(spec), self._checks_of(spec))
            ),
        )

    def _results_of(self, step, checks):
        """Return the structure of the results of a step."""
        return step.structured_outputs[0] if checks else step.structured_outputs

    def _trace_batch(self, spec):
        if self.mode == "predict" and self.jit is None and spec_key(spec) not in self._steps:
            # A first prediction is waited for: a function within a function takes every weight in
            # twice.
            def step(*tensors):
                return self.step(refill(spec, tensors))

        else:
            step = self.traced_step(spec)
        checks = self._checks_of(spec)

        def run(*tensors):
            result = step(*tensors)
            self.counter.assign_add(1)
            flat = tf.nest.flatten(result, expand_composites=True)
            # As in `_repeat`.
            with tf.control_dependencies([each for each in flat if isinstance(each, tf.Tensor)]):
                if not checks:
                    return self._finish(result)
                return self._finish(result[0]), result[1]

        return concrete(run, *tensors_of(spec)), checks

    def _trace_rows(self, rows):
        step = self.traced_step(rows.batch_spec)
        checks = self._checks_of(rows.batch_spec)

        def run(tensors, bounds):
            first, last, size = bounds[0], bounds[1], bounds[2]
            done, logs, _, extremes = self._repeat(
                step,
                checks,
                first,
                last,
                lambda index: rows.pick(tensors, index, size, self.jit == "loop"),
            )
            return ((done, logs), extremes) if checks else (done, logs)

        bounds = tf.TensorSpec((3,), rows.index_dtype)
        return concrete(run, rows.tensor_specs, bounds, jit=self.jit == "loop"), checks

    def _trace_iterator(self, iterator, spec, kept=0):
        step = self.traced_step(spec)
        checks = self._checks_of(spec)

        def run(iterator, limit):
            def nothing():
                return tf.experimental.Optional.empty(spec)

            def following(more):
                """The next element ahead of its step, so that no step is inside a branch: replicas
                cannot.
                """
                return tf.cond(more, iterator.get_next_as_optional, nothing)

            elements = [iterator.get_next_as_optional(), *(nothing() for _ in range(kept))]
            done, logs, elements, extremes = self._repeat(
                step, checks, tf.constant(0), limit, None, *elements, following=following
            )
            results = done, logs, *elements[1:]
            return (results, extremes) if checks else results

        return concrete(run, iterator, tf.TensorSpec((), tf.int32)), checks

    def _repeat(self, step, checks, first, last, pick, *elements, following=None):
        """Run the while loop over steps `first` to `last - 1`.

        Batches are gathered by index; or there are `elements` of an iterator, as optionals, and a
        function for the `following` ones: the first is the next to run, the others are those that
        ran, the last first. The loop ends after a step with an index out of range.

        Returns: The number of steps done, the logs, the elements and the extremes of the indices of
            the last step.
        """
        carry = self._carry(self._results_of(step, checks))
        extremes = tf.zeros((len(checks), 2), tf.int64)

        def keep_going(index, ok, elements, *_):
            there = [optional.has_value() for optional in elements[:1]]
            return functools.reduce(tf.logical_and, there, tf.logical_and(index < last, ok))

        def body(index, _, elements, carried, extremes):
            batch = tensors_of(elements[0].get_value()) if elements else pick(index)
            result = step(*batch)
            if checks:
                result, extremes = result
            self.counter.assign_add(1)
            index, ok = index + 1, self._is_fine(result)
            if checks:
                ok = tf.logical_and(ok, all_in_range(checks, extremes))
            elements = [following(index < last), *elements[:-1]] if elements else []
            return index, ok, elements, carry.add(carried, result), extremes

        scalar, elements = tf.TensorShape(()), list(elements)
        index, _, elements, carried, extremes = tf.while_loop(
            keep_going,
            body,
            (first, tf.constant(True), elements, carry.start(last - first), extremes),
            shape_invariants=(
                scalar,
                scalar,
                [tf.type_spec_from_value(optional) for optional in elements],
                carry.shapes(),
                extremes.shape,
            ),
            parallel_iterations=1,
        )
        with tf.control_dependencies([index]):  # no variable keeps metrics in Python in order
            logs = self._finish(carry.end(carried))
        return index - first, logs, elements, extremes

    def _carry(self, results):
        if self.mode == "predict" and AllOutputs.fits(results):
            return AllOutputs(results)
        return Nothing() if self._reads_metrics else LastResult(results)

    def _finish(self, result):
        return self.step.results() if self._reads_metrics else result

    @property
    def _reads_metrics(self):
        return self.step.default and self.mode != "predict"

    def _is_fine(self, result):
        """Return whether the loop may continue after a step: always, or while the loss is
        finite.
        """
        loss = result.get("loss") if isinstance(result, dict) else result
        if not self.watch_loss or loss is None:
            return tf.constant(True)
        fine = tf.math.is_finite(loss)
        return fine if fine.shape.rank == 0 else tf.reduce_all(fine)


def _iterator_under(iterator, spec):
    """Return the spec to trace for an iterator whose elements have the type specs `spec`."""
    if isinstance(iterator, tf.data.Iterator) and iterator.element_spec != spec:
        return tf.data.IteratorSpec(spec)
    return iterator


def concrete(run, *specs, jit=False):
    """Return the concrete function of `run` for arguments of type specs `specs`; `jit` enables
    XLA.
    """
    function = tf.function(run, autograph=False, jit_compile=True if jit else None)
    with own_scope():
        return function.get_concrete_function(*specs)


def gathers(concrete):
    """Return whether replicas gather tensors in a concrete function."""
    kinds = (operation.type for operation in operations(concrete.graph))
    return any(kind.startswith("CollectiveGather") for kind in kinds)
