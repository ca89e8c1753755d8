"""Trainer: the public methods that train, evaluate and predict."""

from typing import TYPE_CHECKING, Any

import tensorflow as tf

from tfk import optimizers
from tfk.engine.layer.tracking import _TrackingMixin, unique, untracked
from tfk.engine.training import evaluate, fit, on_batch, predict, steps
from tfk.engine.training.caches import Caches
from tfk.engine.training.compile_args import check_compile_arguments, scaled_for_float16
from tfk.engine.training.deprecated_methods import _GeneratorMethodsMixin
from tfk.engine.training.logs import in_order
from tfk.engine.training.loops import StepFunction, traced_steps
from tfk.engine.training.loss_metrics import CompiledLoss, CompiledMetrics
from tfk.engine.training.preconditions import trainable_state
from tfk.engine.training.user_errors import explains_errors
from tfk.typing import Ints, TensorLike
from tfk.utils.autograph import runs_as_written
from tfk.utils.replicas import REDUCTIONS
from tfk.utils.tensorflow_internals import ignored_properties

if TYPE_CHECKING:
    from tfk.callbacks.history import History


def _step_function_property(mode):
    """Return the property `<mode>_function`, stored in the caches; setting it causes retracing."""

    def get(model):
        return model._caches.functions.get(mode)

    def set(model, function):
        model._caches.forget(mode)
        model._caches.functions[mode] = function

    return property(
        get, set, doc=f"The function made by `make_{mode}_function`, or one assigned by the user."
    )


