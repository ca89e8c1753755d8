"""Loss scaling: prevents float16 gradients from underflowing."""

import warnings

import tensorflow as tf

from tfk.optimizers import gradients as gradient_steps
from tfk.optimizers import resolve
from tfk.optimizers.delegating import DelegatingOptimizer
from tfk.optimizers.distribution import apply_if, once_for_all_replicas
from tfk.optimizers.dynamic_scale import GROWTH_STEPS, INITIAL_SCALE, DynamicScale, all_finite
from tfk.optimizers.legacy.optimizer import Optimizer as LegacyOptimizer
from tfk.optimizers.optimizer import Optimizer
from tfk.optimizers.settings import positive_number
from tfk.saving.registry import register
from tfk.utils.autograph import runs_as_written
from tfk.utils.checks import check_bool, check_no_more, check_positive_int, describe
from tfk.utils.tensorflow_internals import no_tracking, track


@register(
    "optimizers", aliases=("lossscaleoptimizer", "LossScaleOptimizerV1", "LossScaleOptimizerV3")
)
@register("mixed_precision")
@register(
    "src.mixed_precision.loss_scale_optimizer", "LossScaleOptimizerV3"
)  # as in configs of Keras 2
class LossScaleOptimizer(DelegatingOptimizer):
    """Wrapper that scales the loss and unscales the gradients of another optimizer.

    `minimize` does both. With a `tf.GradientTape`, call `get_scaled_loss` on the loss inside the
    tape and `get_unscaled_gradients` on the gradients. A dynamic scale doubles after
    `dynamic_growth_steps` consecutive steps with finite gradients; a step with an infinite or NaN
    gradient is skipped and halves the scale.

    Args:
        inner_optimizer: The optimizer that applies the gradients.
        dynamic: Whether to adjust the scale; False keeps `initial_scale` and applies every step.
            Defaults to True.
        initial_scale: Initial scale, positive; required if not dynamic. None means 2**15. Defaults
            to None.
        dynamic_growth_steps: Consecutive good steps after which a dynamic scale doubles; None means
            2000. Defaults to None.
    Attributes:
        loss_scale: The current scale, a scalar tensor.
        dynamic_counter: Number of good steps since the last change, a variable; None if not
            dynamic.
        skipped_steps: Number of skipped steps, a variable; None if not dynamic. `iterations` counts
            these steps too, as in Keras 2.
    Raises: TypeError or ValueError if arguments are invalid or incompatible.
    Source: Micikevicius et al., 2017, arXiv:1710.03740, section 3.2.
    >>> x = tf.Variable(1.0)
    >>> optimizer = LossScaleOptimizer(tfk.optimizers.SGD(0.25))
    >>> optimizer.minimize(lambda: x**2, [x])
    >>> float(x)
    0.5
    """

    @no_tracking
    def __init__(
        self, inner_optimizer, dynamic=True, initial_scale=None, dynamic_growth_steps=None
    ):
        owner = type(self).__name__
        _check_inner(owner, inner_optimizer)
        check_bool(owner, "dynamic", dynamic)
        if initial_scale is not None:
            initial_scale = positive_number(owner, "initial_scale", initial_scale)
        if dynamic:
            steps = GROWTH_STEPS if dynamic_growth_steps is None else dynamic_growth_steps
            steps = check_positive_int(owner, "dynamic_growth_steps", steps)
        else:
            _check_fixed(owner, initial_scale, dynamic_growth_steps)
        _check_strategy(owner)
        inner_optimizer._scales_loss = True
        super().__init__(inner_optimizer)
        self._scale = (
            DynamicScale(initial_scale or INITIAL_SCALE, steps) if dynamic else float(initial_scale)
        )
        if dynamic:  # in checkpoints this object is the inner optimizer with one more child
            track(self, self._scale, "loss_scale")
        self._loss_was_scaled = self._gradients_were_unscaled = False

    # Keras 2 looks for the variables, which are those of the inner optimizer, under its name too.
    saved_aliases = ("inner_optimizer",)

    @property
    def saved_children(self):
        """Dict from names in files to objects saved in addition to the variables."""
        return {"loss_scale": self._scale} if self.dynamic else {}

    def _variables_in(self, count, shapes):
        found = super()._variables_in(count, shapes)
        if found is not None or not self.dynamic:
            return found
        # In Keras 3 those of the inner optimizer follow an unused number of updates, an unused
        # learning rate, and the scale's variables.
        own = (None, None, self._scale.good_steps, self._scale.current_loss_scale)
        inner = self._optimizer._variables_in(count - len(own), lambda: shapes()[len(own) :])
        return None if inner is None else [*own, *inner]

    @property
    def dynamic(self):
        """Whether the scale is adjusted."""
        return isinstance(self._scale, DynamicScale)

    @property
    def loss_scale(self):
        """The current scale, a scalar float32 tensor."""
        return tf.convert_to_tensor(self._scale.current_loss_scale if self.dynamic else self._scale)

    @property
    def initial_scale(self):
        """The initial scale."""
        return self._scale.initial_scale if self.dynamic else self._scale

    @property
    def dynamic_counter(self):
        """Number of good steps since the scale last changed; None if not dynamic."""
        return self._scale.good_steps if self.dynamic else None

    @property
    def dynamic_growth_steps(self):
        """Consecutive good steps after which the scale doubles; None if not dynamic."""
        return self._scale.growth_steps if self.dynamic else None

    @property
    def skipped_steps(self):
        """Number of skipped steps; None if not dynamic."""
        return self._scale.skipped_steps if self.dynamic else None

    def get_scaled_loss(self, loss):
        """Multiply the loss by the scale.

        Args:
            loss: A tensor, or a function without arguments; the result is of the same kind.
        """
        self._loss_was_scaled = True
        if callable(loss):
            return lambda: self._times_scale(loss())
        return self._times_scale(loss)

    def _times_scale(self, loss):
        return loss * tf.cast(self.loss_scale, loss.dtype)

    def get_unscaled_gradients(self, grads):
        """Divide gradients by the scale.

        Args:
            grads: List of gradients; None entries stay None.
        """
        self._gradients_were_unscaled = True
        factor = 1.0 / self.loss_scale
        return [None if g is None else gradient_steps.scale(g, factor) for g in grads]

    @runs_as_written
    def compute_gradients(self, loss, var_list, tape=None):
        tape = tf.GradientTape() if tape is None else tape
        with tape:
            loss = self.get_scaled_loss(loss)
        pairs = self._optimizer.compute_gradients(loss, var_list, tape)
        gradients, variables = zip(*pairs)
        return list(zip(self.get_unscaled_gradients(gradients), variables))

    @runs_as_written
    def apply_gradients(
        self, grads_and_vars, name=None, skip_gradients_aggregation=False, batch_size=None, **kwargs
    ):
        aggregate = (
            kwargs.pop("experimental_aggregate_gradients", True) and not skip_gradients_aggregation
        )
        check_no_more(self, kwargs)
        pairs = list(grads_and_vars)
        if not pairs:
            return self.iterations
        _check_strategy(type(self).__name__)
        self._warn_if_not_scaled()
        with tf.init_scope():
            self.build([variable for _, variable in pairs])
        # Summed before the check: an infinity in one replica then stops the step in all of them.
        if aggregate:
            pairs = self._optimizer.aggregate_gradients(pairs)
        gradients, variables = zip(*gradient_steps.drop_missing(pairs))

        # Methods of users may take no more than they have to.
        options = {"name": name, "batch_size": batch_size, **_aggregated(self._optimizer)}
        options = {key: value for key, value in options.items() if value is not None}

        def apply(gradients, variables):
            self._optimizer.apply_gradients(zip(gradients, variables), **options)

        if not self.dynamic:
            apply(gradients, variables)
            return self.iterations
        finite = all_finite(gradients)
        once_for_all_replicas(self._scale.update, finite)
        apply_if(finite, apply, self._skip, gradients, variables)
        return self.iterations

    def _skip(self):
        if self._optimizer.gradient_accumulation_steps in (
            None,
            1,
        ):  # else iterations counts full batches
            self._optimizer.iterations.assign_add(1)

    def _warn_if_not_scaled(self):
        forgotten = [
            method
            for method, called in (
                ("get_scaled_loss", self._loss_was_scaled),
                ("get_unscaled_gradients", self._gradients_were_unscaled),
            )
            if not called
        ]
        if forgotten:
            warnings.warn(
                f"{describe(self)}: {' and '.join(forgotten)} not called before apply_gradients()."
                " Call loss = optimizer.get_scaled_loss(loss) inside the GradientTape and"
                " gradients = optimizer.get_unscaled_gradients(gradients) after it, or use"
                " minimize()."
            )

    def get_config(self):
        return {
            "inner_optimizer": resolve.serialize(self._optimizer),
            "dynamic": self.dynamic,
            "initial_scale": self.initial_scale,
            "dynamic_growth_steps": self.dynamic_growth_steps,
        }

    @classmethod
    def from_config(cls, config, custom_objects=None):
        config = dict(config)
        if not isinstance(config["inner_optimizer"], Optimizer):
            config["inner_optimizer"] = resolve.deserialize(
                config["inner_optimizer"], custom_objects
            )
        return cls(**config)


