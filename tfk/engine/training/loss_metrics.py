"""Compiled losses and metrics by output, with their names in the logs."""

import collections
import inspect
from contextlib import nullcontext

import tensorflow as tf

from tfk import losses as losses_module
from tfk.engine.layer.symbolic import SymbolicTensor
from tfk.engine.training import output_structure
from tfk.losses.activation_checks import check_activation
from tfk.losses.loss import Loss
from tfk.losses.reduction import is_average
from tfk.losses.target_checks import check_targets
from tfk.metrics.metric import Metric
from tfk.metrics.reduction import Mean, MeanMetricWrapper
from tfk.metrics.resolve import resolve as resolve_metric
from tfk.saving.copies import fresh_copy
from tfk.utils.autograph import runs_as_written
from tfk.utils.logits import copy_logits
from tfk.utils.masks import get_mask, set_mask
from tfk.utils.naming import counting_names
from tfk.utils.replicas import Share
from tfk.utils.specs import spec_of


@runs_as_written
class CompiledLoss:
    """Total loss over all outputs, and the running means logged as `loss` and `<output>_loss`.

    Args:
        losses: A loss (name, function, object), or one per output in a list or dict; None for no
            loss.
        loss_weights: Weights of the outputs, as a list or dict. Defaults to None.
        output_names: Names of the outputs, or None to name them by position. Defaults to None.
        check_targets: Whether to reject targets whose shape or dtype cannot match their output.
            Defaults to True.
    """

    def __init__(self, losses, loss_weights=None, output_names=None, check_targets=True):
        self.user_losses, self.user_loss_weights = losses, loss_weights
        self.given_names = self.output_names = output_names
        self.check_targets = check_targets
        self.total_mean = Mean(name="loss")
        self.built = False
        self.activations_checked = not check_targets
        self.hints_given = False  # about the data
        self.outputs = self.losses = self.loss_weights = self.output_means = None

    @property
    def metrics(self):
        """The running means; empty until the outputs are known."""
        if not self.built:
            return []
        return [self.total_mean, *(mean for mean in self.output_means if mean is not None)]

    def fit_to(self, y_pred):
        """Build for outputs of these type specs, again if they have changed."""
        if not self.built or output_structure.differ(self.outputs, y_pred):
            self.build(y_pred)

    def build(self, y_pred):
        """Assign a loss to each output of `y_pred`, a nest of tensors or specs."""
        self.outputs = y_pred
        self.output_names = self.given_names or output_structure.default_output_names(y_pred)
        self.losses = [
            _loss_object(loss) for loss in self._by_output("loss", y_pred, self.user_losses)
        ]
        self.loss_weights = self._by_output("loss_weights", y_pred, self.user_loss_weights)
        several = len(self.output_names) > 1
        self.output_means = [
            Mean(name=f"{name}_loss") if several and loss is not None else None
            for name, loss in zip(self.output_names, self.losses)
        ]
        self.built = True

    def _by_output(self, what, y_pred, given):
        return output_structure.flat_by_output(
            f"compile({what}=...)", y_pred, self.output_names, given
        )

    def __call__(self, y_true, y_pred, sample_weight=None, regularization_losses=None):
        """Return the loss to minimize, or None without loss and targets; update the running means.

        Args:
            y_true: Targets, one tensor or a nest by output; None for outputs without targets.
            y_pred: Outputs of the model.
            sample_weight: One weight tensor for all outputs, or a nest by output. Defaults to None.
            regularization_losses: Further scalar terms, as in `model.losses`. Defaults to None.
        """
        if not self.built:
            with tf.init_scope():
                self.build(tf.nest.map_structure(spec_of, y_pred))
        names = self.output_names
        targets = output_structure.flat_by_output("targets", y_pred, names, y_true)
        weights = output_structure.flat_by_output("sample_weight", y_pred, names, sample_weight)
        minimized, batch_size = [], None
        for name, target, output, weight, loss, factor, mean in zip(
            names,
            targets,
            tf.nest.flatten(y_pred),
            weights,
            self.losses,
            self.loss_weights,
            self.output_means,
        ):
            if target is None or loss is None:
                continue
            if self.check_targets and not tf.executing_eagerly():
                check_targets(name, target, getattr(output, "shape", None), loss)
            if not self.activations_checked:
                check_activation(name, output, loss)
            target, output, weight = match_dtype_and_rank(target, output, weight)
            value = loss(target, output, sample_weight=apply_mask(output, weight, get_mask(output)))
            _refuse_symbolic(name, value)
            if batch_size is None:
                batch_size = (
                    target.nrows() if isinstance(target, tf.RaggedTensor) else tf.shape(target)[0]
                )
            share = Share.of(batch_size)
            if share is not None and is_average(loss.reduction):
                value = share.of_mean(value, get_mask(output))
            if mean is not None:
                _add_to_mean(mean, value, batch_size, share)
            minimized.append(value if factor is None else value * factor)
        self.activations_checked = True
        share = Share.of(batch_size)
        if regularization_losses:
            penalty = _sum(regularization_losses)
            minimized.append(penalty if share is None else share.of_mean(penalty))
        if not minimized:
            return None
        total = _sum(minimized)
        _add_to_mean(self.total_mean, total, batch_size, share)
        return total

    def reset_state(self):
        """Reset the running means to zero."""
        for metric in self.metrics:
            metric.reset_state()


