"""The base class: state, names, nesting, user metrics in graphs, replicas, saving, errors."""

import copy

import numpy as np
import pytest
import tensorflow as tf

from tfk import metrics, mixed_precision
from tfk.layers import Dense
from tfk.models import Sequential, load_model
from tfk.saving import configs, registry


class Largest(metrics.Metric):
    """Largest output, found with Python branches on tensors."""

    def __init__(self, name="largest value!", **kwargs):
        super().__init__(name=name, **kwargs)
        self.largest = self.add_weight(name="largest_weight", initializer="zeros")
        self.batches = self.add_weight(name="batches", dtype="int32", initializer="zeros")

    def update_state(self, y_true, y_pred, sample_weight=None):
        self.batches.assign_add(1)
        if tf.reduce_max(y_pred) > self.largest:
            self.largest.assign(tf.reduce_max(y_pred))

    def result(self):
        if self.batches == 0:
            return tf.constant(-1.0)
        return self.largest


class Several(metrics.Metric):
    """Metrics inside a metric, variables in attributes and lists, a dict as result."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.mean = metrics.Mean()
        self.parts = [metrics.Sum(), metrics.Sum()]
        self.updates = tf.Variable(0.0, trainable=False)
        self.settings = {1: "one", "two": 2}

    def update_state(self, y_true, y_pred, sample_weight=None):
        self.mean.update_state(y_pred)
        for part in self.parts:
            part.update_state(y_pred)
        self.updates.assign_add(1.0)

    def result(self):
        return {"mean": self.mean.result(), "sum": self.parts[1].result(), "updates": self.updates}


def test_user_metrics_run_eagerly_in_graphs_and_in_loops():
    metric = Largest()
    assert float(metric.result()) == -1.0
    metric.update_state(None, tf.constant([2.0, 1.0]))
    update = tf.function(metric.update_state, autograph=False)
    update(None, tf.constant([5.0]))
    update(None, tf.constant([3.0]))
    read = tf.function(lambda: metric.result(), autograph=False)
    assert float(read()) == 5.0 and int(metric.batches) == 3
    metric.reset_state()
    assert float(read()) == -1.0
    assert float(metric(None, tf.constant([7.0]))) == 7.0
    assert isinstance(metric.result(), tf.Tensor)


def test_a_decorated_update():
    class Decorated(Largest):
        @tf.function
        def update_state(self, y_true, y_pred, sample_weight=None):
            self.largest.assign_add(tf.reduce_sum(y_pred))

    metric = Decorated()
    metric.update_state(None, tf.constant([2.0]))
    metric.update_state(None, tf.constant([3.0]))
    assert float(metric.largest) == 5.0


def test_metrics_in_metrics():
    metric = Several()
    for values in ([1.0, 2.0], [6.0]):
        results = metric(None, tf.constant(values))
    assert {key: float(value) for key, value in results.items()} == {
        "mean": 3.0,
        "sum": 9.0,
        "updates": 2.0,
    }
    assert len(metric.variables) == 5
    metric.reset_state()
    assert not np.any(metric.get_weights())
    in_graph = tf.function(lambda values: metric(None, values), autograph=False)
    assert float(in_graph(tf.constant([4.0]))["mean"]) == 4.0


def test_names_and_dtypes():
    assert [metrics.Precision().name, metrics.Precision().name, metrics.AUC().name] == [
        "precision",
        "precision_1",
        "auc",
    ]
    assert Largest().name == "largest value!"
    assert metrics.Mean(name="").name == ""
    assert metrics.Mean().dtype == "float32"
    assert metrics.Mean(dtype=tf.float64).result().dtype == tf.float64
    mixed_precision.set_global_policy("mixed_float16")
    assert metrics.Mean().dtype == "float32"
    assert metrics.Mean(dtype=mixed_precision.Policy("float64")).dtype == "float64"


def test_sums_in_float16_inputs_are_kept_in_float32():
    metric = metrics.Mean()
    metric.update_state(tf.fill([3000], tf.constant(1000.0, tf.float16)))
    assert float(metric.result()) == 1000.0


def test_variables_are_created_outside_of_the_graph_that_makes_the_metric():
    @tf.function(autograph=False)
    def step(values):
        if "metric" not in made:
            made["metric"] = metrics.MeanTensor()
        made["metric"].update_state(values)
        return made["metric"].result()

    made = {}
    step(tf.constant([1.0, 3.0]))
    assert step(tf.constant([3.0, 5.0])).numpy().tolist() == [2.0, 4.0]


def test_weights_can_be_read_set_stored_and_copied():
    metric = metrics.Mean()
    metric.update_state([1.0, 3.0])
    assert metric.get_weights() == [4.0, 2.0]
    other = metrics.Mean()
    other.set_weights(metric.get_weights())
    store = {}
    metric.save_own_variables(store)
    assert list(store) == ["0", "1"]
    third = metrics.Mean()
    third.load_own_variables(store)
    fourth = copy.deepcopy(metric)
    metric.update_state([100.0])
    assert [float(m.result()) for m in (other, third, fourth)] == [2.0, 2.0, 2.0]
    assert metric.trainable_variables == [] and metric.weights == metric.non_trainable_weights
    with pytest.raises(ValueError, match='Mean "mean": set_weights expected 2 arrays, got 1'):
        metric.set_weights([1.0])


@pytest.mark.parametrize(
    ("build", "y_true", "y_pred"),
    [
        (metrics.F1Score, [[1, 0], [0, 1]], [[0.9, 0.2], [0.8, 0.3]]),
        (lambda: metrics.FBetaScore(average="micro"), [[1, 0], [0, 1]], [[0.9, 0.2], [0.8, 0.3]]),
        (metrics.R2Score, [[1.0], [4.0], [3.0]], [[2.0], [4.0], [4.0]]),
        (lambda: metrics.AUC(multi_label=True), [[1, 0], [0, 1]], [[0.9, 0.2], [0.8, 0.3]]),
        (metrics.MeanTensor, [1.0, 2.0], None),
    ],
)
def test_variables_of_the_first_batch_are_stored_and_come_back(build, y_true, y_pred):
    metric, store = build(), {}
    metric.update_state(*(value for value in (y_true, y_pred) if value is not None))
    metric.save_own_variables(store)
    again = build()
    again.load_own_variables(store)
    np.testing.assert_array_equal(again.result(), metric.result())
    stored_before_the_first_batch = {}
    build().save_own_variables(stored_before_the_first_batch)
    again.load_own_variables(stored_before_the_first_batch)
    np.testing.assert_array_equal(again.result(), metric.result())


class Late(metrics.Metric):
    total = None

    def update_state(self, y_true, y_pred, sample_weight=None):
        if self.total is None:
            self.total = self.add_weight("total", y_pred.shape[1:])
        self.total.assign_add(tf.reduce_sum(y_pred, axis=0))

    def result(self):
        return tf.reduce_sum(self.total)


def test_late_variables_of_users_start_from_zero_after_loading(tmp_path):
    model = Sequential([Dense(2, input_shape=(2,))])
    model.compile("sgd", "mse", metrics=[Late(name="late")])
    x = np.ones((4, 2), "float32")
    expected = model.evaluate(x, x, verbose=0)
    model.save(str(tmp_path / "m.keras"))
    with pytest.warns(UserWarning, match='Late "late": its state in the file has 1 variables'):
        loaded = load_model(str(tmp_path / "m.keras"), custom_objects={"Late": Late})
    assert loaded.evaluate(x, x, verbose=0) == expected


def test_updates_can_be_grouped_in_graphs():
    class Outer(metrics.Metric):
        def __init__(self):
            super().__init__(name="outer")
            self.inner = metrics.Mean()

        def update_state(self, y_true, y_pred, sample_weight=None):
            return tf.group([self.inner.update_state(y_true), self.inner.update_state(y_pred)])

        def result(self):
            return self.inner.result()

    metric = Outer()

    @tf.function
    def step(y_true, y_pred):
        with tf.control_dependencies([metric.update_state(y_true, y_pred)]):
            return metric.result()

    assert float(step(tf.constant([1.0]), tf.constant([3.0]))) == 2.0
    assert float(step(tf.constant([5.0]), tf.constant([7.0]))) == 4.0
    metric.update_state(tf.constant([4.0]), tf.constant([4.0]))
    assert float(metric.result()) == 4.0


def test_checkpoints(tmp_path):
    metric, again = Largest(), Largest()
    metric.update_state(None, tf.constant([4.0]))
    path = tf.train.Checkpoint(metric=metric).write(str(tmp_path / "checkpoint"))
    tf.train.Checkpoint(metric=again).read(path).assert_consumed()
    assert float(again.result()) == 4.0
    keys = {name for name, _ in tf.train.list_variables(path)}
    assert any(key.startswith(("metric/largest_weight/", "metric/largest/")) for key in keys)


def test_old_name_of_reset_state():
    class Old(Largest):
        def reset_states(self):
            self.largest.assign(-7.0)

    metric = Old()
    metric.reset_state()
    assert float(metric.largest) == -7.0
    mean = metrics.Mean()
    mean.update_state([1.0])
    mean.reset_states()
    assert float(mean.result()) == 0.0


def test_merging():
    whole, parts = metrics.Mean(), [metrics.Mean(), metrics.Mean()]
    parts[0].update_state([1.0, 2.0])
    parts[1].update_state([6.0], sample_weight=2.0)
    whole.update_state([9.0])
    whole.merge_state(parts)
    assert float(whole.result()) == pytest.approx((3 + 12 + 9) / 5)
    lazy, filled = metrics.F1Score(), metrics.F1Score()
    filled.update_state([[1.0, 0.0]], [[0.9, 0.1]])
    lazy.merge_state([metrics.F1Score(), filled])
    np.testing.assert_array_equal(lazy.result(), filled.result())
    for make in (
        lambda: metrics.MeanTensor(),
        lambda: metrics.AUC(multi_label=True),
        lambda: metrics.R2Score(),
    ):
        empty, filled = make(), make()
        arguments = ([[0.0, 1.0], [1.0, 0.0]],) * (
            1 if isinstance(empty, metrics.MeanTensor) else 2
        )
        filled.update_state(*arguments)
        empty.merge_state([filled])
        np.testing.assert_array_equal(empty.result(), filled.result())
    with pytest.raises(
        ValueError, match=r"cannot merge the state of AUC.*shapes \[\[200\].*\[\[10\]"
    ):
        metrics.AUC().merge_state([metrics.AUC(num_thresholds=10)])


def test_user_metrics_are_saved_by_config():
    metric = Largest(name="top", dtype="float64")
    with registry.custom_object_scope({"Largest": Largest}):
        again = configs.deserialize_keras_object(configs.serialize_keras_object(metric))
    assert (type(again), again.name, again.dtype) == (Largest, "top", "float64")
    assert repr(metric) == "Largest(name='top', dtype='float64')"


def test_results_are_summed_over_replicas():
    strategy = tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])
    with strategy.scope():
        metric, area = metrics.MeanSquaredError(), metrics.AUC(num_thresholds=5)
    rows = [np.array([[1.0], [3.0]], "float32"), np.array([[5.0]], "float32")]

    @tf.function(autograph=False)
    def step(values):
        def replica(y_pred):
            metric.update_state(tf.zeros_like(y_pred), y_pred)
            area.update_state(tf.ones_like(y_pred), y_pred / 5.0)
            return metric.result()

        return strategy.run(replica, args=(values,))

    values = strategy.experimental_distribute_values_from_function(
        lambda context: tf.constant(rows[context.replica_id_in_sync_group])
    )
    inside = strategy.experimental_local_results(step(values))
    assert all(float(value) == pytest.approx(35 / 3) for value in inside)
    assert float(metric.result()) == pytest.approx(35 / 3)
    np.testing.assert_array_equal(
        tf.convert_to_tensor(area.true_positives), [3.0, 2.0, 2.0, 1.0, 0.0]
    )
    metric.reset_state()
    assert float(metric.result()) == 0.0


def test_unfinished_subclasses_and_unknown_arguments():
    with pytest.raises(NotImplementedError, match="Metric must implement update_state"):
        metrics.Metric().update_state([1.0])
    with pytest.raises(NotImplementedError, match="Metric must implement result"):
        metrics.Metric().result()
    with pytest.raises(TypeError, match="unexpected keyword arguments: shape"):
        metrics.Metric(name="m", shape=(1,))


def test_lookup():
    assert metrics.get(None) is None
    assert metrics.get("mse") is metrics.mean_squared_error
    assert type(metrics.get("AUC")) is metrics.AUC
    assert metrics.get("cosine_similarity") is metrics.cosine_similarity
    assert (
        metrics.deserialize(metrics.serialize(metrics.binary_accuracy)) is metrics.binary_accuracy
    )
    wrapper = metrics.MeanMetricWrapper(metrics.mean_absolute_error, name="error")
    again = metrics.deserialize(metrics.serialize(wrapper))
    assert again._fn is metrics.mean_absolute_error and again.name == "error"
    with pytest.raises(ValueError, match="'acuracy'.*Did you mean 'accuracy'"):
        metrics.get("acuracy")


def test_no_submodule_hides_a_public_function():
    for name in ("accuracy", "hinge", "squared_hinge", "binary_accuracy", "poisson"):
        assert callable(getattr(metrics, name)), name
