"""K equals tf_keras's K, function by function."""

import os

import numpy as np
import pytest
import scipy.sparse
import tensorflow as tf

import tfk
from tests.support.compare import assert_close
from tfk import backend as K
from tfk import config

tf_keras = pytest.importorskip("tf_keras")
R = tf_keras.backend

A = np.random.RandomState(0).randn(2, 3, 4).astype("float32")
B = np.random.RandomState(1).rand(2, 3, 4).astype("float32")
IMAGES = np.random.RandomState(2).rand(2, 5, 6, 3).astype("float32")
VOLUMES = np.random.RandomState(3).rand(1, 4, 5, 6, 2).astype("float32")


def compare(name, *args, **kwargs):
    assert_close(getattr(K, name)(*args, **kwargs), getattr(R, name)(*args, **kwargs))


t = tf.constant

CALLS = [
    *[
        (name, t(B))
        for name in (
            "abs",
            "cos",
            "exp",
            "log",
            "round",
            "sign",
            "sin",
            "sqrt",
            "square",
            "softplus",
        )
    ],
    *[
        (name, t(A))
        for name in (
            "relu",
            "elu",
            "sigmoid",
            "hard_sigmoid",
            "tanh",
            "softsign",
            "softmax",
            "flatten",
        )
    ],
    *[
        (name, t(A), t(B))
        for name in ("maximum", "minimum", "equal", "not_equal", "greater", "greater_equal")
    ],
    *[(name, t(A), t(B)) for name in ("less", "less_equal")],
    *[
        (name, t(A))
        for name in (
            "max",
            "min",
            "sum",
            "prod",
            "mean",
            "std",
            "var",
            "any",
            "all",
            "argmax",
            "argmin",
        )
    ],
    *[
        (name, t(A), 1, True)
        for name in ("max", "min", "sum", "prod", "mean", "std", "var", "any", "all")
    ],
    *[
        (name, t(A), [0, 2])
        for name in ("max", "min", "sum", "prod", "mean", "std", "var", "any", "all")
    ],
    *[(name, t(A > 0)) for name in ("mean", "std", "var", "any", "all")],
    ("relu", t(A), 0.2),
    ("relu", t(A), 0.1, 0.7, 0.3),
    ("elu", t(A), 0.5),
    ("softmax", t(A), 1),
    ("pow", t(B), 3.0),
    ("clip", t(A), -0.5, 0.5),
    ("clip", t(A), None, 0.5),
    ("clip", t(A), 0.5, -0.5),
    ("cast", t(A), "int32"),
    ("cast_to_floatx", t([1, 2])),
    ("cast_to_floatx", [1, 2]),
    ("cumsum", t(A), 1),
    ("cumprod", t(A), 2),
    ("l2_normalize", t(A), 1),
    ("dot", t(A[0]), t(B[0].T)),
    ("dot", t(A), t(B.transpose(0, 2, 1))),
    ("dot", t(A[0]), t(np.ones((5, 4, 2), "float32"))),
    ("transpose", t(A)),
    ("permute_dimensions", t(A), (0, 2, 1)),
    ("gather", t(A), [1, 0, 1]),
    ("one_hot", t([0, 2]), 3),
    ("in_top_k", t(B[:, :, 0]), t([0, 2]), 2),
    ("concatenate", [t(A), t(B)]),
    ("concatenate", [t(A), t(B)], 1),
    ("stack", [t(A), t(B)], 1),
    ("reshape", t(A), (4, -1)),
    ("batch_flatten", t(A)),
    ("expand_dims", t(A)),
    ("expand_dims", t(A), 1),
    ("squeeze", t(A[:1]), 0),
    ("reverse", t(A), 1),
    ("reverse", t(A), [0, 2]),
    ("tile", t(A[0, 0]), 2),
    ("tile", t(A), [1, 2, 1]),
    ("repeat", t(A[0]), 3),
    ("repeat_elements", t(A), 2, 1),
    ("arange", 5),
    ("arange", -3),
    ("arange", 1, 9, 2, "float32"),
    ("temporal_padding", t(A)),
    ("temporal_padding", t(A), (2, 0)),
    ("spatial_2d_padding", t(IMAGES)),
    ("spatial_2d_padding", t(IMAGES), ((1, 2), (0, 3)), "channels_first"),
    ("spatial_3d_padding", t(VOLUMES), ((1, 2), (0, 3), (1, 0))),
    ("spatial_3d_padding", t(VOLUMES), ((1, 2), (0, 3), (1, 0)), "channels_first"),
    ("resize_images", t(IMAGES), 2, 3, "channels_last"),
    ("resize_images", t(IMAGES), 2, 3, "channels_first", "bilinear"),
    ("resize_volumes", t(VOLUMES), 1, 2, 3, "channels_last"),
    ("resize_volumes", t(VOLUMES), 1, 2, 3, "channels_first"),
    ("bias_add", t(IMAGES), t([1.0, 2.0, 3.0])),
    ("bias_add", t(IMAGES), t(np.arange(5.0, dtype="float32")), "channels_first"),
    ("bias_add", t(IMAGES), t(IMAGES[0])),
    ("bias_add", t(A[0]), t(A[0, 0])),
    ("bias_add", t(A[0]), t(A[0, 0]), "channels_first"),
    ("zeros_like", t(A)),
    ("ones_like", t(A), "int32"),
    ("shape", t(A)),
    ("constant", [1, 2]),
    ("constant", 3, "int32", (2, 2)),
    (
        "batch_normalization",
        t(IMAGES),
        t([0.1, 0.2, 0.3]),
        t([1.0, 2.0, 3.0]),
        t([1.0, 1.0, 2.0]),
        t([2.0, 1.0, 1.0]),
    ),
    ("batch_normalization", t(A), t(A[0, 0]), t(B[0, 0]), None, None),
    ("normalize_batch_in_training", t(IMAGES), t([1.0, 2.0, 3.0]), t([0.0, 1.0, 0.0]), [0, 1, 2]),
    ("normalize_batch_in_training", t(IMAGES), None, None, [0, 1, 2]),
    ("normalize_batch_in_training", t(A), t(A[0, 0]), None, [0, 1]),
    ("normalize_batch_in_training", t(A), None, None, [0, 2]),
    ("binary_crossentropy", t(np.round(B)), t(B)),
    ("binary_crossentropy", t(np.round(B)), t(A), True),
    ("binary_focal_crossentropy", t(np.round(B)), t(B), True, 0.3, 1.5),
    ("binary_focal_crossentropy", t(np.round(B)), t(A), False, 0.3, 1.5, True),
    ("categorical_crossentropy", t(B), t(B[::-1].copy())),
    ("categorical_crossentropy", t(B), t(A), True, 1),
    ("categorical_focal_crossentropy", t(B), t(B[::-1].copy())),
    ("sparse_categorical_crossentropy", t([[0, 1, 2], [3, 0, 1]]), t(B)),
    ("sparse_categorical_crossentropy", t([[0, 1, 2], [3, 0, 1]]), t(A), True, -1, 1),
    ("map_fn", lambda x: x * 2, t(A)),
    ("foldl", lambda a, x: a - x, t(A)),
    ("foldr", lambda a, x: a - x, t(A), t(B[0])),
    ("stop_gradient", t(A)),
    ("to_dense", t(A)),
]