@runs_as_written
class CompiledMetrics:
    """Metrics of every output; those of several outputs are named `<output>_<metric>`.

    Args:
        metrics: A list of metrics (names, functions, objects), or one such list per output in a
            list or dict. Defaults to None.
        weighted_metrics: The same for metrics that use the sample weights. Defaults to None.
        output_names: Names of the outputs, or None to name them by position. Defaults to None.
        from_file: Whether the metrics come from a file, where those of a trained model already have
            the prefix. Defaults to False.
        loss: The `CompiledLoss`, whose losses resolve "accuracy" if shapes are unknown. Defaults to
            None.
    """

    def __init__(
        self, metrics=None, weighted_metrics=None, output_names=None, from_file=False, loss=None
    ):
        _refuse_shared(metrics, weighted_metrics)
        self.user_metrics, self.user_weighted_metrics = metrics, weighted_metrics
        self.given_names = self.output_names = output_names
        self.from_file, self.loss = from_file, loss
        self.outputs = None
        self.built = False
        self.plain = self.weighted = None  # for each output a list of metrics

    @property
    def metrics(self):
        """All metrics, output by output; empty until the outputs are known."""
        if not self.built:
            return []
        return [
            metric
            for plain, weighted in zip(self.plain, self.weighted)
            for metric in (*plain, *weighted)
        ]

    @property
    def unweighted_metrics(self):
        """Metrics that ignore the sample weights, or None before the first batch."""
        return [metric for group in self.plain for metric in group] if self.built else None

    @property
    def weighted_metrics(self):
        """Metrics that use the sample weights, or None before the first batch."""
        return [metric for group in self.weighted for metric in group] if self.built else None

    def fit_to(self, y_pred, y_true):
        """Build for outputs of these type specs, again if they have changed."""
        if not self.built or output_structure.differ(self.outputs, y_pred):
            self.build(y_pred, y_true)

    def build(self, y_pred, y_true=None):
        """Create the metrics of each output.

        Args:
            y_pred: Outputs, a nest of tensors or specs.
            y_true: Targets, a nest of tensors or specs. Without them, names such as "accuracy" are
                resolved at the first batch. Defaults to None.
        """
        self.outputs = y_pred
        names = self.given_names or output_structure.default_output_names(y_pred)
        self.output_names = names
        outputs = tf.nest.flatten(y_pred)
        targets = output_structure.flat_by_output("targets", y_pred, names, y_true)
        losses = (
            self.loss.losses if self.loss is not None and self.loss.built else [None] * len(outputs)
        )

        def create(what, given):
            return [
                [resolve_metric(metric, target, output, loss) for metric in group]
                for group, target, output, loss in zip(
                    self._groups(what, y_pred, given), targets, outputs, losses
                )
            ]

        # Metrics that a file gives by class, such as "AUC", have the names of a fresh process.
        counting = counting_names(collections.Counter()) if self.from_file else nullcontext()
        with counting:
            self.plain = create("metrics", self.user_metrics)
            self.weighted = create("weighted_metrics", self.user_weighted_metrics)
        self._set_names()
        self.built = True

    def _groups(self, what, y_pred, given):
        """Return a list of metrics per output."""
        outputs = len(tf.nest.flatten(y_pred))
        if given is None:
            return [[] for _ in range(outputs)]
        if not tf.nest.is_nested(given) or output_structure.is_flat_list(given):
            group = [metric for metric in tf.nest.flatten(given) if metric is not None]
            return [group] + [[_copy(metric) for metric in group] for _ in range(outputs - 1)]
        groups = output_structure.flat_by_output(
            f"compile({what}=...)", y_pred, self.output_names, given
        )
        return [
            [metric for metric in tf.nest.flatten(group) if metric is not None] for group in groups
        ]

    def _set_names(self):
        taken, several = set(), len(self.output_names) > 1
        for output, plain, weighted in zip(self.output_names, self.plain, self.weighted):
            prefix = f"{output}_" if several else ""
            for metric in plain:
                _rename(metric, self._prefixed(prefix, metric.name), taken)
            for metric in weighted:
                name = self._prefixed(prefix, metric.name)
                _rename(metric, f"{prefix}weighted_{metric.name}" if name in taken else name, taken)

    def _prefixed(self, prefix, name):
        has_prefix = (self.from_file or self.built) and name.startswith(prefix)
        return name if has_prefix else prefix + name

    def by_output(self):
        """Return `(metrics, weighted_metrics)` as lists of objects per output, the form of Keras
        2's HDF5 files; the user's arguments as long as a name is unresolved, and for losses used as
        metrics, which these files cannot represent.
        """
        functions = [metric._fn for metric in self.metrics if isinstance(metric, MeanMetricWrapper)]
        if not self.built or any(not hasattr(function, "__name__") for function in functions):
            return self.user_metrics, self.user_weighted_metrics
        return tuple(
            None if given is None else groups
            for given, groups in (
                (self.user_metrics, self.plain),
                (self.user_weighted_metrics, self.weighted),
            )
        )

    @runs_as_written
    def update_state(self, y_true, y_pred, sample_weight=None):
        """Update every metric with one batch; arguments as in `CompiledLoss.__call__`."""
        if not self.built:
            specs = (tf.nest.map_structure(spec_of, y_pred), tf.nest.map_structure(spec_of, y_true))
            with tf.init_scope():
                self.build(*specs)
        names = self.output_names
        targets = output_structure.flat_by_output("targets", y_pred, names, y_true)
        weights = output_structure.flat_by_output("sample_weight", y_pred, names, sample_weight)
        for target, output, weight, plain, weighted in zip(
            targets, tf.nest.flatten(y_pred), weights, self.plain, self.weighted
        ):
            if target is None or not (plain or weighted):
                continue
            target, output, weight = match_dtype_and_rank(target, output, weight)
            mask = get_mask(output)
            for metric in plain:
                metric.update_state(target, output, sample_weight=mask)
            if weighted:
                weight = apply_mask(output, weight, mask)
            for metric in weighted:
                metric.update_state(target, output, sample_weight=weight)

    @runs_as_written
    def reset_state(self):
        """Reset all metrics, including those not yet assigned to an output."""
        given = tf.nest.flatten([self.user_metrics, self.user_weighted_metrics])
        for metric in self.metrics or [metric for metric in given if isinstance(metric, Metric)]:
            metric.reset_state()


