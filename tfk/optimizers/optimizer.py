"""Base class of the optimizers: everything around the update rule."""

import re
from typing import Any

import tensorflow as tf

from tfk.optimizers import gradients as gradient_steps
from tfk.optimizers.accumulation import GradientAccumulator
from tfk.optimizers.averaging import _AveragesMixin
from tfk.optimizers.distribution import on_each_copy, once_for_all_replicas
from tfk.optimizers.learning_rate import _LearningRateMixin
from tfk.optimizers.multipliers import LearningRateMultipliers
from tfk.optimizers.schedules import schedule
from tfk.optimizers.schedules.schedule import LearningRateSchedule
from tfk.optimizers.state import _StateMixin
from tfk.optimizers.weight_decay import _WeightDecayMixin
from tfk.saving.portable import schedule_as_decay
from tfk.saving.registry import register
from tfk.typing import Config, CustomObjects
from tfk.utils.autograph import converted, is_library, runs_as_written
from tfk.utils.checks import check_no_more, check_number, check_positive_int, describe, is_number
from tfk.utils.short_repr import config_repr
from tfk.utils.tensorflow_internals import AutoTrackable, untracked
from tfk.utils.versions import Versioned


@register("optimizers")
class Optimizer(
    _LearningRateMixin,
    _StateMixin,
    _WeightDecayMixin,
    _AveragesMixin,
    Versioned,
    AutoTrackable,
):
    """Base class of optimizers, which update variables by their gradients.

    A subclass sets `self._learning_rate = self._build_learning_rate(learning_rate)` in `__init__`,
    creates its variables in `build(var_list)` after `super().build(var_list)`, and updates one
    variable in `update_step(gradient, variable)`. The base class implements clipping, weight decay,
    averaging, gradient accumulation, learning rate multipliers and the summing of repeated sparse
    rows.

    Args:
        name: Name of the optimizer, the prefix of its variable names.
        weight_decay: Decoupled weight decay: each update first subtracts `learning_rate *
            weight_decay * w`. None or at least 0. Defaults to 0.
        clipnorm: Maximum norm of each gradient; None for no limit. Defaults to None.
        clipvalue: Maximum absolute value of each gradient element; None for no limit. Ignored if a
            norm is clipped. Defaults to None.
        global_clipnorm: Maximum norm of all gradients together; cannot be combined with `clipnorm`.
            Defaults to None.
        use_ema: Whether to keep an exponential moving average of each variable. Defaults to False.
        ema_momentum: Momentum of the moving averages (weight of the previous value), in [0, 1].
            Defaults to 0.99.
        ema_overwrite_frequency: Number of updates after which variables are overwritten by their
            averages; None only does so at the end of `fit`. Defaults to None.
        jit_compile: Whether to compile the update rule with XLA on a GPU; ignored elsewhere.
            Defaults to True.
        gradient_accumulation_steps: Number of calls whose gradients are averaged for one update;
            None or 1 disables accumulation. Defaults to None.
        learning_rate_multipliers: Dict from a layer or a pattern to a learning rate factor for the
            matching variables. A pattern (with `*` and `?`) is compared with the variable's path,
            such as `dense_1/kernel`, and with every part of it; the last match applies. Variables
            with factor 0 do not change. Defaults to None.
        **kwargs: `lr`, the old name of `learning_rate`, and `decay`: the learning rate is divided
            by `1 + decay * iterations`.
    Raises: ValueError or TypeError if an argument is invalid.
    >>> class SignDescent(Optimizer):
    ...     def __init__(self, learning_rate=0.1, name="SignDescent", **kwargs):
    ...         super().__init__(name, **kwargs)
    ...         self._learning_rate = self._build_learning_rate(learning_rate)
    ...     def update_step(self, gradient, variable):
    ...         variable.assign_sub(self.learning_rate * tf.sign(gradient))
    >>> x = tf.Variable(1.0)
    >>> _ = SignDescent().apply_gradients([(tf.constant(5.0), x)])
    >>> round(float(x), 6)
    0.9
    """

    _more_settings = ("decay",)
    _gradient_hooks = ()  # functions of the pairs of an update
    _has_parts = False  # slots are created late and never replaced

    def __init__(
        self,
        name: str,
        weight_decay: float = 0,
        clipnorm: float | None = None,
        clipvalue: float | None = None,
        global_clipnorm: float | None = None,
        use_ema: bool = False,
        ema_momentum: float = 0.99,
        ema_overwrite_frequency: int | None = None,
        jit_compile: bool | None = True,
        gradient_accumulation_steps: int | None = None,
        learning_rate_multipliers=None,
        **kwargs,
    ):
        self.name = name
        self._read_old_spellings(kwargs)
        self.weight_decay = weight_decay
        self.clipnorm, self.clipvalue, self.global_clipnorm = clipnorm, clipvalue, global_clipnorm
        self.use_ema, self.ema_momentum = use_ema, ema_momentum
        self.ema_overwrite_frequency = ema_overwrite_frequency
        self._check_settings()
        # On a CPU the fused kernels and grouped updates beat XLA called from a plain graph.
        self.jit_compile = bool(jit_compile and tf.config.list_physical_devices("GPU"))
        self.gradient_accumulation_steps = gradient_accumulation_steps
        self._accumulator = None
        if gradient_accumulation_steps not in (None, 1):
            steps = check_positive_int(
                self, "gradient_accumulation_steps", gradient_accumulation_steps
            )
            self._accumulator = GradientAccumulator(steps)
        self._multipliers = LearningRateMultipliers(self, learning_rate_multipliers)
        self._rate_in_use = None
        self._init_state()

    def _read_old_spellings(self, kwargs):
        kwargs.pop("is_legacy_optimizer", None)  # part of configs, but not an argument
        kwargs.pop("mesh", None)
        self._rate_by_old_name = kwargs.pop("lr", None)
        self.decay = check_number(self, "decay", kwargs.pop("decay", 0.0) or 0.0, minimum=0)
        for argument in ("gradient_aggregator", "gradient_transformers"):
            if kwargs.pop(argument, None) is not None:
                raise ValueError(
                    f"{describe(self)}: {argument} is not supported. Override"
                    " aggregate_gradients(), or change the gradients before apply_gradients()."
                )
        check_no_more(self, kwargs)

    def _check_settings(self):
        for argument in ("weight_decay", "clipnorm", "clipvalue", "global_clipnorm"):
            value = getattr(self, argument)
            if value is not None and is_number(value):
                check_number(self, argument, value, minimum=0)
            elif (
                value is not None and not tf.is_tensor(value) and not isinstance(value, tf.Variable)
            ):
                raise TypeError(
                    f"{describe(self)}: expected {argument} to be a number or None, got {value!r}."
                )
        if self.clipnorm is not None and self.global_clipnorm is not None:
            raise ValueError(
                f"{describe(self)}: pass clipnorm={self.clipnorm!r} or "
                f"global_clipnorm={self.global_clipnorm!r}, not both."
            )
        if self.use_ema:
            check_number(self, "ema_momentum", self.ema_momentum, minimum=0, maximum=1)
            if self.ema_overwrite_frequency is not None:
                check_positive_int(self, "ema_overwrite_frequency", self.ema_overwrite_frequency)

    def build(self, var_list):
        """Create the variables of the optimizer; further calls have no effect.

        Args:
            var_list: The variables to be trained.
        """
        if self._index_dict:
            return
        for index, variable in enumerate(var_list):
            self._index_dict[self._var_key(variable)] = index
        self._multipliers.check_used(var_list)
        if self.use_ema:
            self._build_averages(var_list)
        if self._accumulator is not None:
            self._accumulator.build(self, var_list)

    # The update.

    @runs_as_written
    def compute_gradients(self, loss: Any, var_list, tape=None):
        """Return pairs of gradient and variable for a loss.

        Args:
            loss: A function without arguments, or a tensor computed under `tape`.
            var_list: The variables, or a function that returns them.
            tape: The `tf.GradientTape`; required for a tensor. Defaults to None.
        Raises: ValueError if a tensor is passed without its tape.
        """
        if not callable(loss) and tape is None:
            raise ValueError(
                f"{describe(self)}: a loss that is a tensor needs the GradientTape that recorded"
                " it: pass tape=tape, or a function as loss."
            )
        tape = tape or tf.GradientTape()
        target = loss
        if callable(loss):
            with tape:
                tape.watch([] if callable(var_list) else var_list)  # also what is not trainable
                target = loss()
        variables = var_list() if callable(var_list) else var_list
        return list(zip(tape.gradient(target, variables), variables))

    @runs_as_written
    def minimize(self, loss: Any, var_list, tape=None, batch_size: int | None = None):
        """Compute the gradients of a loss and apply them.

        Args:
            loss: A function without arguments, or a tensor computed under `tape`.
            var_list: The variables, or a function that returns them.
            tape: The `tf.GradientTape`; required for a tensor. Defaults to None.
            batch_size: Number of samples of the batch, used by gradient accumulation. Defaults to
                None.
        """
        self.apply_gradients(self.compute_gradients(loss, var_list, tape), batch_size=batch_size)

    def aggregate_gradients(self, grads_and_vars):
        """Return the pairs with gradients summed over all replicas."""
        return gradient_steps.sum_across_replicas(grads_and_vars)

    @runs_as_written
    def apply_gradients(
        self,
        grads_and_vars,
        name: str | None = None,
        skip_gradients_aggregation: bool = False,
        batch_size: int | None = None,
        **kwargs,
    ):
        """Update the variables by their gradients.

        Args:
            grads_and_vars: Pairs of gradient (a tensor, `tf.IndexedSlices` or None) and variable.
            name: Name scope of the operations; None uses the name of the optimizer. Defaults to
                None.
            skip_gradients_aggregation: Whether gradients are already summed over all replicas.
                Defaults to False.
            batch_size: Number of samples of the gradients (in this replica): their weight if
                `gradient_accumulation_steps` averages batches of different sizes. Defaults to None.
            **kwargs: `experimental_aggregate_gradients`, the old opposite of
                `skip_gradients_aggregation`.
        Returns: The number of updates.
        Raises: ValueError if there are no gradients at all, KeyError if a variable was not passed
            to `build`.
        """
        aggregate = (
            kwargs.pop("experimental_aggregate_gradients", True) and not skip_gradients_aggregation
        )
        check_no_more(self, kwargs)
        pairs = self._check_pairs(grads_and_vars)
        if not pairs:
            return self._iterations
        with tf.name_scope(_scope_name(name or self.name)):
            variables = [variable for _, variable in pairs]
            if any(self._var_key(variable) not in self._index_dict for variable in variables):
                with tf.init_scope():  # variables are created once, outside of any graph
                    self.build(variables)
            if aggregate:
                pairs = self.aggregate_gradients(pairs)
            pairs = gradient_steps.drop_missing(pairs)
            if self._accumulator is None:
                return self.apply_summed(pairs)
            self._accumulator.add(self, pairs, batch_size)
            return self._iterations

    def _check_pairs(self, grads_and_vars):
        pairs = list(grads_and_vars)
        for pair in pairs:
            if (
                not isinstance(pair, (tuple, list))
                or len(pair) != 2
                or not hasattr(pair[1], "assign")
            ):
                raise TypeError(
                    f"{describe(self)}: expected pairs of gradient and variable, such as "
                    f"zip(gradients, variables), got {pair!r}."
                )
        return pairs

    @runs_as_written
    def apply_accumulated_gradients(self):
        """Apply gradients that are still accumulating, for example at the end of an epoch.

        Has no effect without `gradient_accumulation_steps`, or if there are none.
        """
        if self._accumulator is not None:
            self._accumulator.flush(self)

    def add_gradient_hook(self, hook):
        """Call a function at each update, with the gradients before they are clipped.

        The step of a model is retraced; other functions that have been traced do not call the hook.

        Args:
            hook: Function of a list of pairs of gradient and variable, each gradient (a tensor or
                `tf.IndexedSlices`) summed over replicas and accumulated batches. Its result is
                ignored.
        >>> optimizer, seen = tfk.optimizers.SGD(), []
        >>> optimizer.add_gradient_hook(lambda pairs: seen.extend(float(g) for g, _ in pairs))
        >>> _ = optimizer.apply_gradients([(tf.constant(5.0), tf.Variable(1.0))])
        >>> seen
        [5.0]
        """
        self._gradient_hooks = untracked(self, (*self._gradient_hooks, hook))
        self.renew_version()

    def remove_gradient_hook(self, hook):
        """Undo `add_gradient_hook(hook)`."""
        kept = list(self._gradient_hooks)
        kept.remove(hook)
        self._gradient_hooks = untracked(self, tuple(kept))
        self.renew_version()

    def apply_summed(self, pairs):
        """Clip gradients already summed over replicas and batches, and update the variables."""
        for hook in self._gradient_hooks:
            hook(pairs)
        pairs = [(g, v) for g, v in pairs if self._multipliers.of(v) != 0]
        if pairs:
            gradients, variables = zip(*pairs)
            pairs = list(zip(self._clip_gradients(gradients), variables))
        return once_for_all_replicas(self._update, pairs)

    def _clip_gradients(self, gradients):
        return gradient_steps.clip(gradients, self.clipnorm, self.global_clipnorm, self.clipvalue)

    def _update(self, strategy, pairs):
        """Run one update in the cross-replica context, in the order of Keras 2."""
        source = getattr(self, "_learning_rate", None)
        if source is not None and not isinstance(source, tf.Variable):
            self._current_learning_rate.assign(self._evaluate(source))
        variables = [variable for _, variable in pairs]
        if self.weight_decay:
            self._decay_weights(strategy, variables)
        self._update_variables(strategy, pairs)
        if self.use_ema:
            self._update_averages(strategy, variables)
        iterations = self._iterations.assign_add(1)
        for variable in variables:
            if getattr(variable, "constraint", None) is not None:
                on_each_copy(strategy, variable, _constrain, variable.constraint)
        return iterations

    def _update_variables(self, strategy, pairs):
        """Update all variables, one by one unless overridden."""
        for gradient, variable in pairs:
            on_each_copy(strategy, variable, self._update_variable, gradient)

    def _update_variable(self, variable, gradient):
        self.index_of(variable)
        step = (
            self.update_step if is_library(type(self).update_step) else converted(self.update_step)
        )
        if hasattr(self, "_learning_rate"):
            self._rate_in_use = self.rate_for(variable)  # what the property gives to the step
        try:
            step(gradient_steps.sum_repeated_rows(gradient), variable)
        finally:
            self._rate_in_use = None

    def update_step(self, gradient, variable):
        """Update one variable; defined by the subclass.

        Args:
            gradient: A tensor, or `tf.IndexedSlices` with unique rows.
            variable: The variable; `self.index_of(variable)` is its position in the list passed to
                `build`, and `self.rate_for(variable)`, or `self.learning_rate`, its learning rate.
        """
        raise NotImplementedError(
            f"{type(self).__name__} has to define update_step(self, gradient, variable)."
        )

    def finalize_variable_values(self, var_list):
        """Finish training: apply accumulated gradients, then set the variables to their averages.

        Args:
            var_list: The variables that were trained.
        """
        self.apply_accumulated_gradients()
        if self.use_ema and self._index_dict:
            trained = [v for v in var_list if self._multipliers.of(v) != 0]
            once_for_all_replicas(self._overwrite_with_averages, trained)

    # Configs.

    def __repr__(self):
        return config_repr(self)

    def get_config(self) -> Config:
        """Return the arguments as a dict; those beyond Keras 2 only if they are in use."""
        config = {
            "name": self.name,
            "weight_decay": self.weight_decay,
            "clipnorm": self.clipnorm,
            "global_clipnorm": self.global_clipnorm,
            "clipvalue": self.clipvalue,
            "use_ema": self.use_ema,
            "ema_momentum": self.ema_momentum,
            "ema_overwrite_frequency": self.ema_overwrite_frequency,
            "jit_compile": self.jit_compile,
            "is_legacy_optimizer": False,
        }
        if self.decay:
            config["decay"] = self.decay
        if self._accumulator is not None:
            config["gradient_accumulation_steps"] = self.gradient_accumulation_steps
        if self._multipliers.factors:
            config["learning_rate_multipliers"] = self._multipliers.get_config()
        return config

    def _settings(self, *names):
        """Return part of a config: the learning rate, and the arguments with these names."""
        rate = self._serialize_hyperparameter(self._learning_rate)
        return {"learning_rate": rate, **{name: getattr(self, name) for name in names}}

    def _serialize_hyperparameter(self, value):
        """Return an argument as plain data: schedules as configs, variables and functions as
        values.
        """
        if isinstance(value, LearningRateSchedule):
            return schedule.serialize(value)
        if isinstance(value, tf.Variable):
            return value.numpy()
        return value() if callable(value) else value

    @classmethod
    def from_config(cls, config: Config, custom_objects: CustomObjects | None = None):
        """Create an optimizer from the result of `get_config`, without the values of its variables.

        Args:
            config: Dict of arguments.
            custom_objects: Dict mapping names to custom schedules. Defaults to None.
        """
        config = dict(schedule_as_decay(config))
        if isinstance(config.get("learning_rate"), dict):
            config["learning_rate"] = schedule.deserialize(config["learning_rate"], custom_objects)
        return cls(**config)


def _scope_name(name):
    """Return `name` with characters replaced that graphs do not allow."""
    return re.sub(r"[^A-Za-z0-9_.\\/>-]", "_", name) if name else "optimizer"


def _constrain(variable, constraint):
    variable.assign(constraint(variable))