@pytest.mark.parametrize("call", CALLS, ids=[f"{call[0]}-{i}" for i, call in enumerate(CALLS)])
def test_functions_equal_tf_keras(call):
    compare(*call)


@pytest.mark.parametrize(
    "x, y, axes",
    [
        ((5, 4), (5, 4), None),
        ((5, 4), (5, 4), 1),
        ((5, 3, 4), (5, 4, 6), None),
        ((5, 3, 4), (5, 4), (2, 1)),
        ((5, 4), (5, 4, 6), 1),
        ((5, 4), (5, 6, 4), (1, 2)),
        ((5, 2, 3, 4), (5, 4, 6), (3, 1)),
        ((5, 4, 3), (5, 6, 4, 2), (1, 2)),
        ((5, 2, 4, 3), (5, 6, 7, 4), (-2, -1)),
    ],
)
def test_batch_dot(x, y, axes):
    r = np.random.RandomState(0)
    compare("batch_dot", t(r.rand(*x).astype("float32")), t(r.rand(*y).astype("float32")), axes)


def test_batch_dot_errors():
    for x, y, axes, words in (
        ((5,), (5, 4), None, "rank 2"),
        ((5, 4), (6, 4), None, "as many samples"),
        ((5, 4), (5, 4), 0, "batch axis"),
        ((5, 4), (5, 3), 1, "one length"),
        ((5, 4), (5, 4), ((1,), 1), "pair of numbers"),
    ):
        with pytest.raises(ValueError, match=words):
            K.batch_dot(tf.ones(x), tf.ones(y), axes)


