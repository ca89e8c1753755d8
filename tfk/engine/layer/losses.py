"""Losses and metrics added by layers: `add_loss`, `add_metric`, regularizers."""

import itertools

import tensorflow as tf

from tfk import config
from tfk.engine.layer import call_context
from tfk.engine.layer.input_spec import layer_title
from tfk.engine.layer.symbolic import is_symbolic
from tfk.engine.layer.tracking import unique
from tfk.engine.layer.weights import _WeightsMixin
from tfk.metrics.metric import Metric
from tfk.metrics.reduction import Mean
from tfk.utils.autograph import runs_as_written
from tfk.utils.replicas import Share
from tfk.utils.tensorflow_internals import wrap_container


class _LossesMixin(_WeightsMixin):
    """Mixin that collects additional losses and metrics of a layer.

    A loss tensor belongs to the call in which it was added: outermost calls are numbered, and
    tensors from before the layer's latest call are stale.
    """

    _UNTRACKED = frozenset(("_added_metrics", "_call_record", "_loss_functions"))

    _loss_functions: list  # functions passed to `add_loss`
    _call_record: call_context.CallRecord  # the latest call, and tensors passed to `add_loss`
    _added_metrics: list  # metrics of `add_metric`

    @runs_as_written
    def add_loss(self, losses, **kwargs):
        """Add terms to the loss that training minimizes.

        Args:
            losses: A tensor, a function without arguments that returns one, or a list of these. A
                tensor is valid for the call in which it was added; a function is evaluated for
                every batch. Functional models also accept symbolic tensors.
            **kwargs: `inputs`, accepted for compatibility.

        Raises: ValueError for a tensor or number outside `call`, which would be a constant.
        """
        unknown = sorted(set(kwargs) - {"inputs"})
        if unknown:
            raise TypeError(f"{layer_title(self)}: add_loss got unknown arguments {unknown}.")
        for loss in tf.nest.flatten(losses):
            if loss is None:
                continue
            if is_symbolic(loss):
                self._add_symbolic_loss(loss)
            elif callable(loss) and not tf.is_tensor(loss) and not isinstance(loss, tf.Variable):
                self._loss_functions.append(loss)
                self.renew_version()
            else:
                self._note_loss(_as_loss(loss))

    def _add_symbolic_loss(self, loss):
        raise ValueError(
            f"{layer_title(self)}: add_loss got a symbolic tensor. Symbolic losses can be added"
            " to a functional model, with model.add_loss(...), not to a layer; inside `call`,"
            " add losses of concrete tensors."
        )

    def _note_loss(self, loss):
        frame = call_context.current()
        if frame is None:
            raise ValueError(
                f"{layer_title(self)}: add_loss got a value outside of call, a constant that no"
                " training step computes again. Pass a function that computes it:"
                " add_loss(lambda: ...)."
            )
        record = self._call_record
        if record.root != frame.root:
            record.root, record.losses = frame.root, []
        record.losses.append(loss)

    def _losses_here(self, since):
        """Return losses of this layer, excluding nested layers and calls before number `since`."""
        record = self._call_record
        tensors = record.losses if record.root >= max(since, record.latest) else []
        for tensor in tensors:
            _check_reachable(self, tensor)
        values = (function() for function in self._loss_functions)
        functions = (_as_loss(value) for value in values if value is not None)
        penalties = (regularizer(variable) for variable, regularizer in self._regularized)
        return list(itertools.chain(tensors, functions, penalties))

    @property
    def losses(self):
        """Loss tensors of this layer and nested ones: added losses, then regularization
        penalties.
        """
        since = self._call_record.latest
        return [loss for layer in self._flatten_layers() for loss in layer._losses_here(since)]

    def add_update(self, updates):
        """Run variable updates given as functions, unless the layer is frozen.

        Args:
            updates: A function without arguments, or a list of them. In TensorFlow 2 assignments in
                `call` run immediately, so anything else has already run.
        """
        if self.trainable:
            for update in tf.nest.flatten(updates):
                if callable(update):
                    update()

    @property
    def updates(self):
        """Always empty: updates run within the call that causes them."""
        return []

    @runs_as_written
    def add_metric(self, value, name: str | None = None, **kwargs):
        """Report the running mean of a tensor as a metric.

        Args:
            value: Tensor to average over batches.
            name: Name in the logs; required unless `value` is the result of a metric object.
                Defaults to None.
            **kwargs: `aggregation`, `"mean"` or None.
        """
        aggregation = kwargs.pop("aggregation", "mean")
        unknown = sorted(set(kwargs) - {"inputs"})
        if unknown:
            raise TypeError(f"{layer_title(self)}: add_metric got unknown arguments {unknown}.")
        source = getattr(value, "_metric_obj", None)
        if name is None and source is None:
            raise ValueError(
                f"{layer_title(self)}: add_metric needs a name: add_metric(value, name='...')."
            )
        if aggregation not in (None, "mean"):
            raise ValueError(
                f"{layer_title(self)}: add_metric expected aggregation to be 'mean' or None, got"
                f" {aggregation!r}."
            )
        if is_symbolic(value):
            self._add_symbolic_metric(value, name)
        elif source is not None:
            if source not in self._added_metrics:
                self._added_metrics.append(source)
        else:
            _add_to_metric(self._metric_called(name), value)

    def _add_symbolic_metric(self, value, name):
        raise ValueError(
            f"{layer_title(self)}: add_metric got a symbolic tensor; this is only supported by"
            " functional models, with model.add_metric(...)."
        )

    def _metric_called(self, name):
        for metric in self._added_metrics:
            if metric.name == name:
                return metric
        with tf.init_scope():
            metric = Mean(name=name)
        self._added_metrics.append(metric)
        return metric

    def _trackable_children(self, save_type="checkpoint", **kwargs):
        children = super()._trackable_children(save_type, **kwargs)
        if save_type == "savedmodel" and self._added_metrics:
            children["_added_metrics"] = wrap_container(self._added_metrics)
        return children

    @property
    def metrics(self):
        """Metrics attached to or added by this layer and nested ones."""
        found = []
        for layer in self._flatten_layers():
            found += layer._own_metrics()
        return unique(found)

    def _own_metrics(self):
        attached = [part for part in self._attached_modules() if isinstance(part, Metric)]
        return unique(attached + self._added_metrics)


def _add_to_metric(metric, value):
    """Updates the running mean of a value; one of several replicas counts by its fraction of the
    rows.
    """
    if not tf.distribute.has_strategy():
        metric.update_state(value)
    elif not tf.distribute.in_cross_replica_context():
        share = Share.of(None)
        if share is None or value.shape.rank != 0:
            metric.update_state(value)
        else:
            metric.update_state(share.defined(value), sample_weight=share.fraction)


def _as_loss(value):
    """Return a value as a tensor; numbers get the default dtype."""
    return value if tf.is_tensor(value) else tf.convert_to_tensor(value, dtype=config.floatx())


def _check_reachable(layer, loss):
    """Raise ValueError for a loss computed inside a loop, which it cannot leave."""
    if tf.executing_eagerly() or not tf.is_symbolic_tensor(loss):
        return
    graph = tf.constant(0).graph
    while graph is not None and graph is not loss.graph:
        graph = getattr(graph, "outer_graph", None)
    if graph is None:
        raise ValueError(
            f"{layer_title(layer)}: a loss was added inside a loop, such as the steps of an RNN or"
            " TimeDistributed, whose tensors cannot leave it. Pass unroll=True to the RNN, return"
            " the tensor from the loop and add the loss outside, or give the regularizer to the"
            " outer layer."
        )