def match_dtype_and_rank(target, output, weight):
    """Return targets and weights as the output requires: `(batch,)` gets a last axis, floats one
        dtype.

    Losses and metrics are computed in at least float32: float16 overflows at 65504, and bfloat16
    has three digits.
    """
    if not hasattr(output, "shape"):  # an object that only a custom loss supports
        return target, output, weight
    output = _in_float32(output)
    if output.shape.rank == 2:
        target = tf.expand_dims(target, -1) if target.shape.rank == 1 else target
        weight = (
            tf.expand_dims(weight, -1) if weight is not None and weight.shape.rank == 1 else weight
        )
    both_float = target.dtype.is_floating and output.dtype.is_floating
    if both_float or (target.dtype.is_integer and output.dtype.is_integer):
        target = tf.cast(target, output.dtype)
    return target, output, weight if weight is None else tf.cast(weight, output.dtype)


def _in_float32(output):
    """Return a half-precision output as float32, with its mask and logits."""
    if not tf.is_tensor(output) or output.dtype not in (tf.float16, tf.bfloat16):
        return output
    wide = tf.cast(output, tf.float32)
    set_mask(wide, get_mask(output))
    copy_logits(output, wide)
    return wide


def apply_mask(output, weight, mask):
    """Set the sample weights of masked time steps to zero."""
    if mask is None:
        return weight
    mask = tf.cast(mask, output.dtype)
    if weight is None:
        return mask
    if weight.shape.rank is not None and mask.shape.rank is not None:
        if weight.shape.rank == mask.shape.rank + 1:
            mask = tf.expand_dims(mask, -1)
        elif weight.shape.rank == mask.shape.rank - 1:
            weight = tf.expand_dims(weight, -1)
    return weight * mask