@pytest.mark.parametrize("padding", ["valid", "same", "causal"])
@pytest.mark.parametrize("strides, dilation", [(1, 1), (2, 1), (1, 2)])
def test_conv1d(padding, strides, dilation):
    kernel = t(np.random.RandomState(0).rand(2, 4, 5).astype("float32"))
    compare("conv1d", t(A), kernel, strides, padding, None, dilation)
    if padding != "causal":  # which tf_keras pads along the channels for channels_first
        compare(
            "conv1d",
            t(A.transpose(0, 2, 1).copy()),
            kernel,
            strides,
            padding,
            "channels_first",
            dilation,
        )


@pytest.mark.parametrize("data_format", ["channels_last", "channels_first"])
@pytest.mark.parametrize("padding", ["valid", "same"])
def test_convolutions_and_pooling(data_format, padding):
    r = np.random.RandomState(0)
    images = IMAGES if data_format == "channels_last" else IMAGES.transpose(0, 3, 1, 2)
    volumes = VOLUMES if data_format == "channels_last" else VOLUMES.transpose(0, 4, 1, 2, 3)
    images, volumes = t(images.copy()), t(volumes.copy())
    kernel = t(r.rand(2, 3, 3, 4).astype("float32"))
    deep = t(r.rand(2, 2, 3, 2, 3).astype("float32"))
    point = t(r.rand(1, 1, 12, 2).astype("float32"))
    back = t(r.rand(2, 2, 4, 3).astype("float32"))
    for strides, rate in (((1, 1), (1, 1)), ((2, 2), (1, 1)), ((1, 1), (2, 2))):
        compare("conv2d", images, kernel, strides, padding, data_format, rate)
        compare("depthwise_conv2d", images, kernel, strides, padding, data_format, rate)
        compare("separable_conv2d", images, kernel, point, strides, padding, data_format, rate)
    compare("conv3d", volumes, deep, (2, 1, 1), padding, data_format)
    size = {"same": (10, 12), "valid": (10, 12)}[padding]
    shape = (None, *size, 4) if data_format == "channels_last" else (None, 4, *size)
    compare("conv2d_transpose", images, back, shape, (2, 2), padding, data_format)
    size = {"same": (5, 6), "valid": (7, 8)}[padding]
    shape = (2, *size, 4) if data_format == "channels_last" else (2, 4, *size)
    compare("conv2d_transpose", images, back, shape, (1, 1), padding, data_format, (2, 2))
    for mode in ("max", "avg"):
        compare("pool2d", images, (2, 3), (2, 1), padding, data_format, mode)
        compare("pool3d", volumes, (2, 2, 2), (1, 2, 2), padding, data_format, mode)


def test_biases_by_place_with_channels_first():
    """tf_keras takes the axes of such a bias in the wrong order unless all are equal."""
    bias = np.arange(5 * 6 * 3, dtype="float32").reshape(5, 6, 3)
    images = IMAGES.transpose(0, 3, 1, 2)
    assert_close(K.bias_add(t(images), t(bias), "channels_first"), images + bias.transpose(2, 0, 1))


