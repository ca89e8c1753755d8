"""`fit`: epochs of training and validation, with callbacks."""

import dataclasses
import warnings
import weakref

import tensorflow as tf

from tfk.callbacks.callback_list import CallbackList
from tfk.callbacks.rehearsal import Rehearsal
from tfk.engine.data.adapter import make_source
from tfk.engine.data.splitting import split_arrays
from tfk.engine.training.data_checks import check_data, check_targets_given, known_targets
from tfk.engine.training.epoch_runner import Run, all_stop
from tfk.engine.training.evaluate import Validation, validation_schedule
from tfk.engine.training.first_batch import prepare
from tfk.engine.training.logs import final_logs
from tfk.engine.training.loops import loop_for, present_loop
from tfk.engine.training.preconditions import (
    as_compiled,
    check_compiled,
    refuse_foreign_scope,
    refuse_in_graph,
    strategy_scope,
    verbosity,
)
from tfk.utils.checks import check_int
from tfk.utils.hints import hints_shown
from tfk.utils.packing import unpack_x_y_sample_weight
from tfk.utils.random import draw_seed
from tfk.utils.workers import least


@dataclasses.dataclass(frozen=True)
class FitArguments:
    """The arguments of `Trainer.fit`, which describes them."""

    x: object
    y: object
    batch_size: int | None
    epochs: int
    verbose: int | str
    callbacks: object
    validation_split: float
    validation_data: object
    shuffle: bool | str
    class_weight: dict | None
    sample_weight: object
    initial_epoch: int
    steps_per_epoch: int | None
    validation_steps: int | None
    validation_batch_size: int | None
    validation_freq: object
    max_queue_size: int
    workers: int
    use_multiprocessing: bool


def fit(model, given):
    """Train `model` as `given`, a `FitArguments`, says; return the `History`."""
    check_compiled(model)
    refuse_in_graph(model, "fit")
    refuse_foreign_scope(model, "fit")
    epochs = check_int("fit", "epochs", given.epochs, minimum=1)
    initial_epoch = check_int("fit", "initial_epoch", given.initial_epoch, minimum=0)
    due = validation_schedule(given.validation_freq)
    verbose = verbosity(given.verbose, model.distribute_strategy)
    data, validation_data = (given.x, given.y, given.sample_weight), given.validation_data
    if given.validation_split and validation_data is None:
        data, validation_data = split_arrays(data, given.validation_split)
    threads = {
        "workers": given.workers,
        "use_multiprocessing": given.use_multiprocessing,
        "max_queue_size": given.max_queue_size,
    }
    with strategy_scope(model), as_compiled(model), hints_shown(verbose != 0):
        source = make_source(
            *data,
            batch_size=given.batch_size,
            steps=given.steps_per_epoch,
            epochs=max(epochs - initial_epoch, 1),
            shuffle=given.shuffle,
            class_weight=given.class_weight,
            output_names=model.output_names,
            losses=model.loss,
            **threads,
        )
        validation = None
        if validation_data is not None:
            validation = Validation(
                unpack_x_y_sample_weight(validation_data),
                due,
                batch_size=given.validation_batch_size or given.batch_size,
                steps=given.validation_steps,
                owner="fit(validation_data=...)",
                **threads,
            )
        callbacks = CallbackList.for_run(given.callbacks, model, verbose, epochs, source.steps)
        try:
            prepare(model, "train", source.spec, everything=callbacks.needs_all_variables)
            check_data(model, "train", source, "fit")
            if validation is not None:  # now, not after an epoch
                check_targets_given(model, known_targets(*validation.data[:2]))
            run_epochs(model, source, callbacks, initial_epoch, epochs, validation)
        except BaseException as error:
            callbacks.on_train_abort(error)
            raise
        finally:
            source.close()
            if validation is not None:
                validation.close()
    return model.history


def dry_fit(model, given):
    """As `fit`, but run one batch of training and of validation, restore the model, and return
    their `History`.
    """
    callbacks = given.callbacks
    if isinstance(callbacks, CallbackList):
        callbacks = callbacks.callbacks
    one_batch = dataclasses.replace(
        given,
        callbacks=Rehearsal(tf.nest.flatten(callbacks or [])).taking_part,
        epochs=given.initial_epoch + 1,
        validation_steps=1,
        validation_freq=1,
    )
    before = model.history
    try:
        return fit(model, one_batch)
    finally:
        model.history = before