class Trainer(_GeneratorMethodsMixin):
    """Mixin that makes a layer trainable: `compile`, `fit`, `evaluate`, `predict` and their steps.

    Training runs in the compiled loop of `engine/training/compiled_loop.py`; this class holds the
    arguments of `compile` and the methods that a subclass may override: `train_step`, `test_step`,
    `predict_step`, `compute_loss`, `compute_metrics`, `get_metrics_result` and the
    `make_*_function` methods.
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

    # Arguments of `compile` and objects derived from them.
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
    _trainable_state: list | None = None  # see `training/preconditions.py`
    # The current run, or the last one.
    history: object = None
    fit_position: object = None
    stop_training: bool = False
    _counters: dict | None = None  # see `_step_counters`
    _caches: Caches  # everything traced for the model
    _distribution: tf.distribute.Strategy
    _reduction_method: str = "auto"

    # Attributes that tf.Module must not search for modules.
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
        """Set the attributes for training before any `__init__` has run."""
        self._distribution = tf.distribute.get_strategy()
        self._caches = Caches()

    # Settings
    # ----------------------------------------------------------------------------------------------

    @runs_as_written
    @explains_errors
    @untracked
    def compile(
        self,
        optimizer: Any = "rmsprop",
        loss: Any = None,
        metrics: Any = None,
        loss_weights: Any = None,
        weighted_metrics: Any = None,
        run_eagerly: bool | None = None,
        steps_per_execution: int | None = None,
        jit_compile: bool | None = None,
        pss_evaluation_shards: int = 0,
        validate_data: bool | str = True,
        **kwargs,
    ) -> None:
        """Configure the model for training.

        Args:
            optimizer: Name or object of an optimizer. Defaults to `"rmsprop"`.
            loss: Name, function or object of a loss, or one per output in a list or dict; None for
                outputs without loss. Defaults to None.
            metrics: List of names, functions or objects of metrics, or one such list per output.
                Defaults to None.
            loss_weights: Weights of the losses of several outputs, as a list or dict. Defaults to
                None.
            weighted_metrics: Metrics that take sample and class weights into account, specified
                like `metrics`. Defaults to None.
            run_eagerly: Whether to run steps as plain Python, for debugging. Defaults to None.
            steps_per_execution: Batches per graph call. None runs as many as the callbacks allow; a
                number fixes how often callbacks are called. Defaults to None.
            jit_compile: Whether to use XLA; None decides by the operations of the model and the
                length of the run (see `engine/training/xla_rule.py`). Defaults to None.
            pss_evaluation_shards: Accepted for ParameterServerStrategy. Defaults to 0.
            validate_data: Whether to check the first batch for mistakes that Keras 2 ignores;
                `"finite"` also rejects inputs with NaN or infinity. Defaults to True.
            **kwargs: Arguments of older versions without effect.

        Raises: ValueError or TypeError if arguments are invalid or incompatible.
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
        # Not a part of the model, unlike a custom loss with weights assigned to this name.
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
        """How values that a custom `train_step` or `test_step` returns are combined over replicas.

        `"sum"` and `"auto"` add them, `"first"` takes those of the first replica, `"concat"`
        concatenates them. Results of metrics already count all replicas.
        """
        return self._reduction_method

    @distribute_reduction_method.setter
    def distribute_reduction_method(self, value):
        if value not in (None, *REDUCTIONS):
            raise ValueError(
                f"distribute_reduction_method: expected one of {list(REDUCTIONS)}, got {value!r}."
            )
        self._reduction_method = value or "auto"
        self.renew_version()

    @property
    def run_eagerly(self):
        """Whether steps run as plain Python."""
        if self.dynamic and self._run_eagerly is False:
            raise ValueError(
                f'Model "{self.name}" has layers with dynamic=True, which cannot run as graphs;'
                " run_eagerly=False is not allowed."
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
        """Batches per graph call if fixed, else 1."""
        return self._steps_per_execution or 1

    @steps_per_execution.setter
    def steps_per_execution(self, value):
        self._steps_per_execution = value

    @property
    def autotune_steps_per_execution(self):
        """Whether the loop chooses the number of batches per graph call."""
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
    # ----------------------------------------------------------------------------------------------

    @property
    def metrics(self):
        """The metrics passed to `compile`, once the first batch has been seen, and those of
        layers.
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
        """Reset the state of all metrics."""
        for metric in self.metrics:
            metric.reset_state()

    @runs_as_written
    def get_metrics_result(self):
        """Return the results of all metrics by name; dicts of results are merged."""
        results = {}
        for metric in self.metrics:
            result = metric.result()
            results.update(result if isinstance(result, dict) else {metric.name: result})
        return results

    # Steps
    # ----------------------------------------------------------------------------------------------

    @runs_as_written
    def compute_loss(
        self,
        x: TensorLike = None,
        y: TensorLike = None,
        y_pred: TensorLike = None,
        sample_weight: TensorLike = None,
    ):
        """Return the total loss of a batch: compiled losses by output and added losses; None if
            there are none.

        Args:
            x: Inputs; unused here, for overrides. Defaults to None.
            y: Targets. Defaults to None.
            y_pred: Outputs of the model. Defaults to None.
            sample_weight: Sample weights. Defaults to None.
        """
        return self.compiled_loss(y, y_pred, sample_weight, regularization_losses=self.losses)

    @runs_as_written
    def compute_metrics(
        self, x: TensorLike, y: TensorLike, y_pred: TensorLike, sample_weight: TensorLike
    ):
        """Update the compiled metrics with a batch and return the results of all metrics by name.

        Args:
            x: Inputs; unused here, for overrides.
            y: Targets.
            y_pred: Outputs of the model.
            sample_weight: Sample weights.
        """
        self.compiled_metrics.update_state(y, y_pred, sample_weight)
        return self.get_metrics_result()

    @runs_as_written
    def train_step(self, data):
        """Train on one batch; may be overridden.

        Args:
            data: `x`, `(x,)`, `(x, y)` or `(x, y, sample_weight)`; see
                `utils.unpack_x_y_sample_weight`.

        Returns: Dict from names to values, the logs of the batch.
        """
        _, logs = steps.train_step(self, data, self.compute_metrics)
        return logs

    @runs_as_written
    def test_step(self, data):
        """Evaluate one batch; may be overridden, like `train_step`."""
        _, logs = steps.test_step(self, data, self.compute_metrics)
        return logs

    @runs_as_written
    def predict_step(self, data):
        """Return the outputs for a batch; may be overridden."""
        return steps.predict_step(self, data)

    def make_train_function(self, force: bool = False):
        """Return a function of a `tf.data` iterator that trains on its next batches and returns the
        logs.

        If overridden, `fit` calls the returned function instead of the compiled loop.

        Args:
            force: Whether to retrace even if a function exists. Defaults to False.
        """
        return self._make_function("train", force)

    def make_test_function(self, force: bool = False):
        """Return a function like that of `make_train_function`, for evaluation."""
        return self._make_function("test", force)

    def make_predict_function(self, force: bool = False):
        """Return a function like that of `make_train_function`, for prediction; it returns
        outputs.
        """
        return self._make_function("predict", force)

    def _make_function(self, mode, force):
        functions = self._caches.functions
        if force:
            self._caches.forget(mode)
        if force or functions.get(mode) is None:
            functions[mode] = StepFunction(self, mode)
        return functions[mode]

    def traced_steps(self, mode: str = "train"):
        """Return the concrete functions of one step traced for the compiled loop, to inspect their
        graphs.

        Args:
            mode: `"train"`, `"test"` or `"predict"`. Defaults to `"train"`.

        Returns: List, empty before the first batch and in eager mode. For `predict`, only
            multi-batch calls are included.
        """
        return traced_steps(self, mode)

    # Fitting, evaluating, predicting
    # ------------------------------------------------------------------------------

    @runs_as_written
    @explains_errors
    def fit(
        self,
        x: TensorLike = None,
        y: TensorLike = None,
        batch_size: int | None = None,
        epochs: int = 1,
        verbose: int | str = "auto",
        callbacks: Any = None,
        validation_split: float = 0.0,
        validation_data: Any = None,
        shuffle: bool | str = True,
        class_weight: dict | None = None,
        sample_weight: TensorLike = None,
        initial_epoch: int = 0,
        steps_per_epoch: int | None = None,
        validation_steps: int | None = None,
        validation_batch_size: int | None = None,
        validation_freq: Ints = 1,
        max_queue_size: int = 10,
        workers: int = 1,
        use_multiprocessing: bool = False,
        dry_run: bool = False,
    ) -> "History":
        """Train the model for a number of epochs.

        Args:
            x: Inputs: array, tensor, pandas table, list or dict of these; or a `tf.data.Dataset`,
                `utils.Sequence` or generator of batches `(x, y)` or `(x, y, sample_weight)`.
                Defaults to None.
            y: Targets, like `x`; not with datasets, Sequences and generators. Defaults to None.
            batch_size: Samples per batch; None means 32. Not with datasets, Sequences and
                generators. Defaults to None.
            epochs: Index of the epoch to stop at, counted from 0 (not from `initial_epoch`).
                Defaults to 1.
            verbose: 0 for silent, 1 for a progress bar, 2 for one line per epoch, `"auto"` for 1.
                Defaults to `"auto"`.
            callbacks: List of callbacks. Defaults to None.
            validation_split: Fraction of the arrays, taken from the end, to validate on instead of
                training; in [0, 1). Defaults to 0.0.
            validation_data: `(x, y)`, `(x, y, sample_weight)` or a dataset to validate on after
                epochs. Defaults to None.
            shuffle: Whether to shuffle arrays (or a Sequence) in each epoch; `"batch"` shuffles
                whole batches and the rows inside each. Defaults to True.
            class_weight: Dict from class id to weight, or a dict of such dicts by output. Defaults
                to None.
            sample_weight: Sample weights of shape `(samples,)`, or `(samples, steps)` by time step.
                Defaults to None.
            initial_epoch: Index of the first epoch. Defaults to 0.
            steps_per_epoch: Batches per epoch; required for infinite inputs, -1 for an infinite
                epoch. Defaults to None.
            validation_steps: Batches per validation pass; None for all. Defaults to None.
            validation_batch_size: Samples per validation batch; None uses `batch_size`. Defaults to
                None.
            validation_freq: Number of epochs between validation passes, or a list of epochs (from
                1) to validate after. Defaults to 1.
            max_queue_size: Maximum number of batches queued by workers. Defaults to 10.
            workers: Threads or processes that compute batches of a Sequence or generator; 0 for
                none. Defaults to 1.
            use_multiprocessing: Whether workers are processes. Defaults to False.
            dry_run: Whether to run only one batch of training and of validation with all callbacks,
                check that checkpoints can be saved, and restore everything; a generator loses the
                batch. Defaults to False.

        Returns: The `History`; its `history` maps names to lists with one value per epoch.
        Raises: RuntimeError before `compile`; ValueError or TypeError for unsuitable data.
        """
        given = fit.FitArguments(
            x=x,
            y=y,
            batch_size=batch_size,
            epochs=epochs,
            verbose=verbose,
            callbacks=callbacks,
            validation_split=validation_split,
            validation_data=validation_data,
            shuffle=shuffle,
            class_weight=class_weight,
            sample_weight=sample_weight,
            initial_epoch=initial_epoch,
            steps_per_epoch=steps_per_epoch,
            validation_steps=validation_steps,
            validation_batch_size=validation_batch_size,
            validation_freq=validation_freq,
            max_queue_size=max_queue_size,
            workers=workers,
            use_multiprocessing=use_multiprocessing,
        )
        return (fit.dry_fit if dry_run else fit.fit)(self, given)

    @runs_as_written
    @explains_errors
    def evaluate(
        self,
        x: TensorLike = None,
        y: TensorLike = None,
        batch_size: int | None = None,
        verbose: int | str = "auto",
        sample_weight: TensorLike = None,
        steps: int | None = None,
        callbacks: Any = None,
        max_queue_size: int = 10,
        workers: int = 1,
        use_multiprocessing: bool = False,
        return_dict: bool = False,
        **kwargs,
    ):
        """Compute the loss and the metrics on data.

        Args:
            x: Inputs: array, tensor, pandas table, list or dict of these; or a `tf.data.Dataset`,
                `utils.Sequence` or generator of batches. Defaults to None.
            y: Targets, like `x`; not with datasets, Sequences and generators. Defaults to None.
            batch_size: Samples per batch; None means 32. Defaults to None.
            verbose: 0 for silent, 1 for a progress bar, 2 for a single line, `"auto"` for 1.
                Defaults to `"auto"`.
            sample_weight: Sample weights of shape `(samples,)`, or `(samples, steps)` by time step.
                Defaults to None.
            steps: Number of batches to evaluate; None for all. Defaults to None.
            callbacks: List of callbacks. Defaults to None.
            max_queue_size: Maximum number of batches queued by workers. Defaults to 10.
            workers: Threads or processes that compute batches of a Sequence or generator; 0 for
                none. Defaults to 1.
            use_multiprocessing: Whether workers are processes. Defaults to False.
            return_dict: Whether to return a dict instead of a list. Defaults to False.

        Returns: The loss, or a list of it and the metrics in the order of `metrics_names`, or a
            dict.
        Raises: RuntimeError before `compile`; ValueError or TypeError for unsuitable data.
        """
        if kwargs:
            raise TypeError(f"evaluate: unknown arguments {sorted(kwargs)}.")
        logs = evaluate.evaluate(
            self,
            (x, y, sample_weight),
            verbose,
            callbacks,
            batch_size=batch_size,
            steps=steps,
            max_queue_size=max_queue_size,
            workers=workers,
            use_multiprocessing=use_multiprocessing,
        )
        return logs if return_dict else in_order(logs, self.metrics_names)

    @runs_as_written
    @explains_errors
    def predict(
        self,
        x: TensorLike,
        batch_size: int | None = None,
        verbose: int | str = "auto",
        steps: int | None = None,
        callbacks: Any = None,
        max_queue_size: int = 10,
        workers: int = 1,
        use_multiprocessing: bool = False,
    ):
        """Compute the outputs for inputs.

        Args:
            x: Inputs: array, tensor, pandas table, list or dict of these; or a `tf.data.Dataset`,
                `utils.Sequence` or generator of batches.
            batch_size: Samples per batch; None means 32. Defaults to None.
            verbose: 0 for silent, 1 for a progress bar, 2 for a single line, `"auto"` for 1 except
                for a single batch. Defaults to `"auto"`.
            steps: Number of batches to predict; None for all. Defaults to None.
            callbacks: List of callbacks. Defaults to None.
            max_queue_size: Maximum number of batches queued by workers. Defaults to 10.
            workers: Threads or processes that compute batches of a Sequence or generator; 0 for
                none. Defaults to 1.
            use_multiprocessing: Whether workers are processes. Defaults to False.

        Returns: NumPy array, or a nest of arrays in the structure of the outputs.
        Raises: ValueError or TypeError for unsuitable data.
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

    @runs_as_written
    @explains_errors
    def train_on_batch(
        self,
        x: TensorLike,
        y: TensorLike = None,
        sample_weight: TensorLike = None,
        class_weight: dict | None = None,
        reset_metrics: bool = True,
        return_dict: bool = False,
    ):
        """Train on one batch.

        Args:
            x: Inputs: array, tensor, or a list or dict of these.
            y: Targets, like `x`. Defaults to None.
            sample_weight: Sample weights of shape `(samples,)`, or `(samples, steps)` by time step.
                Defaults to None.
            class_weight: Dict from class id to weight, or a dict of such dicts by output. Defaults
                to None.
            reset_metrics: Whether the results only cover this batch, rather than all batches since
                the last reset. Defaults to True.
            return_dict: Whether to return a dict instead of a list. Defaults to False.

        Returns: The loss, or a list of it and the metrics, or a dict.
        """
        return on_batch.train_on_batch(
            self, x, y, sample_weight, class_weight, reset_metrics, return_dict
        )

    @runs_as_written
    @explains_errors
    def test_on_batch(
        self,
        x: TensorLike,
        y: TensorLike = None,
        sample_weight: TensorLike = None,
        reset_metrics: bool = True,
        return_dict: bool = False,
    ):
        """Evaluate one batch.

        Args:
            x: Inputs: array, tensor, or a list or dict of these.
            y: Targets, like `x`. Defaults to None.
            sample_weight: Sample weights of shape `(samples,)`, or `(samples, steps)` by time step.
                Defaults to None.
            reset_metrics: Whether the results only cover this batch, rather than all batches since
                the last reset. Defaults to True.
            return_dict: Whether to return a dict instead of a list. Defaults to False.

        Returns: The loss, or a list of it and the metrics, or a dict.
        """
        return on_batch.test_on_batch(self, x, y, sample_weight, reset_metrics, return_dict)

    @runs_as_written
    @explains_errors
    def predict_on_batch(self, x: TensorLike):
        """Return the outputs for one batch, as NumPy arrays.

        Args:
            x: Inputs: array, tensor, or a list or dict of these.
        """
        return on_batch.predict_on_batch(self, x)
