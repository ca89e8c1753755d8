"""`fit`: epochs of training and validation, with callbacks."""

import dataclasses
import warnings

from tfk.callbacks.callback_list import CallbackList
from tfk.engine.data.adapter import make_source
from tfk.engine.data.splitting import split_arrays
from tfk.engine.training.data_checks import (
    check_data,
    check_targets_given,
    known_targets,
)
from tfk.engine.training.epoch_runner import Run, all_stop
from tfk.engine.training.evaluate import Evaluation
from tfk.engine.training.first_batch import prepare
from tfk.engine.training.fit_position import FitPosition
from tfk.engine.training.logs import final_logs
from tfk.engine.training.loops import loop_for, present_loop
from tfk.engine.training.preconditions import check_compiled, refuse_in_graph, verbosity
from tfk.engine.training.strategy_scope import strategy_scope
from tfk.engine.training.trainable_state import as_compiled
from tfk.utils.checks import check_int, is_integer
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
    """Trains `model` as `given`, a `FitArguments`, says; returns the `History`."""
    check_compiled(model)
    refuse_in_graph(model, "fit")
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


class Validation:
    """The validation passes of one `fit`; the data are opened when the first pass is due.

    Args:
        data: The triple `(x, y, sample_weight)`.
        due: Callable `epoch -> bool`: whether to validate after that epoch.
        **settings: Arguments of `make_source`.
    """

    def __init__(self, data, due, **settings):
        self.data, self.due, self.settings = data, due, settings
        self.source = self.evaluation = None
        self.passed = 0  # passes that ran in another process

    def wind(self, epochs):
        """Skip the passes that followed `epochs`."""
        self.passed = sum(map(self.due, epochs))

    def run(self, model, callbacks):
        """Run one pass; return its logs with the prefix `val_`."""
        if self.evaluation is None:
            self.source = make_source(*self.data, **self.settings)
            self.source.wind(self.passed)
            self.evaluation = Evaluation(model, self.source, callbacks)
        logs = self.evaluation.run()
        if not logs:
            warnings.warn(
                f'Model "{model.name}": validation_data gave no batch: it is empty or used up. This'
                " epoch has no validation results. Give data that can be read again, such as a"
                " keras.utils.Sequence or a tf.data.Dataset."
            )
        return {f"val_{name}": value for name, value in logs.items()}

    def close(self):
        """Release the data."""
        if self.source is not None:
            self.source.close()


def validation_schedule(frequency):
    """Return a callable `epoch -> bool`: whether to validate after an epoch, counted from 0.

    >>> [validation_schedule(2)(epoch) for epoch in range(4)]
    [False, True, False, True]
    """
    if is_integer(frequency) and frequency > 0:
        return lambda epoch: (epoch + 1) % frequency == 0
    if isinstance(frequency, (list, tuple, set, range)):
        return lambda epoch: epoch + 1 in frequency
    raise ValueError(
        "fit: expected validation_freq to be a positive integer or a list of epochs, got"
        f" {frequency!r}."
    )


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
        f"Your input ran out of data; interrupting training. It was expected to yield"
        f" {source.steps} batches in each of {epochs} epochs. Use repeat() when building a dataset, or pass fewer"
        " steps."
    )