def run_epochs(model, source, callbacks, initial_epoch, epochs, validation=None):
    """Train from `initial_epoch`, or from where a callback resumes, up to `epochs`."""
    model.stop_training = False
    model._train_counter.assign(0)
    seed = least(model.distribute_strategy, draw_seed())
    position = model.fit_position = FitPosition(initial_epoch, 0, seed, source)
    callbacks.on_train_begin()
    _check_same_position(model, position)
    source.wind(position.epoch - initial_epoch)
    if validation is not None:
        validation.wind(range(initial_epoch, position.epoch))
    steps = (source.steps or 0) * (epochs - initial_epoch)
    loop = loop_for(model, "train", source, steps, watch_loss=callbacks.stops_at_bad_loss)
    batches = Run(model, source, loop, callbacks, model._steps_per_execution)
    results = None

    def note(step, logs):
        position.step = step

    for epoch in range(position.epoch, epochs):
        first = position.step
        if not first:
            model.reset_metrics()
        callbacks.on_epoch_begin(epoch)
        loop = batches.loop = present_loop(model, loop, source, steps, callbacks.stops_at_bad_loss)
        source.start(epoch, first, position.shuffle_seed)
        step, logs = batches.epoch(first, note)
        if step == 0:
            if epoch == initial_epoch:
                raise ValueError(
                    f'Model "{model.name}": fit got no batch: the input is empty or used up.'
                )
            _warn_out_of_data(source, epochs - initial_epoch)
            break
        # Before `end_epoch`: a Sequence may have another length from now on.
        ended_early = source.steps is not None and step < source.steps
        source.end_epoch()
        if hasattr(model.optimizer, "apply_accumulated_gradients"):
            model.optimizer.apply_accumulated_gradients()
        results = final_logs(model, loop, logs)
        if validation is not None and validation.due(epoch):
            results = {**results, **validation.run(model, callbacks)}
        position.epoch, position.step = epoch + 1, 0
        callbacks.on_epoch_end(epoch, results)
        if all_stop(model):
            break
        if ended_early:
            _warn_out_of_data(source, epochs - initial_epoch)
            break
    if hasattr(model.optimizer, "finalize_variable_values"):
        model.optimizer.finalize_variable_values(model.trainable_variables)
    callbacks.on_train_end(results)


def _check_same_position(model, position):
    """Raise RuntimeError if workers would resume at different positions and wait for each other
    forever.
    """
    for name in ("epoch", "step"):
        here, numbers = getattr(position, name), []
        for sign in (1, -1):
            numbers.append(sign * least(model.distribute_strategy, sign * here))
        if numbers[0] != numbers[1]:
            raise RuntimeError(
                f'Model "{model.name}": the workers would resume from different positions: {name}'
                f" {numbers[0]} to {numbers[1]}, {here} on this one. Their backups were taken at"
                " different times; remove them, or copy the oldest to all workers."
            )


def _warn_out_of_data(source, epochs):
    warnings.warn(
        "Your input ran out of data; interrupting training. It was expected to yield"
        f" {source.steps} batches in each of {epochs} epochs. Use repeat() when building a dataset,"
        " or pass fewer steps."
    )


class FitPosition:
    """The next batch that `fit` will run, as `model.fit_position`.

    A callback may set the fields in `on_train_begin` to resume training there: the order of the
    rows is determined by `shuffle_seed` and the epoch, and metrics keep their state if `step` is
    not 0.

    Attributes:
        epoch: Index of the epoch, from 0.
        step: Number of batches of this epoch that are done.
        shuffle_seed: Seed of the order of the rows.
        resumable: Whether the data can be resumed in the middle of an epoch.
    """

    __slots__ = ("epoch", "step", "shuffle_seed", "resumable", "_source")

    def __init__(self, epoch, step, shuffle_seed, source):
        self.epoch, self.step, self.shuffle_seed = epoch, step, shuffle_seed
        self.resumable = source.resumes
        self._source = weakref.ref(source)  # the model keeps this object, not the data

    def last_batches(self):
        """Return the last two batches as the step received them, as far as they are available."""
        source = self._source()
        return [] if source is None else source.last_batches()

    def __repr__(self):
        return (
            f"FitPosition(epoch={self.epoch}, step={self.step}, shuffle_seed={self.shuffle_seed})"
        )
