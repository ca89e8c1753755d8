"""The optimizers as they were before Keras 2.11, for programs and files from that time.

Arguments, configs, names and order of variables are those of then, and so is the place of `epsilon`
in RMSprop and Adagrad and the momentum schedule of Nadam. Sparse gradients are treated as in the
present classes.
"""

import numpy as np
import tensorflow as tf

from tfk.optimizers import adadelta, adagrad, adam, adamax, ftrl, nadam, rmsprop, sgd
from tfk.optimizers import gradients as gradient_steps
from tfk.optimizers.legacy_protocol import LegacyProtocol
from tfk.optimizers.state import name_of
from tfk.saving.registry import register
from tfk.utils.checks import describe


class Optimizer(LegacyProtocol):
    """What the optimizers of this module have in common, and the base class of users' own from that
    time.

    Args:
        name: Name of the optimizer.
        **kwargs: `clipnorm`, `clipvalue`, `global_clipnorm`, `lr` and `decay`, as in
            `tfk.optimizers.Optimizer`.
    >>> class SignDescent(Optimizer):
    ...     def __init__(self, learning_rate=0.5, name="SignDescent", **kwargs):
    ...         super().__init__(name, **kwargs)
    ...         self._set_hyper("learning_rate", learning_rate)
    ...     def _resource_apply_dense(self, grad, var, apply_state=None):
    ...         return var.assign_sub(self._decayed_lr(var.dtype) * tf.sign(grad))
    >>> x = tf.Variable(1.0)
    >>> _ = SignDescent().apply_gradients([(tf.constant(5.0), x)])
    >>> float(x)
    0.5
    """

    settings = ()  # arguments beside learning_rate and decay
    slot_names = {}  # present name of a slot -> its name then
    # What Keras before tf.keras (1.0 to 2.3) stored: "iterations", and slots of all variables in
    # turn. None where that was what is stored now.
    first_layout = None

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        with tf.init_scope():
            self.iterations = tf.Variable(
                0, name=f"{self.name}/iter", dtype=tf.int64, trainable=False
            )

    def slot_blocks(self):
        return tuple((name,) for block in super().slot_blocks() for name in block)

    def _slot_path(self, variable, name):
        return f"{name_of(variable)}/{self.slot_names.get(name, name)}"

    def _clip_gradients(self, gradients):
        for option in (
            "clipvalue",
            "clipnorm",
            "global_clipnorm",
        ):  # all that are set, not just the first
            gradients = gradient_steps.clip(gradients, **{option: getattr(self, option)})
        return gradients

    def stored_places(self, shapes):
        places = super().stored_places(shapes)
        if places is None and self.first_layout is not None:
            return self._places_in_first_layout([tuple(shape) for shape in shapes])
        return places

    def _places_in_first_layout(self, shapes):
        """`stored_places` in a file of Keras 1.0 to 2.3."""
        counts = {name: len(self._index_dict) for name in self.first_layout}
        counts["iterations"] = 1
        if sum(counts[name] for name in self.first_layout) != len(shapes):
            return None
        ends = np.cumsum([counts[name] for name in self.first_layout])
        starts = dict(zip(self.first_layout, [0, *ends[:-1].tolist()]))
        names = [name for (name,) in self.slot_blocks()]
        slots = [starts[name] + index for name in names for index in range(len(self._index_dict))]
        others = [None] * (len(self.variables) - len(slots) - 1)
        places = [starts.get("iterations"), *others, *slots]
        fits = all(
            place is None or tuple(variable.shape) == shapes[place]
            for variable, place in zip(self.variables, places)
        )
        return places if fits else None

    @property
    def weights(self):
        """The variables of the optimizer."""
        return self.variables

    def get_slot_names(self):
        """Names of the slots."""
        return [self.slot_names.get(name, name) for block in self.slot_blocks() for name in block]

    def get_slot(self, var, slot_name):
        """The slot of a variable.

        Args:
            var: The variable.
            slot_name: One of `get_slot_names()`.
        Raises: ValueError for another name.
        """
        if self._has_own_rule:
            return super().get_slot(var, slot_name)
        if slot_name not in self.get_slot_names():
            raise ValueError(
                f"{describe(self)}: expected slot_name to be one of {self.get_slot_names()}, got"
                f" {slot_name!r}."
            )
        end = f"{self._slot_path(var, slot_name)}:0"
        return next(variable for variable in self.variables if variable.name.endswith(end))

    def get_config(self):
        config = {"name": self.name}
        for option in ("clipnorm", "clipvalue", "global_clipnorm"):
            if getattr(self, option) is not None:
                config[option] = getattr(self, option)
        if getattr(self, "_learning_rate", None) is not None:
            config["learning_rate"] = self._serialize_hyperparameter(self._learning_rate)
        return {
            **config,
            "decay": self.decay,
            **{name: getattr(self, name) for name in self.settings},
        }


