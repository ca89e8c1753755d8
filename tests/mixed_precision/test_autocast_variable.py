import copy
import functools
import pickle

import numpy as np
import pytest
import tensorflow as tf

from tfk.mixed_precision.autocast_variable import AutoCastVariable, enable_autocast, wrap_autocast

X = tf.constant([[1.0, 1.0]], "float16")

READS = {
    "matmul": lambda v: tf.matmul(X, v),
    "operator @": lambda v: X @ v,
    "v + x": lambda v: v + X,
    "x + v": lambda v: X + v,
    "2 * v": lambda v: 2.0 * v,
    "-v": lambda v: -v,
    "slice": lambda v: v[0],
    "embedding": lambda v: tf.nn.embedding_lookup(v, [1]),
    "gather": lambda v: tf.gather(v, [0]),
    "gather_nd": lambda v: v.gather_nd([[0, 1]]),
    "sparse_read": lambda v: v.sparse_read([0]),
    "concat": lambda v: tf.concat([v, X], 0),
    "stack": lambda v: tf.stack([v, v]),
    "sum": lambda v: tf.reduce_sum(v),
    "identity": lambda v: tf.identity(v),
    "convert": lambda v: tf.convert_to_tensor(v),
    "zeros_like": lambda v: tf.zeros_like(v),
    "where": lambda v: tf.where(v > 2, v, 0.0),
    "value": lambda v: v.value(),
    "cond": lambda v: tf.cond(tf.constant(True), lambda: v + 0, lambda: v * 2),
    "loop": lambda v: tf.while_loop(lambda i, a: i < 3, lambda i, a: (i + 1, a + X @ v), (0, X))[1],
}


@pytest.fixture
def variable():
    return wrap_autocast(tf.Variable([[1.0, 2.0], [3.0, 4.0]], name="kernel"))


def half(function):
    with enable_autocast("float16"):
        return function()


@pytest.mark.parametrize("name", READS)
def test_reads_are_cast(variable, name):
    def read():
        return half(lambda: READS[name](variable))

    assert read().dtype == tf.float16
    for jit_compile in (False, True):
        if jit_compile and name == "gather_nd":
            continue  # XLA has no such read of a variable
        result = tf.function(read, jit_compile=jit_compile)()
        assert result.dtype == tf.float16
        np.testing.assert_array_equal(result, read())


def test_outside_of_a_call_it_is_an_ordinary_variable(variable):
    assert (
        variable.dtype == (variable + 1).dtype == tf.convert_to_tensor(variable).dtype == tf.float32
    )
    assert isinstance(variable, tf.Variable) and isinstance(variable, AutoCastVariable)
    with enable_autocast("float16"):
        assert variable.dtype == tf.float16 and variable.true_dtype == tf.float32
        with enable_autocast(None):
            assert variable.dtype == tf.float32
        with enable_autocast("int32"):  # a layer that computes with integers leaves weights alone
            assert variable.dtype == tf.float32
        assert variable.dtype == tf.float16


def test_wrapping_twice_changes_nothing(variable):
    kind = type(variable)
    assert wrap_autocast(variable) is variable and type(variable) is kind


@pytest.mark.parametrize("read", ["matmul", "slice"])
def test_dense_gradients_have_full_precision(variable, read):
    with tf.GradientTape() as tape:
        loss = half(lambda: tf.reduce_sum(READS[read](variable)))
    gradient = tape.gradient(loss, variable)
    assert gradient.dtype == tf.float32
    np.testing.assert_array_equal(gradient, [[1, 1], [int(read == "matmul")] * 2])


def test_sparse_gradients_stay_sparse(variable):
    with tf.GradientTape() as tape:
        loss = half(lambda: tf.reduce_sum(tf.nn.embedding_lookup(variable, [1])))
    gradient = tape.gradient(loss, variable)
    assert isinstance(gradient, tf.IndexedSlices) and gradient.dtype == tf.float32


def test_fused_optimizer_kernels(variable):
    tf.raw_ops.ResourceApplyGradientDescent(var=variable.handle, alpha=1.0, delta=tf.ones((2, 2)))
    np.testing.assert_array_equal(variable, [[0, 1], [2, 3]])


