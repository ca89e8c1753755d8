"""What `compile(metrics=[...])` means, by the shapes of targets and outputs."""

import pytest
import tensorflow as tf

from tfk import losses, metrics
from tfk.metrics.resolve import resolve


@pytest.mark.parametrize(
    ("true", "pred", "kind"),
    [
        ((8, 1), (8, 1), "binary"),
        ((8,), (8, 1), "binary"),
        ((8, 1), (8, 3), "sparse"),
        ((8,), (8, 3), "sparse"),
        ((8, 5), (8, 5, 3), "sparse"),
        ((8, 5, 1), (8, 5, 3), "sparse"),
        ((8, 3), (8, 3), "one_hot"),
        ((None, 5, 3), (None, None, 3), "one_hot"),
    ],
)
def test_names_that_depend_on_shapes(true, pred, kind):
    targets, outputs = (tf.TensorSpec(shape, tf.float32) for shape in (true, pred))
    functions = {
        "binary": (metrics.binary_accuracy, metrics.binary_crossentropy),
        "sparse": (metrics.sparse_categorical_accuracy, metrics.sparse_categorical_crossentropy),
        "one_hot": (metrics.categorical_accuracy, metrics.categorical_crossentropy),
    }[kind]
    for names, function, rising in (
        (("accuracy", "acc", "Accuracy"), functions[0], True),
        (("crossentropy", "ce"), functions[1], False),
    ):
        for name in names:
            metric = resolve(name, targets, outputs)
            assert (metric._fn, metric.name, metric.higher_is_better) == (function, name, rising)


def test_the_first_batch_decides_without_targets():
    metric = resolve("accuracy", y_pred=tf.TensorSpec((None, 3), tf.float32))
    assert metric._fn is None and metric.higher_is_better is True
    outputs = tf.constant([[0.9, 0.8, 0.1], [0.2, 0.7, 0.1]])
    metric.update_state(tf.constant([[0], [2]]), outputs)
    assert metric._fn is metrics.sparse_categorical_accuracy and float(metric.result()) == 0.5
    metric.update_state(tf.constant([[0], [1]]), outputs)
    assert float(metric.result()) == 0.75


def test_the_loss_decides_where_shapes_are_unknown():
    unknown = tf.TensorSpec(None, tf.float32)
    for loss, function in (
        (losses.SparseCategoricalCrossentropy(), metrics.sparse_categorical_accuracy),
        (losses.categorical_crossentropy, metrics.categorical_accuracy),
        (losses.BinaryCrossentropy(), metrics.binary_accuracy),
        (None, metrics.binary_accuracy),
    ):
        assert resolve("accuracy", unknown, unknown, loss)._fn is function


def test_names_functions_classes_and_objects():
    assert resolve("mse").name == "mse" and resolve("mse").higher_is_better is False
    assert resolve("AUC").name == "auc" and type(resolve("AUC")) is metrics.AUC
    assert resolve(metrics.AUC).name.startswith("auc")
    assert resolve(metrics.mean_absolute_error).name == "mean_absolute_error"
    given = metrics.Precision()
    assert resolve(given) is given
    assert resolve("cosine_similarity").higher_is_better is True
    assert resolve(metrics.serialize(metrics.Recall(top_k=2))).top_k == 2


def test_functions_and_callables_of_the_user():
    def error(y_true, y_pred):
        return tf.abs(y_true - y_pred)

    class Scale:
        def __call__(self, y_true, y_pred):
            return 2.0 * y_pred

    metric = resolve(error)
    assert (metric.name, metric.higher_is_better) == ("error", None)
    assert float(metric([[1.0], [2.0]], [[2.0], [5.0]])) == 2.0
    assert resolve(Scale()).name == "scale"


def test_loss_objects_as_metrics():
    metric = resolve(losses.MeanSquaredError(name="my_mse"))
    assert metric.name == "my_mse"
    metric.update_state([[1.0], [2.0]], [[2.0], [4.0]])
    assert float(metric.result()) == 2.5
    metric.update_state([[0.0], [0.0]], [[1.0], [1.0]], sample_weight=[[1.0], [1.0]])
    assert float(metric.result()) == pytest.approx((2.5 + 2 * 1.0) / 3)


def test_unknown_names():
    with pytest.raises(ValueError, match="'acuracy'"):
        resolve("acuracy")
