"""`evaluate`, and the validation passes of `fit`."""

import warnings

import tensorflow as tf

from tfk.callbacks.callback_list import CallbackList
from tfk.engine.data.adapter import make_source
from tfk.engine.training.data_checks import check_data
from tfk.engine.training.epoch_runner import Run
from tfk.engine.training.first_batch import prepare
from tfk.engine.training.logs import final_logs
from tfk.engine.training.loops import loop_for, present_loop
from tfk.engine.training.preconditions import (
    check_compiled,
    refuse_in_graph,
    strategy_scope,
    verbosity,
)
from tfk.utils.checks import is_integer
from tfk.utils.hints import hints_shown


def evaluate(model, data, verbose, callbacks, **settings):
    """Return the logs of `Trainer.evaluate` on the triple `(x, y, sample_weight)`.

    Args:
        model: The model.
        data: The triple.
        verbose, callbacks: As of `Trainer.evaluate`.
        **settings: What `make_source` takes besides.
    """
    check_compiled(model)
    refuse_in_graph(model, "evaluate")
    _warn_unused_weights(model, data[0], data[2])
    with strategy_scope(model), hints_shown(verbose != 0):
        source = make_source(*data, owner="evaluate", **settings)
        try:
            shown = verbosity(verbose, model.distribute_strategy)
            callbacks = CallbackList.for_run(callbacks, model, shown, epochs=1, steps=source.steps)
            logs = Evaluation(model, source, callbacks).run()
            if not logs:
                raise ValueError(
                    f'Model "{model.name}": evaluate got no batch: the input is empty or used up.'
                )
            return logs
        finally:
            source.close()


class Evaluation:
    """Passes over one source of evaluation data; reusable state is kept between passes.

    Args:
        model: A compiled model.
        source: The data.
        callbacks: A `CallbackList`.
    """

    def __init__(self, model, source, callbacks):
        self.model, self.source, self.callbacks = model, source, callbacks
        prepare(model, "test", source.spec)
        check_data(model, "test", source, "evaluate")
        self.loop = loop_for(model, "test", source)
        self.batches = Run(model, source, self.loop, callbacks, model._steps_per_execution)

    def run(self):
        """Run one pass; return the logs as numbers, an empty dict if there was no batch."""
        model = self.model
        model._test_counter.assign(0)
        self.callbacks.on_test_begin()
        model.reset_metrics()
        self.source.rewind()
        self.loop = self.batches.loop = present_loop(model, self.loop, self.source)
        self.source.start(0)
        _, logs = self.batches.epoch()
        self.source.end_epoch()
        logs = {} if logs is None else final_logs(model, self.loop, logs)
        self.callbacks.on_test_end(logs)
        return logs


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


def _warn_unused_weights(model, x, sample_weight):
    spec = x.element_spec if isinstance(x, tf.data.Dataset) else ()
    weighted = sample_weight is not None or (isinstance(spec, tuple) and len(spec) == 3)
    if weighted and model.compiled_metrics.user_weighted_metrics is None:
        warnings.warn(
            "evaluate got sample weights, but the model was compiled without weighted_metrics: they"
            " only affect the loss. Pass weighted_metrics=[...] to compile, or [] if this is"
            " intended."
        )
