"""Base class of the optimizers as they were before Keras 2.11.

A subclass sets its hyperparameters with `_set_hyper`, creates its slots in `_create_slots` with
`add_slot`, and changes one variable in `_resource_apply_dense` or, for a sparse gradient, in
`_resource_apply_sparse`. `_prepare_local` computes what all variables of a device and dtype share.
"""

import inspect

import tensorflow as tf

from tfk.optimizers import gradients as gradient_steps
from tfk.optimizers import optimizer
from tfk.optimizers.legacy.checkpoints import _CheckpointsMixin
from tfk.optimizers.legacy.hyperparameters import _HyperparametersMixin
from tfk.optimizers.legacy.slots import _SlotsMixin
from tfk.optimizers.state import stored_dtype
from tfk.utils.autograph import converted, is_library, runs_as_written
from tfk.utils.tensorflow_internals import untracked


class Optimizer(_HyperparametersMixin, _SlotsMixin, _CheckpointsMixin, optimizer.Optimizer):
    """Base class of the optimizers in `optimizers.legacy`, and of custom optimizers from that time.

    Args:
        name: Name of the optimizer.
        gradient_aggregator: Function from pairs of gradient and variable to the same pairs with
            gradients summed over all replicas. Defaults to None.
        gradient_transformers: List of functions from pairs to pairs, called after that. Defaults to
            None.
        **kwargs: `clipnorm`, `clipvalue`, `global_clipnorm`, `lr` and `decay`; see
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

    hyperparameters = ()  # those that get_config states, beside learning_rate and decay
    settings = ()  # arguments that get_config states as they are
    _use_locking = True

    def __init__(self, name, gradient_aggregator=None, gradient_transformers=None, **kwargs):
        self._init_hyperparameters()
        self._init_slots()
        self._init_checkpoints()
        super().__init__(name, **kwargs)
        self._name = self.name
        self._initial_decay = self.decay
        self._gradient_aggregator = gradient_aggregator
        self._gradient_transformers = tuple(gradient_transformers or ())
        self._apply_state = None

    def _init_state(self):
        super()._init_state()
        with tf.init_scope():
            self._iterations = tf.Variable(
                0, name=f"{self.name}/iter", dtype=tf.int64, trainable=False
            )
        self._variables = [self._iterations]

    # Gradients.

    @runs_as_written
    def minimize(self, loss, var_list, grad_loss=None, name=None, tape=None, batch_size=None):
        """Compute the gradients of a loss and apply them.

        Args:
            loss: A function without arguments, or a tensor computed under `tape`.
            var_list: The variables, or a function that returns them.
            grad_loss: The gradient of the loss; None means ones. Defaults to None.
            name: Name scope of the operations. Defaults to None.
            tape: The `tf.GradientTape`; required for a tensor. Defaults to None.
            batch_size: Number of samples of the batch, used by gradient accumulation. Defaults to
                None.
        Returns: The number of updates; in a TensorFlow 1 graph the update operation.
        """
        pairs = self._compute_gradients(loss, var_list, grad_loss, tape)
        options = {} if batch_size is None else {"batch_size": batch_size}
        return self.apply_gradients(pairs, name=name, **options)

    def _compute_gradients(self, loss, var_list, grad_loss=None, tape=None):
        """Return pairs of gradient and variable for a loss; subclasses may override it."""
        if grad_loss is None:
            return self.compute_gradients(loss, var_list, tape)
        if callable(loss):
            tape = tape or tf.GradientTape()
            with tape:
                tape.watch([] if callable(var_list) else var_list)
                loss = loss()
        elif tape is None:
            return self.compute_gradients(loss, var_list, tape)  # which says what is missing
        variables = var_list() if callable(var_list) else var_list
        return list(zip(tape.gradient(loss, variables, grad_loss), variables))

    def get_gradients(self, loss, params):
        """Return gradients of a tensor in a TensorFlow 1 graph."""
        return tf.gradients(loss, params)

    def get_updates(self, loss, params):
        """Return a list with the operation that updates `params`, in a TensorFlow 1 graph."""
        return [self.apply_gradients(list(zip(self.get_gradients(loss, params), params)))]

    def aggregate_gradients(self, grads_and_vars):
        aggregate = self._gradient_aggregator or super().aggregate_gradients
        return self._transformed(aggregate(grads_and_vars))

    def _aggregate_gradients(self, grads_and_vars):
        return [gradient for gradient, _ in self.aggregate_gradients(grads_and_vars)]

    def _transformed(self, pairs):
        for transform in self._gradient_transformers:
            pairs = transform(pairs)
        return pairs

    def _clip_gradients(self, gradients):
        # All options that are set, not just the first.
        for option in ("clipvalue", "clipnorm", "global_clipnorm"):
            gradients = gradient_steps.clip(gradients, **{option: getattr(self, option)})
        return gradients

    # The update.

    @runs_as_written
    def apply_gradients(
        self, grads_and_vars, name=None, experimental_aggregate_gradients=True, **kwargs
    ):
        """Update the variables by their gradients.

        Args:
            grads_and_vars: Pairs of gradient and variable.
            name: Name scope of the operations; None uses the name of the optimizer. Defaults to
                None.
            experimental_aggregate_gradients: Whether to sum gradients over all replicas first.
                Defaults to True.
            **kwargs: `skip_gradients_aggregation`, the opposite; `batch_size`, as in
                `tfk.optimizers.Optimizer`.
        Returns: The number of updates; in a TensorFlow 1 graph the update operation.
        """
        pairs = list(grads_and_vars)
        skip = kwargs.pop("skip_gradients_aggregation", not experimental_aggregate_gradients)

        def apply():
            return super(Optimizer, self).apply_gradients(pairs, name, skip, **kwargs)

        if tf.executing_eagerly() or tf.inside_function():
            return apply()
        # A TensorFlow 1 graph only runs requested operations: the update is a single one there.
        with tf.name_scope(name or self.name):
            self.build([variable for _, variable in self._check_pairs(pairs)])
        return tf.function(apply, autograph=False)().op

    def _prepare(self, var_list):
        """Return the `apply_state` of an update: results of `_prepare_local` per device and
        dtype.
        """
        state = {}
        for variable in var_list:
            for copy in tf.distribute.get_strategy().experimental_local_results(variable):
                key = copy.device, stored_dtype(variable)
                if key not in state:
                    state[key] = {}
                    self._prepare_local(*key, state)
        return state

    def _prepare_local(self, var_device, var_dtype, apply_state):
        """Compute values shared by the updates of all variables of a device and dtype.

        Args:
            var_device: The device.
            var_dtype: The dtype.
            apply_state: Dict to fill, under the key `(var_device, var_dtype)`.
        """
        state = apply_state.setdefault((var_device, var_dtype), {})
        if hasattr(self, "_learning_rate"):
            state["lr_t"] = self._decayed_lr(var_dtype)

    def _fallback_apply_state(self, var_device, var_dtype):
        state = {(var_device, var_dtype): {}}
        self._prepare_local(var_device, var_dtype, state)
        return state[var_device, var_dtype]

    def _coefficients(self, variable, apply_state):
        """Return the values computed by `_prepare_local` for a variable."""
        key = variable.device, stored_dtype(variable)
        return (apply_state or {}).get(key) or self._fallback_apply_state(*key)

    def _update_variables(self, strategy, pairs):
        state = self._prepare([variable for _, variable in pairs])
        self._apply_state = untracked(self, state)
        try:
            super()._update_variables(strategy, pairs)
        finally:
            self._apply_state = None

    def _update_variable(self, variable, gradient):
        if hasattr(self, "_learning_rate"):
            self._rate_in_use = self.rate_for(variable)
        try:
            self.update_step(gradient, variable)
        finally:
            self._rate_in_use = None

    def update_step(self, gradient, variable):
        # A variable with a separate learning rate shares nothing.
        shared = self._multipliers.of(variable) == 1
        options = {"apply_state": self._apply_state if shared else None}
        if not isinstance(gradient, tf.IndexedSlices):
            return _call(self._resource_apply_dense, options, gradient, variable)
        apply = self._resource_apply_sparse_duplicate_indices
        return _call(apply, options, gradient.values, variable, gradient.indices)

    def _resource_apply_dense(self, grad, handle, apply_state=None):
        """Update one variable; defined by the subclass.

        Args:
            grad: The gradient, a tensor.
            handle: The variable.
            apply_state: Result of `_prepare`. Defaults to None.
        Returns: The operation, or a tensor, that updates the variable.
        """
        raise NotImplementedError(
            f"{type(self).__name__} has to define _resource_apply_dense(self, grad, var,"
            " apply_state=None)."
        )

    def _resource_apply_sparse(self, grad, handle, indices, apply_state=None):
        """Update rows of a variable, by default all of them through `_resource_apply_dense`.

        Args:
            grad: Gradients of the rows.
            handle: The variable.
            indices: Unique row indices.
            apply_state: Result of `_prepare`. Defaults to None.
        """
        dense = gradient_steps.densify(tf.IndexedSlices(grad, indices), handle)
        return _call(self._resource_apply_dense, {"apply_state": apply_state}, dense, handle)

    def _resource_apply_sparse_duplicate_indices(self, grad, handle, indices, **kwargs):
        """Sum the gradients of repeated rows."""
        summed = gradient_steps.sum_repeated_rows(tf.IndexedSlices(grad, indices))
        return _call(self._resource_apply_sparse, kwargs, summed.values, handle, summed.indices)

    def _resource_scatter_add(self, x, i, v):
        tf.raw_ops.ResourceScatterAdd(resource=x.handle, indices=i, updates=v)
        return x.value()

    def _resource_scatter_update(self, x, i, v):
        tf.raw_ops.ResourceScatterUpdate(resource=x.handle, indices=i, updates=v)
        return x.value()

    # Configs.

    def save_for_keras3(self, store):
        """Store nothing: Keras 3 keeps the state in another form."""

    def get_config(self):
        config = {"name": self.name}
        for option in ("clipnorm", "clipvalue", "global_clipnorm"):
            if getattr(self, option) is not None:
                config[option] = getattr(self, option)
        if not self.hyperparameters and not self.settings:
            return config  # of a custom class, whose get_config adds the rest
        names = ("learning_rate", "decay", *self.hyperparameters)
        return {
            **config,
            **{name: self._serialize_hyperparameter(name) for name in names},
            **{name: getattr(self, name) for name in self.settings},
        }


def _call(method, options, *args):
    """Call `method(*args)` with the options it accepts; custom methods are converted by
    AutoGraph.
    """
    function = getattr(method, "__func__", method)
    parameters = inspect.signature(function).parameters
    takes_any = any(p.kind is p.VAR_KEYWORD for p in parameters.values())
    options = {name: value for name, value in options.items() if takes_any or name in parameters}
    run = method if is_library(function) else converted(method)
    return run(*args, **options)