@register("optimizers.legacy")
class SGD(Optimizer, sgd.SGD):
    """`tfk.optimizers.SGD` with the arguments of then.

    >>> SGD(0.1, decay=0.01).get_config()["decay"]
    0.01
    """

    settings = ("momentum", "nesterov")
    slot_names = {"m": "momentum"}
    first_layout = ("iterations", "m")

    def __init__(self, learning_rate=0.01, momentum=0.0, nesterov=False, name="SGD", **kwargs):
        super().__init__(learning_rate, momentum, nesterov, name=name, **kwargs)

    def slot_blocks(self):
        return super().slot_blocks() if self.momentum else ()


@register("optimizers.legacy")
class RMSprop(Optimizer, rmsprop.RMSprop):
    """`tfk.optimizers.RMSprop` with the arguments of then.

    Without momentum `epsilon` is added to the root: `w -= learning_rate * g / (sqrt(v) + epsilon)`.
    """

    settings = ("rho", "momentum", "epsilon", "centered")
    slot_names = {"velocity": "rms", "average_gradient": "mg"}
    first_layout = ("velocity",)

    def __init__(
        self,
        learning_rate=0.001,
        rho=0.9,
        momentum=0.0,
        epsilon=1e-7,
        centered=False,
        name="RMSprop",
        **kwargs,
    ):
        super().__init__(
            learning_rate,
            rho,
            momentum,
            epsilon,
            centered,
            ema_overwrite_frequency=None,
            name=name,
            **kwargs,
        )

    def rule(self, gradient, slots, rate):
        if self.momentum:
            return super().rule(gradient, slots, rate)
        velocity, average = slots if self.centered else (*slots, None)
        _, velocity, average = rmsprop.rmsprop_rule(
            gradient, velocity, average, rate, self.rho, self.epsilon
        )
        if not self.centered:
            return rate * gradient / (tf.sqrt(velocity) + self.epsilon), [velocity]
        return rate * gradient / (tf.sqrt(velocity - average**2) + self.epsilon), [
            velocity,
            average,
        ]


@register("optimizers.legacy")
class Adam(Optimizer, adam.Adam):
    """`tfk.optimizers.Adam` with the arguments of then."""

    settings = ("beta_1", "beta_2", "epsilon", "amsgrad")
    first_layout = ("iterations", "m", "v", "vhat")  # the last ones empty without amsgrad

    def __init__(
        self,
        learning_rate=0.001,
        beta_1=0.9,
        beta_2=0.999,
        epsilon=1e-7,
        amsgrad=False,
        name="Adam",
        **kwargs,
    ):
        super().__init__(
            learning_rate, beta_1, beta_2, epsilon, amsgrad=amsgrad, name=name, **kwargs
        )


@register("optimizers.legacy")
class Adamax(Optimizer, adamax.Adamax):
    """`tfk.optimizers.Adamax` with the arguments of then."""

    settings = ("beta_1", "beta_2", "epsilon")
    slot_names = {"u": "v"}

    def __init__(
        self, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7, name="Adamax", **kwargs
    ):
        super().__init__(learning_rate, beta_1, beta_2, epsilon, name=name, **kwargs)


