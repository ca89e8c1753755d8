"""Trainer: the methods that train, evaluate and predict, as thin as the work behind them allows."""

import tensorflow as tf

from tfk import optimizers
from tfk.engine.layer.tracking import _TrackingMixin, unique, untracked
from tfk.engine.training import evaluate, fit, on_batch, predict, steps
from tfk.engine.training.caches import Caches
from tfk.engine.training.compile_args import check_compile_arguments, scaled_for_float16
from tfk.engine.training.deprecated_methods import _GeneratorMethodsMixin
from tfk.engine.training.dry_run import fit as dry_fit
from tfk.engine.training.loops import traced_steps
from tfk.engine.training.loss_metrics import CompiledLoss, CompiledMetrics
from tfk.engine.training.step_function import StepFunction
from tfk.engine.training.trainable_state import trainable_state
from tfk.engine.training.user_errors import explains_errors
from tfk.utils.autograph import runs_as_written
from tfk.utils.tensorflow_internals import ignored_properties


def _step_function_property(mode):
    """The property `<mode>_function`: kept in the caches; setting it makes the next use trace
    again.
    """

    def get(model):
        return model._caches.functions.get(mode)

    def set(model, function):
        model._caches.forget(mode)
        model._caches.functions[mode] = function

    return property(
        get, set, doc=f"The function made by `make_{mode}_function`, or one assigned by the user."
    )