def test_normalization_along_another_axis():
    mean, var = t([0.1, 0.2, 0.3]), t([1.0, 2.0, 3.0])
    ours = K.batch_normalization(t(A), mean, var, None, None, axis=1)
    assert_close(
        ours, (A - np.reshape(mean, (1, 3, 1))) / np.sqrt(np.reshape(var, (1, 3, 1)) + 1e-3)
    )


def test_variables():
    v = K.variable([[1, 2], [3, 4]], name="v", constraint=abs)
    assert (
        v.dtype == "float32" and v.constraint is abs and K.get_value(v).tolist() == [[1, 2], [3, 4]]
    )
    K.set_value(v, [[5, 6], [7, 8]])
    K.batch_set_value([(v, K.get_value(v) * 2)])
    assert K.batch_get_value([v, v])[1].tolist() == [[10, 12], [14, 16]]
    K.update(v, tf.zeros((2, 2)))
    K.update_add(v, tf.ones((2, 2)))
    K.update_sub(v, 3 * tf.ones((2, 2)))
    assert K.eval(v).tolist() == [[-2, -2], [-2, -2]]
    K.moving_average_update(v, 8.0, 0.9)
    np.testing.assert_allclose(K.eval(v), -1, rtol=1e-6)
    for name, args in (("zeros", ((2, 3),)), ("ones", ((2,), "int32")), ("eye", (3,))):
        compare(name, *args)
        assert isinstance(getattr(K, name)(*args), tf.Variable)
    assert K.get_value(3) == 3 and K.count_params(v) == 4
    with pytest.raises(TypeError, match="expected a variable, got float"):
        K.set_value(0.1, 0.2)

    @tf.function
    def inside():
        return K.get_value(v)[0, 0]

    assert float(inside()) == pytest.approx(-1)


def test_shapes_and_types():
    assert K.int_shape(t(A)) == R.int_shape(t(A)) == (2, 3, 4) and K.ndim(t(A)) == 3
    assert K.int_shape(tfk.Input((None, 3))) == (None, None, 3) and K.ndim(A) == 3
    assert K.dtype(t(A)) == "float32" and K.dtype(K.variable(1, "int32")) == "int32"
    assert K.is_keras_tensor(tfk.Input((3,))) and not K.is_keras_tensor(t(A))
    with pytest.raises(ValueError, match="expected a tensor"):
        K.is_keras_tensor(A)
    assert K.backend() == "tensorflow" and K.floatx() == "float32"
    K.set_floatx("float64")
    assert K.zeros((1,)).dtype == "float64" and config.floatx() == "float64"


def test_sparse():
    matrix = scipy.sparse.random(3, 4, 0.5, random_state=0, dtype="float32")
    sparse = K.variable(matrix)
    assert (
        K.is_sparse(sparse) and not K.is_sparse(t(A)) and K.is_sparse(tfk.Input((3,), sparse=True))
    )
    assert_close(K.eval(sparse), matrix.toarray())
    assert_close(K.dot(sparse, t(A[0, :, :].T.copy())), matrix.toarray() @ A[0].T)
    assert K.is_sparse(K.concatenate([sparse, sparse], axis=0))
    assert_close(K.concatenate([sparse, t(A[0])], axis=0), np.concatenate([matrix.toarray(), A[0]]))
    ragged = tf.ragged.constant([[1], [2, 3]])
    assert K.concatenate([ragged, ragged], axis=0).to_list() == [[1], [2, 3], [1], [2, 3]]


@pytest.mark.parametrize("seed", [None, 3])
@pytest.mark.parametrize(
    "name, args, options",
    [
        ("random_normal", ((5,), 1.0, 2.0), {}),
        ("random_uniform", ((5,), -1.0, 2.0), {}),
        ("truncated_normal", ((5,),), {"dtype": "float64"}),
        ("random_bernoulli", ((9,), 0.4), {}),
        ("random_normal_variable", ((5,), 1.0, 2.0), {}),
        ("random_uniform_variable", ((5,), 1.0, 2.0), {}),
        ("dropout", (t(A), 0.4), {}),
    ],
)
def test_random(name, args, options, seed):
    results = []
    for module in (K, R):
        np.random.seed(1)
        tf.random.set_seed(2)
        results.append(getattr(module, name)(*args, **options, seed=seed))
    assert_close(*results)


