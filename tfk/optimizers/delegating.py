"""Base class for wrapper optimizers."""

from tfk.optimizers.optimizer import Optimizer
from tfk.utils.tensorflow_internals import DelegatingTrackableMixin, no_tracking


class DelegatingOptimizer(DelegatingTrackableMixin, Optimizer):
    """Optimizer that delegates to an inner optimizer whatever a subclass does not override.

    In checkpoints it appears as the inner optimizer.

    Args:
        inner_optimizer: The optimizer that owns the variables and hyperparameters and applies
            gradients.
    """

    @no_tracking
    def __init__(self, inner_optimizer):
        self._optimizer = inner_optimizer
        super().__init__(inner_optimizer)  # of the mixin; the base class has nothing to set here

    def __getattr__(self, name):
        # Only called for attributes missing here: hyperparameters of the inner optimizer.
        if name in ("_optimizer", "_trackable"):
            raise AttributeError(name)
        return getattr(self._optimizer, name)

    def __setattr__(self, name, value):
        inner = vars(self).get("_optimizer")  # by attribute, __getattr__ would be asked
        own = name.startswith("_") or hasattr(type(self), name)
        if own or inner is None or not hasattr(inner, name):
            super().__setattr__(name, value)
        else:
            setattr(inner, name, value)

    @property
    def inner_optimizer(self):
        """The optimizer that applies the gradients."""
        return self._optimizer

    # Methods that the base class implements itself.

    @property
    def iterations(self):
        return self._optimizer.iterations

    @iterations.setter
    def iterations(self, variable):
        self._optimizer.iterations = variable

    @property
    def variables(self):
        return self._optimizer.variables

    @property
    def learning_rate(self):
        return self._optimizer.learning_rate

    @learning_rate.setter
    def learning_rate(self, learning_rate):
        self._optimizer.learning_rate = learning_rate

    def build(self, var_list):
        self._optimizer.build(var_list)

    def stored_places(self, shapes):
        return self._optimizer.stored_places(shapes)

    def derive_missing(self):
        self._optimizer.derive_missing()

    # Slots that checkpoints hold beside the variables of the model: those of legacy optimizers.

    def get_slot_names(self):
        return getattr(self._optimizer, "get_slot_names", list)()

    def get_slot(self, var, slot_name):
        return self._optimizer.get_slot(var, slot_name)

    def _create_or_restore_slot_variable(self, **kwargs):
        return self._optimizer._create_or_restore_slot_variable(**kwargs)

    def aggregate_gradients(self, grads_and_vars):
        return self._optimizer.aggregate_gradients(grads_and_vars)

    def add_gradient_hook(self, hook):
        self._optimizer.add_gradient_hook(hook)

    def remove_gradient_hook(self, hook):
        self._optimizer.remove_gradient_hook(hook)

    def apply_accumulated_gradients(self):
        self._optimizer.apply_accumulated_gradients()

    def exclude_from_weight_decay(self, var_list=None, var_names=None):
        self._optimizer.exclude_from_weight_decay(var_list, var_names)

    def finalize_variable_values(self, var_list):
        self._optimizer.finalize_variable_values(var_list)