WRITES = {
    "assign": (lambda v: v.assign(tf.ones((2, 2), "float16")), [[1, 1], [1, 1]]),
    "assign array": (lambda v: v.assign(np.eye(2)), [[1, 0], [0, 1]]),
    "assign_add": (lambda v: v.assign_add(delta=tf.ones((2, 2), "float16")), [[2, 3], [4, 5]]),
    "assign_sub": (lambda v: v.assign_sub(tf.ones((2, 2))), [[0, 1], [2, 3]]),
    "scatter_add": (
        lambda v: v.scatter_add(tf.IndexedSlices(tf.ones((1, 2), "float16"), tf.constant([1]))),
        [[1, 2], [4, 5]],
    ),
    "scatter_nd_update": (
        lambda v: v.scatter_nd_update([[0, 1]], tf.constant([9.0], "float16")),
        [[1, 9], [3, 4]],
    ),
}


@pytest.mark.parametrize("name", WRITES)
@pytest.mark.parametrize("in_graph", [False, True])
def test_writes_in_a_call(variable, name, in_graph):
    write, expected = WRITES[name]

    def call():
        return half(lambda: write(variable) + tf.zeros((), "float16"))

    result = tf.function(call)() if in_graph else call()
    assert result.dtype == tf.float16
    np.testing.assert_array_equal(variable.numpy(), expected)
    np.testing.assert_array_equal(result, expected)


def test_copies_and_pickles(variable):
    for twin in (copy.deepcopy(variable), pickle.loads(pickle.dumps(variable))):
        assert isinstance(twin, AutoCastVariable) and twin is not variable
        np.testing.assert_array_equal(twin, variable)


def test_module_checkpoint_and_saved_model(variable, tmp_path):
    class Projection(tf.Module):
        @tf.function(input_signature=[tf.TensorSpec((None, 2), "float16")])
        def __call__(self, x):
            return half(lambda: tf.matmul(x, self.kernel))

    module = Projection()
    module.kernel = variable
    assert module.trainable_variables == (variable,)
    path = tf.train.Checkpoint(module=module).save(str(tmp_path / "checkpoint"))
    assert ("module/kernel/.ATTRIBUTES/VARIABLE_VALUE", [2, 2]) in tf.train.list_variables(path)
    variable.assign(tf.zeros((2, 2)))
    tf.train.Checkpoint(module=module).restore(path).assert_consumed()
    np.testing.assert_array_equal(variable, [[1, 2], [3, 4]])
    tf.saved_model.save(module, str(tmp_path / "saved"))
    loaded = tf.saved_model.load(str(tmp_path / "saved"))
    np.testing.assert_array_equal(loaded(X), [[4, 6]])
    assert loaded.kernel.dtype == tf.float32


def test_mirrored_variables():
    devices = [device.name for device in tf.config.list_logical_devices("CPU")]
    strategy = tf.distribute.MirroredStrategy(devices)
    with strategy.scope():
        variable = tf.Variable([[1.0, 2.0], [3.0, 4.0]])
    assert wrap_autocast(variable) is variable

    def step():
        with tf.GradientTape() as tape:
            loss = half(lambda: tf.reduce_sum(X @ variable))
        return loss, tape.gradient(loss, variable)

    for run in (step, tf.function(step)):
        loss, gradient = strategy.experimental_local_results(strategy.run(run))[0]
        assert loss.dtype == tf.float16 and gradient.dtype == tf.float32
    assert half(lambda: variable + 1).dtype == tf.float16
    assert variable.dtype == tf.float32


@pytest.mark.parametrize(
    "value, error, message",
    [
        ([1.0], TypeError, r"expected a variable, got \[1.0\]"),
        (tf.Variable(1), ValueError, "expected a floating-point variable, got int32"),
    ],
)
def test_errors(value, error, message):
    with pytest.raises(error, match=message):
        wrap_autocast(value)


def test_variables_of_parameter_servers():
    sharded_variable = pytest.importorskip("tensorflow.python.distribute.sharded_variable")
    strategy = tf.distribute.experimental.CentralStorageStrategy(["CPU:0"], "CPU:0")
    with strategy.scope():
        aggregating = tf.Variable([[1.0, 2.0], [3.0, 4.0]])
    rows = [tf.Variable([[1.0, 2.0]]), tf.Variable([[3.0, 4.0]])]
    for variable in (aggregating, sharded_variable.ShardedVariable(rows)):
        wrap_autocast(variable)
        assert half(functools.partial(READS["matmul"], variable)).dtype == tf.float16
        assert half(functools.partial(READS["embedding"], variable)).dtype == tf.float16
        assert tf.convert_to_tensor(variable).dtype == tf.float32