@register("optimizers.legacy")
class Nadam(Optimizer, nadam.Nadam):
    """`tfk.optimizers.Nadam` with `u_t = beta_1 * (1 - 0.5 * 0.96**(decay * t))` and the arguments
    of then.

    `decay` (or `schedule_decay`), 0.004 by default, slows the rise of the momentum; it does not
    change the learning rate.
    """

    settings = ("beta_1", "beta_2", "epsilon")
    first_layout = ("iterations", "m", "v")

    def __init__(
        self, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7, name="Nadam", **kwargs
    ):
        schedule_decay = kwargs.pop("schedule_decay", 0.004)
        self.schedule_decay = kwargs.pop("decay", schedule_decay)
        self.momentum_decay = nadam.Nadam.momentum_decay**self.schedule_decay
        super().__init__(learning_rate, beta_1, beta_2, epsilon, name=name, **kwargs)

    def build(self, var_list):
        if not self._index_dict:
            self._momentum_cache = self.add_variable((), initializer="ones", name="momentum_cache")
        super().build(var_list)

    def _update_variables(self, strategy, pairs):
        super()._update_variables(strategy, pairs)
        self._store_product(self._iterations + 1)

    def derive_missing(self):
        if self._iterations > 0:
            self._store_product(self._iterations)

    def _store_product(self, step):
        """Sets the variable that files hold; the rule itself needs the number of updates only."""
        dtype = self._momentum_cache.dtype
        self._momentum_cache.assign(self._product(tf.cast(step, dtype)))

    def get_config(self):
        return {**super().get_config(), "decay": self.schedule_decay}


@register("optimizers.legacy")
class Adagrad(Optimizer, adagrad.Adagrad):
    """`tfk.optimizers.Adagrad` with the arguments of then; `epsilon` is added to the root."""

    settings = ("initial_accumulator_value", "epsilon")
    first_layout = ("accumulator",)

    def __init__(
        self,
        learning_rate=0.001,
        initial_accumulator_value=0.1,
        epsilon=1e-7,
        name="Adagrad",
        **kwargs,
    ):
        super().__init__(learning_rate, initial_accumulator_value, epsilon, name=name, **kwargs)

    def rule(self, gradient, slots, rate):
        accumulator = slots[0] + gradient * gradient
        return rate * gradient / (tf.sqrt(accumulator) + self.epsilon), [accumulator]


@register("optimizers.legacy")
class Adadelta(Optimizer, adadelta.Adadelta):
    """`tfk.optimizers.Adadelta` with the arguments of then."""

    settings = ("rho", "epsilon")
    slot_names = {"accumulated_grad": "accum_grad", "accumulated_delta_var": "accum_var"}
    first_layout = ("accumulated_grad", "accumulated_delta_var")

    def __init__(self, learning_rate=0.001, rho=0.95, epsilon=1e-7, name="Adadelta", **kwargs):
        super().__init__(learning_rate, rho, epsilon, name=name, **kwargs)


@register("optimizers.legacy")
class Ftrl(Optimizer, ftrl.Ftrl):
    """`tfk.optimizers.Ftrl` with the arguments of then."""

    def slot_blocks(self):
        return ftrl.Ftrl.slot_blocks(self)  # created variable by variable

    settings = (
        "learning_rate_power",
        "initial_accumulator_value",
        "l1_regularization_strength",
        "l2_regularization_strength",
        "beta",
        "l2_shrinkage_regularization_strength",
    )

    def __init__(
        self,
        learning_rate=0.001,
        learning_rate_power=-0.5,
        initial_accumulator_value=0.1,
        l1_regularization_strength=0.0,
        l2_regularization_strength=0.0,
        name="Ftrl",
        l2_shrinkage_regularization_strength=0.0,
        beta=0.0,
        **kwargs,
    ):
        super().__init__(
            learning_rate,
            learning_rate_power,
            initial_accumulator_value,
            l1_regularization_strength,
            l2_regularization_strength,
            l2_shrinkage_regularization_strength,
            beta,
            name=name,
            **kwargs,
        )
