"""Sparsity schedules: fraction of zero weights as a function of the step."""

from tfk.utils.checks import check_int, check_positive_int


class ConstantSparsity:
    """Constant sparsity from a given step on.

    Args:
        target: Fraction of weights that are zero, in [0, 1).
        begin_step: First step at which it applies. Defaults to 0.
    >>> schedule = ConstantSparsity(0.5, begin_step=100)
    >>> schedule(99), schedule(100)
    (0.0, 0.5)
    """

    def __init__(self, target, begin_step: int = 0):
        self.target = _check_share(self, "target", target)
        self.begin_step = self.end_step = check_int(self, "begin_step", begin_step, minimum=0)

    def __call__(self, step):
        """Return the sparsity after `step` steps."""
        return self.target if step >= self.begin_step else 0.0


class PolynomialDecay:
    """Sparsity that increases quickly at first, while the network can still recover.

    Between the two steps it is `final + (initial - final) * (1 - progress) ** power`.

    Args:
        initial: Sparsity at `begin_step`, in [0, 1).
        final: Sparsity from `end_step` on, in [0, 1).
        begin_step: First step at which weights are pruned.
        end_step: Step at which the final sparsity is reached, after `begin_step`.
        power: Exponent, positive. Defaults to 3.
    Raises: ValueError if an argument is out of range.
    Source: Zhu and Gupta, 2017, arXiv:1710.01878, section 3.
    >>> schedule = PolynomialDecay(0.0, 0.8, begin_step=0, end_step=100)
    >>> [round(schedule(step), 3) for step in (0, 50, 100, 200)]
    [0.0, 0.7, 0.8, 0.8]
    """

    def __init__(self, initial, final, begin_step: int, end_step: int, power: float = 3):
        self.initial = _check_share(self, "initial", initial)
        self.final = _check_share(self, "final", final)
        self.begin_step = check_int(self, "begin_step", begin_step, minimum=0)
        self.end_step = check_positive_int(self, "end_step", end_step)
        if end_step <= begin_step:
            raise ValueError(
                f"PolynomialDecay: expected end_step to be after begin_step={begin_step}, got"
                f" {end_step}."
            )
        if not power > 0:
            raise ValueError(f"PolynomialDecay: expected a positive power, got {power!r}.")
        self.power = power

    def __call__(self, step):
        """Return the sparsity after `step` steps."""
        if step < self.begin_step:
            return 0.0
        progress = min((step - self.begin_step) / (self.end_step - self.begin_step), 1.0)
        return self.final + (self.initial - self.final) * (1 - progress) ** self.power


def _check_share(owner, argument, value):
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value < 1:
        raise ValueError(
            f"{type(owner).__name__}: expected {argument} to be a number from 0 to less than 1, got"
            f" {value!r}."
        )
    return float(value)
