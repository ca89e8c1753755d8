"""Learning rates that differ between variables."""

import fnmatch

from tfk.utils.checks import check_number, describe


class LearningRateMultipliers:
    """Learning rate factors by layer or by pattern.

    Args:
        owner: The optimizer, for error messages.
        factors: Dict from a layer, or a pattern of a variable's path or a part of it, to a factor
            of at least 0; the last matching entry applies. None means 1 everywhere. Defaults to
            None.
    """

    def __init__(self, owner, factors=None):
        if not isinstance(factors or {}, dict):
            raise TypeError(
                f"{describe(owner)}: expected learning_rate_multipliers to be a dict such as "
                f'{{"embedding": 0.1, "*/bias": 0}}, got {factors!r}.'
            )
        self.owner = owner
        self.factors = dict(factors or {})
        for key, factor in self.factors.items():
            check_number(owner, f"learning_rate_multipliers[{_name(key)!r}]", factor, minimum=0)

    def of(self, variable):
        """Return the factor of one variable."""
        factor = 1.0
        for key, value in self.factors.items():
            if _fits(key, variable):
                factor = value
        return factor

    def check_used(self, variables):
        """Raise ValueError for an entry that matches no variable."""
        for key in self.factors:
            if not any(_fits(key, variable) for variable in variables):
                raise ValueError(
                    f"{describe(self.owner)}: learning_rate_multipliers[{_name(key)!r}] fits no"
                    f" variable. The variables are {[variable.name for variable in variables]}."
                )

    def get_config(self):
        """Return the dict with layers replaced by their names."""
        return {_name(key): factor for key, factor in self.factors.items()}


def _name(key):
    return key if isinstance(key, str) else getattr(key, "name", repr(key))


def _fits(key, variable):
    if not isinstance(key, str):
        return any(variable is weight or variable.ref() == weight.ref() for weight in key.weights)
    parts = variable.name.split(":")[0].split("/")
    paths = ("/".join(parts[a:b]) for a in range(len(parts)) for b in range(a + 1, len(parts) + 1))
    return any(fnmatch.fnmatchcase(path, key) for path in paths)