def test_random_binomial_is_an_old_name():
    with pytest.warns(UserWarning, match="random_bernoulli"):
        assert K.random_binomial((4,), 1.0).numpy().tolist() == [1] * 4


def test_ctc():
    r = np.random.RandomState(0)
    probabilities = r.dirichlet(np.ones(6), (3, 10)).astype("float32")
    labels = np.array([[0, 1, 2], [3, 3, 0], [4, 0, 0]])
    lengths, steps = np.array([[3], [2], [1]], "int32"), np.array([[10], [8], [10]], "int32")
    ours, theirs = (m.ctc_label_dense_to_sparse(t(labels), t(lengths[:, 0])) for m in (K, R))
    assert_close(tf.sparse.to_dense(ours), tf.sparse.to_dense(theirs))
    assert_close(ours.indices, theirs.indices)
    assert_close(
        *(m.ctc_batch_cost(t(labels), t(probabilities), t(steps), t(lengths)) for m in (K, R)),
        rtol=1e-4,
    )
    for options in ({}, {"greedy": False, "beam_width": 5, "top_paths": 2}):
        ours, theirs = (m.ctc_decode(t(probabilities), t(steps[:, 0]), **options) for m in (K, R))
        assert_close(ours, theirs)


def test_switch():
    a, b = t(A), t(B)
    for condition in (
        t(True),
        t(False),
        a > 0,
        t([True, False, True, True]),
        t([[True, False, True]] * 2),
        t(1),
    ):
        compare("switch", condition, a, b)
    compare("switch", t(False), lambda: a, lambda: b)
    compare("switch", t([True, False, True, True]), lambda: a, lambda: b)
    with pytest.raises(ValueError, match="at most 1 axes"):
        K.switch(a > 0, a[0, 0], a[0, 0])


def test_gradients_inside_of_a_graph():
    @tf.function
    def slope(x):
        return K.gradients(x**2, [x])

    assert float(slope(t(3.0))[0]) == 6
    assert [float(x) for x in K.stop_gradient([t(1.0), t(2.0)])] == [1, 2]


def test_rnn():
    def step(x, states):
        return x + states[0], [x + states[0]]

    mask = t([[True, True, False], [True, False, True]])
    for options in (
        {},
        {"go_backwards": True},
        {"mask": mask},
        {"unroll": True},
        {"zero_output_for_mask": True, "mask": mask},
    ):
        compare("rnn", step, t(A), [tf.zeros((2, 4))], **options)


def test_functions_of_models():
    inputs = tfk.Input((4,))
    hidden = tfk.layers.Dense(3)(inputs)
    model = tfk.Model(inputs, K.sum(hidden, axis=-1))
    inner = K.function([model.input], [model.layers[1].output])
    found = inner([A[0]])
    assert isinstance(found, list)
    assert_close(found[0], hidden._keras_history[0](A[0]).numpy())
    both = K.function(model.inputs, [hidden, model.output])([A[0]])
    assert [x.shape for x in both] == [(3, 3), (3,)]
    single = K.function(model.input, model.output)(A[0])
    assert isinstance(single, np.ndarray)
    with pytest.raises(ValueError, match="updates need a session"):
        K.function([model.input], [model.output], updates=[1])


def test_placeholders():
    x = K.placeholder((2, None))
    assert K.is_keras_tensor(x) and K.int_shape(x) == (2, None)
    assert K.int_shape(K.placeholder(ndim=3)) == (None,) * 3
    assert K.is_sparse(K.placeholder((None, 4), sparse=True))
    assert isinstance(K.placeholder((None, None, 3), ragged=True).type_spec, tf.RaggedTensorSpec)
    with pytest.raises(ValueError, match="both sparse and ragged"):
        K.placeholder((2,), sparse=True, ragged=True)


