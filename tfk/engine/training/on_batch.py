"""`train_on_batch`, `test_on_batch` and `predict_on_batch`."""

from tfk.callbacks.logs import to_numbers
from tfk.engine.data.adapter import array_data
from tfk.engine.data.class_weights import add_class_weights
from tfk.engine.data.leaves import to_tensor
from tfk.engine.training.first_batch import prepare
from tfk.engine.training.logs import in_order, to_arrays
from tfk.engine.training.loops import loop_for
from tfk.engine.training.preconditions import (
    as_compiled,
    check_compiled,
    refuse_foreign_scope,
    refuse_in_graph,
    strategy_scope,
)
from tfk.engine.training.predict import outputs_of_batch
from tfk.utils.nest import map_tensors
from tfk.utils.packing import pack_x_y_sample_weight, unpack_x_y_sample_weight
from tfk.utils.specs import open_spec


def train_on_batch(model, x, y, sample_weight, class_weight, reset_metrics, return_dict):
    """See `Trainer.train_on_batch`."""
    check_compiled(model)
    with as_compiled(model):
        logs = _run(model, "train", x, y, sample_weight, class_weight, reset_metrics)
    return _results(model, logs, return_dict)


def test_on_batch(model, x, y, sample_weight, reset_metrics, return_dict):
    """See `Trainer.test_on_batch`."""
    check_compiled(model)
    return _results(
        model, _run(model, "test", x, y, sample_weight, None, reset_metrics), return_dict
    )


def predict_on_batch(model, x):
    """See `Trainer.predict_on_batch`."""
    outputs = outputs_of_batch(model, x)
    return to_arrays(_run(model, "predict", x)) if outputs is None else outputs


def _run(model, mode, x, y=None, sample_weight=None, class_weight=None, reset_metrics=False):
    refuse_in_graph(model, f"{mode}_on_batch")
    if mode == "train":
        refuse_foreign_scope(model, "train_on_batch")
    if reset_metrics:
        model.reset_metrics()
    data = map_tensors(to_tensor, array_data(x, y, sample_weight, f"{mode}_on_batch"))
    if class_weight:
        data = pack_x_y_sample_weight(
            *add_class_weights(
                unpack_x_y_sample_weight(data), class_weight, model.output_names, model.loss
            )
        )
    spec = map_tensors(open_spec, data)
    with strategy_scope(model):
        prepare(model, mode, spec)
        return loop_for(model, mode).run_batch(data, spec)


def _results(model, logs, return_dict):
    logs = to_numbers(logs)
    return logs if return_dict else in_order(logs, model.metrics_names)