def _check_inner(owner, optimizer):
    if not isinstance(optimizer, Optimizer) or isinstance(optimizer, LossScaleOptimizer):
        raise TypeError(
            f"{owner}: expected inner_optimizer to be an Optimizer other than {owner}, got"
            f" {optimizer!r}."
        )
    if getattr(optimizer, "_scales_loss", False):
        raise ValueError(
            f"{owner}: {describe(optimizer)} is wrapped by another {owner} already. Create a new"
            " one."
        )


def _check_fixed(owner, initial_scale, dynamic_growth_steps):
    if initial_scale is None:
        raise ValueError(
            f"{owner}: a fixed scale needs a value. Pass initial_scale, for example 1024."
        )
    if dynamic_growth_steps is not None:
        raise ValueError(
            f"{owner}: a fixed scale does not grow, but"
            f" dynamic_growth_steps={dynamic_growth_steps!r}. Leave it out or pass dynamic=True."
        )


def _aggregated(optimizer):
    """Return the argument that says that gradients are summed over all replicas already."""
    if isinstance(optimizer, LegacyOptimizer):
        return {"experimental_aggregate_gradients": False}
    return {"skip_gradients_aggregation": True}


def _check_strategy(owner):
    if not tf.distribute.has_strategy():
        return
    strategy = tf.distribute.get_strategy()
    supported = (
        tf.distribute.MirroredStrategy,
        tf.distribute.MultiWorkerMirroredStrategy,
        tf.distribute.OneDeviceStrategy,
    )
    if not isinstance(strategy, supported):
        raise ValueError(
            f"{owner} does not work with {type(strategy).__name__}, which keeps one copy of a"
            " variable for several replicas. Use MirroredStrategy; on TPUs use the policy"
            " mixed_bfloat16, which needs no scaling."
        )