def test_phases():
    class Noise(tfk.layers.Layer):
        def call(self, inputs, training=None):
            return K.in_train_phase(inputs + 1.0, lambda: inputs, training=training)

    class OlderNoise(tfk.layers.Layer):
        def call(self, inputs):
            if K.learning_phase():
                inputs = inputs + 1.0
            return K.in_test_phase(inputs * 2.0, inputs)

    zero = tf.zeros((1,))
    assert float(Noise()(zero, training=True)[0]) == 1 and float(Noise()(zero)[0]) == 0
    model = tfk.Sequential([OlderNoise()])
    assert float(model(zero[None], training=True)[0, 0]) == 1
    assert float(model(zero[None] + 1.0, training=False)[0, 0]) == 2
    assert float(K.in_train_phase(zero, zero + 1.0, training=t(False))[0]) == 1
    assert K.learning_phase() == 0


def test_clear_session_and_numbers():
    tfk.layers.Dense(1)
    K.clear_session()
    assert tfk.layers.Dense(1).name == "dense"
    assert [K.get_uid("a"), K.get_uid("a"), K.get_uid("b")] == [1, 2, 1]
    K.reset_uids()
    assert K.get_uid("a") == 1


def test_printing(capfd):
    assert float(K.print_tensor(t(2.5), "value:")) == 2.5
    assert "value: 2.5" in capfd.readouterr().out
    with K.name_scope("outer"):
        pass


def test_bad_arguments():
    for call, words in (
        (lambda: K.conv2d(t(IMAGES), t(IMAGES), padding="full"), "padding"),
        (lambda: K.conv1d(t(A), t(A), data_format="last"), "data_format"),
        (lambda: K.pool2d(t(IMAGES), (2, 2), pool_mode="min"), "pool_mode"),
        (
            lambda: K.conv2d_transpose(t(IMAGES), t(IMAGES), (1, 1, 1, 1), dilation_rate=(1, 2)),
            "dilation_rate",
        ),
        (lambda: K.bias_add(t(IMAGES), t(A[0])), "1 or 3 axes"),
        (lambda: K.repeat(t(A), 2), "two axes"),
        (lambda: K.temporal_padding(t(A), (1,)), "pair"),
        (lambda: K.spatial_2d_padding(t(IMAGES), ((1, 1),)), "2 pairs"),
    ):
        with pytest.raises(ValueError, match=words):
            call()


def test_symbolic_tensors():
    x = tfk.Input((3, 4))
    y = K.concatenate(
        [K.mean(x, axis=1), K.max(x, axis=1), K.l2_normalize(K.sum(x, axis=1), axis=-1)]
    )
    z = K.batch_dot(x, K.permute_dimensions(x, (0, 2, 1)))
    model = tfk.Model(x, [y, z, K.relu(K.batch_flatten(x)), K.clip(x, 0, 1)])
    results = model(t(A))
    assert_close(results[1], A @ A.transpose(0, 2, 1))
    assert_close(results[0][:, :4], A.mean(1))


def test_nothing_else_imports_it():
    root = os.path.dirname(tfk.__file__)
    for folder, _, names in os.walk(root):
        for name in names:
            if name.endswith(".py") and os.path.basename(folder) != "backend":
                with open(os.path.join(folder, name), encoding="utf8") as file:
                    assert "import backend" not in file.read(), name


def test_images_as_numpy_arrays():
    rng = np.random.default_rng(0)
    images, kernel = (
        rng.normal(size=size).astype("float32") for size in ((2, 6, 6, 3), (3, 3, 3, 4))
    )
    for name, arguments in {
        "batch_flatten": (images,),
        "bias_add": (images, np.ones(3, "float32")),
        "conv2d": (images, kernel),
        "depthwise_conv2d": (images, kernel),
        "pool2d": (images, (2, 2)),
    }.items():
        mine, theirs = (getattr(k, name)(*arguments) for k in (tfk.backend, tf_keras.backend))
        np.testing.assert_allclose(mine, theirs, atol=1e-5, err_msg=name)