class Trainer(_GeneratorMethodsMixin):
    """What makes a layer trainable: `compile`, `fit`, `evaluate`, `predict` and the steps behind
    them.

    Training runs in the compiled loop of `engine/training/compiled_loop.py`; this class holds what
    `compile` was given and
    the methods that a subclass may override: `train_step`, `test_step`, `predict_step`,
        `compute_loss`,
    `compute_metrics`, `get_metrics_result` and the `make_*_function` methods.
    """

    _UNTRACKED = frozenset(
        (
            "_caches",
            "_compile_arguments",
            "_counters",
            "_distribution",
            "_is_compiled",
            "_jit_compile",
            "_run_eagerly",
            "_steps_per_execution",
            "_trainable_state",
            "fit_position",
        )
    )

    # What `compile` was given and made of it.
    optimizer: object = None  # an `Optimizer`, or a nest of them
    loss: object = None
    compiled_loss: CompiledLoss | None = None
    compiled_metrics: CompiledMetrics | None = None
    validate_data: bool | str = True
    _compile_arguments: dict | None = None
    _is_compiled: bool = False
    _run_eagerly: bool | None = None
    _jit_compile: bool | None = None
    _steps_per_execution: int | None = None
    _trainable_state: list | None = None  # see `training/trainable_state.py`
    # The run under way, or the last one.
    history: object = None
    fit_position: object = None
    stop_training: bool = False
    _counters: dict | None = None  # see `_step_counters`
    _caches: Caches  # everything traced for the model
    _distribution: tf.distribute.Strategy
    _reduction_method: str = "auto"

    # What tf.Module must not search for modules.
    _TF_MODULE_IGNORED_PROPERTIES = ignored_properties(
        _TrackingMixin,
        "_called_specs",
        "_compile_arguments",
        "_counters",
        "_trainable_state",
        "loss",
    )

    train_function = _step_function_property("train")
    test_function = _step_function_property("test")
    predict_function = _step_function_property("predict")

    def _init_training(self):
        """Sets what training needs before any `__init__` has run."""
        self._distribution = tf.distribute.get_strategy()
        self._caches = Caches()

    # Settings
    # -----------------------------------------------------------------------------------------------------

    @runs_as_written
    @explains_errors
    @untracked
    def compile(
        self,
        optimizer="rmsprop",
        loss=None,
        metrics=None,
        loss_weights=None,
        weighted_metrics=None,
        run_eagerly=None,
        steps_per_execution=None,
        jit_compile=None,
        pss_evaluation_shards=0,
        validate_data=True,
        **kwargs,
    ):
        """Sets how the model is trained.

        Args:
            optimizer: Name or object of an optimizer.
            loss: Name, function or object of a loss, or one for each output in a list or dict; None
                for an output without loss.
            metrics: List of names, functions or objects of metrics, or one such list for each
                output.
            loss_weights: Factors of the losses of several outputs, as a list or dict.
            weighted_metrics: Like `metrics`; these take sample and class weights into account.
            run_eagerly: True runs steps as plain Python, for debugging.
            steps_per_execution: Batches in one graph call. By default as many as the callbacks
                allow; a number fixes how often callbacks are called.
            jit_compile: True or False to use XLA or not; None decides by the operations of the
                model and the length of the run (see `engine/training/xla_rule.py`).
            pss_evaluation_shards: Accepted for ParameterServerStrategy.
            validate_data: True checks the first batch for what Keras 2 would compute nonsense from;
                `"finite"` also refuses inputs that hold NaN or infinity; False checks nothing.
            **kwargs: Arguments of older versions that mean nothing any more.

        Raises: ValueError or TypeError for arguments that make no sense, alone or together.
        """
        check_compile_arguments(
            self,
            optimizer,
            metrics,
            weighted_metrics,
            run_eagerly,
            steps_per_execution,
            jit_compile,
            validate_data,
            kwargs,
        )
        self._compile_arguments = {
            "optimizer": optimizer,
            "loss": loss,
            "metrics": metrics,
            "loss_weights": loss_weights,
            "weighted_metrics": weighted_metrics,
            "run_eagerly": run_eagerly,
            "steps_per_execution": steps_per_execution,
            "jit_compile": jit_compile,
        }
        with self.distribute_strategy.scope():
            self.optimizer = tf.nest.map_structure(
                lambda given: scaled_for_float16(self, optimizers.get(given)), optimizer
            )
            names = self.output_names
            self.compiled_loss = (
                loss
                if isinstance(loss, CompiledLoss)
                else CompiledLoss(loss, loss_weights, names, bool(validate_data))
            )
            self.compiled_metrics = CompiledMetrics(
                metrics,
                weighted_metrics,
                names,
                kwargs.get("from_serialized", False),
                self.compiled_loss,
            )
        # Not a part of the model, unlike a loss with weights that the user assigns to this name.
        self._set_untracked("loss", {} if loss is None else loss)
        self.validate_data = validate_data
        self._run_eagerly, self._jit_compile = run_eagerly, jit_compile
        self._steps_per_execution = None if steps_per_execution == "auto" else steps_per_execution
        self._is_compiled = True
        self._trainable_state = trainable_state(self)
        self._caches.functions.clear()
        self.renew_version()

    @property
    def distribute_strategy(self):
        """The `tf.distribute.Strategy` under which the model was created."""
        return self._distribution

    @property
    def distribute_reduction_method(self):
        """How results of replicas become one; `"auto"`."""
        return self._reduction_method

    @distribute_reduction_method.setter
    def distribute_reduction_method(self, value):
        self._reduction_method = value
        self.renew_version()

    @property
    def run_eagerly(self):
        """Whether steps run as plain Python."""
        if self.dynamic and self._run_eagerly is False:
            raise ValueError(
                f'Model "{self.name}" has layers with dynamic=True, which run eagerly only:'
                " run_eagerly=False cannot be had."
            )
        follows_global = self._run_eagerly is None and tf.config.functions_run_eagerly()
        return bool(self.dynamic or self._run_eagerly or follows_global)

    @run_eagerly.setter
    def run_eagerly(self, value):
        if value != self._run_eagerly:
            self._run_eagerly = value
            self.renew_version()

    @property
    def steps_per_execution(self):
        """Batches in one graph call where that was fixed, else 1."""
        return self._steps_per_execution or 1

    @steps_per_execution.setter
    def steps_per_execution(self, value):
        self._steps_per_execution = value

    @property
    def autotune_steps_per_execution(self):
        """Whether the lengths of graph calls are chosen by the loop."""
        return self._steps_per_execution is None

    @autotune_steps_per_execution.setter
    def autotune_steps_per_execution(self, value):
        self._steps_per_execution = None if value else self.steps_per_execution

    @property
    def jit_compile(self):
        """Whether XLA compiles the steps: True, False, or None for the automatic choice."""
        return self._jit_compile

    @jit_compile.setter
    def jit_compile(self, value):
        if value != self._jit_compile:
            self._jit_compile = value
            self.renew_version()

    @property
    def _step_counters(self):
        """Variables that count the batches of the current run, by mode."""
        if self._counters is None:
            with tf.init_scope(), self.distribute_strategy.scope():
                aggregation = tf.VariableAggregation.ONLY_FIRST_REPLICA
                self._counters = {
                    mode: tf.Variable(0, dtype=tf.int64, trainable=False, aggregation=aggregation)
                    for mode in steps.MODES
                }
        return self._counters

    @property
    def _train_counter(self):
        return self._step_counters["train"]

    @property
    def _test_counter(self):
        return self._step_counters["test"]

    @property
    def _predict_counter(self):
        return self._step_counters["predict"]

    # Metrics
    # ------------------------------------------------------------------------------------------------------

    @property
    def metrics(self):
        """The metrics given to `compile`, once the first batch has been seen, and those that layers
        hold.
        """
        compiled = []
        if self._is_compiled:
            compiled = [*self.compiled_loss.metrics, *self.compiled_metrics.metrics]
        return unique(compiled + super().metrics)

    @property
    def metrics_names(self):
        """Names of `metrics`, in the order of the results of `evaluate`."""
        return [metric.name for metric in self.metrics]

    def reset_metrics(self):
        """Makes all metrics forget what they have seen."""
        for metric in self.metrics:
            metric.reset_state()

    @runs_as_written
    def get_metrics_result(self):
        """Results of all metrics by name; dicts of results are spread out."""
        results = {}
        for metric in self.metrics:
            result = metric.result()
            results.update(result if isinstance(result, dict) else {metric.name: result})
        return results

    # Steps
    # --------------------------------------------------------------------------------------------------------

    @runs_as_written
    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None):
        """The total loss of a batch: compiled losses by output and added losses; None when there
        are none.

        Args:
            x: Inputs; not used here, for overrides.
            y: Targets.
            y_pred: Outputs of the model.
            sample_weight: Weights of the samples.
        """
        return self.compiled_loss(y, y_pred, sample_weight, regularization_losses=self.losses)

    @runs_as_written
    def compute_metrics(self, x, y, y_pred, sample_weight):
        """Updates the compiled metrics with a batch and returns the results of all metrics by
        name.
        """
        self.compiled_metrics.update_state(y, y_pred, sample_weight)
        return self.get_metrics_result()

    @runs_as_written
    def train_step(self, data):
        """One step of training on a batch, for subclasses to override.

        Args:
            data: `x`, `(x,)`, `(x, y)` or `(x, y, sample_weight)`; see
                `utils.unpack_x_y_sample_weight`.

        Returns: Dict from names to values, the logs of the batch.
        """
        _, logs = steps.train_step(self, data, self.compute_metrics)
        return logs

    @runs_as_written
    def test_step(self, data):
        """One step of evaluation on a batch, for subclasses to override; like `train_step`."""
        _, logs = steps.test_step(self, data, self.compute_metrics)
        return logs

    @runs_as_written
    def predict_step(self, data):
        """The outputs for a batch, for subclasses to override."""
        return steps.predict_step(self, data)

    def make_train_function(self, force=False):
        """A function of a `tf.data` iterator that trains on its next batches and returns the logs.

        An override returns a function of its own, which `fit` then calls instead of the compiled
        loop.

        Args:
            force: Trace anew even where a function exists.
        """
        return self._make_function("train", force)

    def make_test_function(self, force=False):
        """Like `make_train_function`, for evaluation."""
        return self._make_function("test", force)

    def make_predict_function(self, force=False):
        """Like `make_train_function`, for prediction; the function returns outputs."""
        return self._make_function("predict", force)

    def _make_function(self, mode, force):
        functions = self._caches.functions
        if force:
            self._caches.forget(mode)
        if force or functions.get(mode) is None:
            functions[mode] = StepFunction(self, mode)
        return functions[mode]

    def traced_steps(self, mode="train"):
        """The concrete functions of one step as they were traced for the compiled loop, for looking
        at their graphs.

        Args:
            mode: `"train"`, `"test"` or `"predict"`.

        Returns: List, empty before the first batch and where steps run eagerly; of `predict`, of
            several batches alone.
        """
        return traced_steps(self, mode)

    # Fitting, evaluating, predicting
    # ------------------------------------------------------------------------------

    @explains_errors
    def fit(
        self,
        x=None,
        y=None,
        batch_size=None,
        epochs=1,
        verbose="auto",
        callbacks=None,
        validation_split=0.0,
        validation_data=None,
        shuffle=True,
        class_weight=None,
        sample_weight=None,
        initial_epoch=0,
        steps_per_epoch=None,
        validation_steps=None,
        validation_batch_size=None,
        validation_freq=1,
        max_queue_size=10,
        workers=1,
        use_multiprocessing=False,
        dry_run=False,
    ):
        """Trains the model for a number of epochs.

        Args:
            x: Inputs: array, tensor, pandas table, list or dict of these; or a `tf.data.Dataset`,
                `utils.Sequence` or generator of batches `(x, y)` or `(x, y, sample_weight)`.
            y: Targets, like `x`; not with datasets, Sequences and generators.
            batch_size: Samples in a batch, 32 by default; not with datasets, Sequences and
                generators.
            epochs: Number of the epoch to stop at, counted from 0 (not from `initial_epoch`).
            verbose: 0 silent, 1 progress bar, 2 one line an epoch, `"auto"` for 1.
            callbacks: List of callbacks.
            validation_split: Share of the arrays, their last rows, to validate on instead of
                training.
            validation_data: `(x, y)`, `(x, y, sample_weight)` or a dataset to validate on after
                epochs.
            shuffle: Whether each epoch takes arrays (or a Sequence) in a new order; `"batch"` mixes
                whole batches and the rows inside each.
            class_weight: Dict from class id to weight, or a dict of them by output.
            sample_weight: Weights of the samples, shape `(samples,)`, or `(samples, steps)` by time
                step.
            initial_epoch: Number of the first epoch.
            steps_per_epoch: Batches in an epoch; needed for inputs without end, -1 for an epoch
                without end.
            validation_steps: Batches of a validation pass.
            validation_batch_size: Samples in a validation batch, `batch_size` by default.
            validation_freq: Validate every so many epochs, or a list of numbers of epochs (from 1)
                to validate after.
            max_queue_size: Batches that workers may have ready.
            workers: Threads or processes that compute batches of a Sequence or generator; 0 for
                none.
            use_multiprocessing: Whether workers are processes.
            dry_run: Runs one batch of training and of validation with all callbacks, tries whether
                checkpoints can be saved, and leaves everything as it was; a generator loses the
                batch.

        Returns: The `History`; its `history` maps names to lists with a value for each epoch.
        Raises: RuntimeError before `compile`; ValueError or TypeError for unsuitable data, telling
            what is wrong.
        """
        arguments = {
            name: value for name, value in locals().items() if name not in ("self", "__class__")
        }
        return (dry_fit if arguments.pop("dry_run") else fit.fit)(self, **arguments)

    @explains_errors
    def evaluate(
        self,
        x=None,
        y=None,
        batch_size=None,
        verbose="auto",
        sample_weight=None,
        steps=None,
        callbacks=None,
        max_queue_size=10,
        workers=1,
        use_multiprocessing=False,
        return_dict=False,
        **kwargs,
    ):
        """Computes the loss and the metrics on data.

        Args:
            x, y, batch_size, verbose, sample_weight, callbacks, max_queue_size, workers,
            use_multiprocessing: As of `fit`.
            steps: Batches to evaluate, by default all.
            return_dict: Whether to return a dict instead of a list.

        Returns: The loss, or a list of it and the metrics in the order of `metrics_names`, or a
            dict.
        """
        if kwargs:
            raise TypeError(f"evaluate: unknown arguments {sorted(kwargs)}.")
        return evaluate.evaluate(
            self, x, y, batch_size, verbose, sample_weight, steps, callbacks, max_queue_size, workers, use_multiprocessing,
            return_dict,
        )  # fmt: skip

    @explains_errors
    def predict(
        self,
        x,
        batch_size=None,
        verbose="auto",
        steps=None,
        callbacks=None,
        max_queue_size=10,
        workers=1,
        use_multiprocessing=False,
    ):
        """Computes the outputs for inputs.

        Args:
            x, batch_size, callbacks, max_queue_size, workers, use_multiprocessing: As of `fit`.
            verbose: As of `fit`; `"auto"` shows nothing for a single batch.
            steps: Batches to predict, by default all.

        Returns: NumPy array, or a nest of them in the structure of the outputs.
        """
        return predict.predict(
            self,
            x,
            batch_size,
            verbose,
            steps,
            callbacks,
            max_queue_size,
            workers,
            use_multiprocessing,
        )

    @explains_errors
    def train_on_batch(
        self,
        x,
        y=None,
        sample_weight=None,
        class_weight=None,
        reset_metrics=True,
        return_dict=False,
    ):
        """One step of training on a batch.

        Args:
            x, y, sample_weight, class_weight: As of `fit`.
            reset_metrics: Whether the results are of this batch alone, not of all batches since the
                last reset.
            return_dict: Whether to return a dict instead of a list.

        Returns: The loss, or a list of it and the metrics, or a dict.
        """
        return on_batch.train_on_batch(
            self, x, y, sample_weight, class_weight, reset_metrics, return_dict
        )

    @explains_errors
    def test_on_batch(self, x, y=None, sample_weight=None, reset_metrics=True, return_dict=False):
        """Evaluates one batch; arguments and result as of `train_on_batch`."""
        return on_batch.test_on_batch(self, x, y, sample_weight, reset_metrics, return_dict)

    @explains_errors
    def predict_on_batch(self, x):
        """Outputs for one batch, as NumPy arrays."""
        return on_batch.predict_on_batch(self, x)
