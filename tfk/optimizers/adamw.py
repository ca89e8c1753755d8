"""AdamW: Adam with weight decay beside the gradient, not inside it."""

from tfk.optimizers.adam import Adam
from tfk.saving.registry import register
from tfk.utils.checks import describe


@register("optimizers", aliases=("adamw",))
class AdamW(Adam):
    """Adam after a decay of the weights: `w -= learning_rate * weight_decay * w`, then Adam's step.

    Args:
        learning_rate: A number of at least 0, a `LearningRateSchedule`, or a function without
            arguments.
        weight_decay: Share of the weights taken off at each update, times the learning rate; at
            least 0.
        beta_1: See `Adam`, as for the arguments that follow.
    Slots: those of `Adam`.
    Raises: ValueError for settings out of range.
    Source: Loshchilov and Hutter, 2017, arXiv:1711.05101.
    >>> x = tf.Variable(1.0)
    >>> _ = AdamW(0.1, weight_decay=0.5).apply_gradients([(tf.constant(5.0), x)])
    >>> round(float(x), 4)
    0.85
    """

    def __init__(
        self,
        learning_rate=0.001,
        weight_decay=0.004,
        beta_1=0.9,
        beta_2=0.999,
        epsilon=1e-7,
        amsgrad=False,
        clipnorm=None,
        clipvalue=None,
        global_clipnorm=None,
        use_ema=False,
        ema_momentum=0.99,
        ema_overwrite_frequency=None,
        jit_compile=True,
        name="AdamW",
        **kwargs,
    ):
        super().__init__(
            learning_rate,
            beta_1,
            beta_2,
            epsilon,
            amsgrad=amsgrad,
            weight_decay=weight_decay,
            clipnorm=clipnorm,
            clipvalue=clipvalue,
            global_clipnorm=global_clipnorm,
            use_ema=use_ema,
            ema_momentum=ema_momentum,
            ema_overwrite_frequency=ema_overwrite_frequency,
            jit_compile=jit_compile,
            name=name,
            **kwargs,
        )
        if weight_decay is None:
            raise ValueError(f"{describe(self)}: expected weight_decay to be a number, got None.")