def to_common_dtype(values):
    """Cast to the widest floating dtype among `values`; complex values are unchanged."""
    floats = [value.dtype for value in values if value.dtype.is_floating]
    if not floats or any(value.dtype.is_complex for value in values):
        return list(values)
    widest = max(floats, key=lambda dtype: dtype.size)
    if {tf.float16, tf.bfloat16} <= set(floats) and widest.size == 2:
        widest = tf.float32
    return [tf.cast(value, widest) for value in values]


def _add_to_mean(mean, value, batch_size, share):
    """Update the running mean of a loss, weighted by batch size, on one device or each replica."""
    if share is None:
        mean.update_state(value, sample_weight=batch_size)
    elif value.shape.rank == 0:
        weight = share.fraction if batch_size is None else share.rows
        mean.update_state(share.unscaled(value), sample_weight=weight)
    else:
        mean.update_state(value, sample_weight=share.total)


def _refuse_symbolic(name, value):
    if isinstance(value, SymbolicTensor):
        raise TypeError(
            f'The loss of output "{name}" uses tensors of the model itself, which have no values in'
            " training. Add that part with model.add_loss(...), or make those tensors outputs of"
            " the model."
        )


def _sum(values):
    values = to_common_dtype(values)
    if len(values) <= 2:
        return tf.add_n(values)
    # TensorFlow adds three or more tensors in a non-deterministic order (whichever buffer is ready
    # first).
    return tf.reduce_sum(tf.stack(values), axis=0)


def _loss_object(loss):
    if loss is None:
        return None
    loss = losses_module.get(loss)
    if not isinstance(loss, Loss):
        name = getattr(loss, "name", None) or getattr(loss, "__name__", None) or type(loss).__name__
        _check_arguments(loss, name)
        loss = losses_module.LossFunctionWrapper(loss, name=name)
    loss._allow_sum_over_batch_size = True  # CompiledLoss divides by the number of replicas
    return loss


def _check_arguments(loss, name):
    """Raises TypeError for a loss function that cannot be called on targets and outputs."""
    try:
        signature = inspect.signature(loss)
    except (TypeError, ValueError):  # a function that is not written in Python
        return
    try:
        signature.bind(None, None)
    except TypeError:
        raise TypeError(
            f"The loss function {name} takes {signature}; it is called with (y_true, y_pred)."
            " Use add_loss for a loss that needs other tensors."
        ) from None


def _copy(metric):
    return fresh_copy(metric) if isinstance(metric, Metric) else metric


def _rename(metric, name, taken):
    if name in taken:
        raise ValueError(
            f"compile(metrics=...): two metrics are called {name!r}. Give one of them another"
            " name: "
            f'{type(metric).__name__}(..., name="...").'
        )
    taken.add(name)
    metric._rename(name)


def _refuse_shared(metrics, weighted_metrics):
    objects = [m for m in tf.nest.flatten([metrics, weighted_metrics]) if isinstance(m, Metric)]
    twice = sorted(
        {metric.name for i, metric in enumerate(objects) if any(metric is m for m in objects[:i])}
    )
    if twice:
        raise ValueError(
            f"compile: the metric objects {twice} are given more than once and would count every"
            " batch more than once. Make one object for each place."
        )
