"""What every optimizer does around its rule."""

import warnings

import numpy as np
import pytest
import tensorflow as tf

from tfk import Sequential, layers, optimizers
from tfk.optimizers import SGD, Adam, AdamW, Optimizer, RMSprop, schedules


def ones(*shape, name="w"):
    return tf.Variable(tf.ones(shape), name=name)


def step(optimizer, *pairs):
    return optimizer.apply_gradients([(tf.constant(g, tf.float32), v) for g, v in pairs])


# The learning rate.


def test_learning_rate_changes_take_effect_without_a_new_trace():
    optimizer, x = SGD(1.0), ones(name="x")
    optimizer.build([x])
    traces = []

    @tf.function(autograph=False)
    def train():
        traces.append(1)
        optimizer.apply_gradients([(tf.constant(1.0), x)])
        return x.read_value()

    assert float(train()) == 0.0
    optimizer.learning_rate = 0.5
    assert float(train()) == -0.5
    optimizer.lr = 0.25
    assert float(train()) == -0.75
    optimizer.learning_rate.assign(0.125)
    assert float(train()) == -0.875
    assert len(traces) == 1
    assert float(optimizer.lr) == 0.125


def test_schedule_counts_updates():
    optimizer, x = SGD(schedules.PiecewiseConstantDecay([0, 1], [1.0, 0.5, 0.25])), ones()
    values = [float(step(optimizer, (1.0, x)) is not None and x) for _ in range(3)]
    assert values == [0.0, -0.5, -0.75]
    assert float(optimizer.learning_rate) == 0.25
    with pytest.raises(TypeError, match="cannot be set to 0.1"):
        optimizer.learning_rate = 0.1
    optimizer.learning_rate = schedules.ExponentialDecay(0.1, 1, 1.0)
    assert float(optimizer.learning_rate) == pytest.approx(0.1)


def test_function_as_learning_rate_is_called_at_every_update():
    rate, x = tf.Variable(1.0), ones()
    optimizer = SGD(lambda: rate)
    train = tf.function(lambda: optimizer.apply_gradients([(tf.constant(1.0), x)]), autograph=False)
    optimizer.build([x])
    train()
    rate.assign(0.5)
    train()
    assert float(x) == -0.5
    assert (
        optimizer.get_config()["learning_rate"] == 0.5
        or float(optimizer.get_config()["learning_rate"]) == 0.5
    )


@pytest.mark.parametrize("cls", [SGD, Adam, RMSprop])
def test_old_spelling_lr(cls):
    assert float(cls(lr=0.25).learning_rate) == 0.25
    assert cls(lr=0.25).get_config()["learning_rate"] == np.float32(0.25)


def test_decay_divides_the_rate_by_the_number_of_updates():
    optimizer, x = SGD(1.0, decay=1.0), tf.Variable(0.0)
    for expected in (-1.0, -1.5, -1.5 - 1 / 3):
        step(optimizer, (1.0, x))
        assert float(x) == pytest.approx(expected)
    assert float(optimizer.lr) == 1.0
    assert SGD.from_config(optimizer.get_config()).decay == 1.0


# Weight decay, clipping, averages.


def test_weight_decay_leaves_out_what_is_excluded():
    kernel, bias, scale = (
        ones(name="dense/kernel"),
        ones(name="dense/bias"),
        ones(name="norm/gamma"),
    )
    optimizer = AdamW(0.5, weight_decay=0.5)
    optimizer.exclude_from_weight_decay(var_list=[scale], var_names=["bias"])
    step(optimizer, (0.0, kernel), (0.0, bias), (0.0, scale))
    assert [float(v) for v in (kernel, bias, scale)] == [0.75, 1.0, 1.0]
    with pytest.raises(ValueError, match="before the optimizer is built"):
        optimizer.exclude_from_weight_decay(var_names=["kernel"])


@pytest.mark.parametrize(
    "settings, expected",
    [
        ({"clipnorm": 1.0}, ([0.6, 0.8], [1.0, 0.0])),
        ({"global_clipnorm": 1.3}, ([0.3, 0.4], [1.2, 0.0])),
        ({"clipvalue": 3.5}, ([3.0, 3.5], [3.5, 0.0])),
    ],
)
def test_clipping(settings, expected):
    a, b = tf.Variable([0.0, 0.0]), tf.Variable([0.0, 0.0])
    step(SGD(1.0, **settings), ([3.0, 4.0], a), ([12.0, 0.0], b))
    np.testing.assert_allclose([-a.numpy(), -b.numpy()], expected, rtol=1e-6)


def test_averages_are_kept_written_and_taken_at_the_end():
    x = tf.Variable(0.0, name="x")
    optimizer = SGD(1.0, use_ema=True, ema_momentum=0.5, ema_overwrite_frequency=3)
    values = []
    for _ in range(3):
        step(optimizer, (-1.0, x))
        values.append(float(x))
    # averages 0.5, 1.25, 2.125: the third update ends with the average
    assert values == [1.0, 2.0, 2.125]
    step(optimizer, (-1.0, x))  # 3.125, average 2.625
    optimizer.finalize_variable_values([x])
    assert float(x) == 2.625


def test_constraint_is_applied_after_the_update():
    x = tf.Variable(1.0, constraint=lambda w: tf.maximum(w, 0.0))
    step(SGD(3.0), (1.0, x))
    assert float(x) == 0.0


# Gradients.


def test_variables_without_gradient_stay_and_are_named():
    a, b = ones(name="a"), ones(name="b")
    optimizer = Adam(0.1)
    with pytest.warns(UserWarning, match="b:0"):
        optimizer.apply_gradients([(tf.constant(1.0), a), (None, b)])
    assert (float(b), int(optimizer.iterations)) == (1.0, 1)
    with pytest.raises(ValueError, match="No gradients for any"):
        optimizer.apply_gradients([(None, a), (None, b)])


@pytest.mark.parametrize("name", ["Adam", "RMSprop", "Adagrad", "Lion"])
def test_part_of_a_group_is_updated_like_the_whole(name):
    """Variables without a gradient in this step take their group apart; nobody else notices."""
    together, apart = ([tf.Variable([1.0, 2.0]) for _ in range(5)] for _ in range(2))
    first, second = getattr(optimizers, name)(0.1), getattr(optimizers, name)(0.1)
    first.build(together)
    second.build(apart)
    for _ in range(3):
        step(first, *(([0.5, -1.0], v) for v in together))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            second.apply_gradients(
                [*((tf.constant([0.5, -1.0]), v) for v in apart[:4]), (None, apart[4])]
            )
    for a, b in zip(together[:4], apart):
        np.testing.assert_allclose(a, b, rtol=1e-6)
    np.testing.assert_array_equal(apart[4], [1.0, 2.0])


def test_unknown_variable_is_refused():
    optimizer = SGD(1.0)
    optimizer.build([ones(name="known")])
    with pytest.raises(KeyError, match="built without the variable other:0"):
        step(optimizer, (1.0, ones(name="other")))


def test_pairs_are_checked():
    with pytest.raises(TypeError, match="pairs of gradient and variable"):
        SGD().apply_gradients([tf.constant(1.0)])
    with pytest.raises(TypeError, match="unexpected keyword arguments: bogus"):
        SGD().apply_gradients([], bogus=1)
    optimizer = SGD()
    assert int(optimizer.apply_gradients([])) == 0


def test_minimize_takes_functions_and_tapes():
    x = tf.Variable(3.0)
    optimizer = SGD(0.5)
    optimizer.minimize(lambda: x**2, [x])
    assert float(x) == 0.0
    x.assign(1.0)
    with tf.GradientTape() as tape:
        loss = x**2
    optimizer.minimize(loss, lambda: [x], tape=tape)
    assert float(x) == 0.0
    with pytest.raises(ValueError, match="needs the GradientTape"):
        optimizer.minimize(loss, [x])
    assert int(optimizer.iterations) == 2


@pytest.mark.parametrize("jit_compile", [False, True])
@pytest.mark.parametrize("name", ["SGD", "RMSprop", "Adam", "Nadam", "Adafactor", "Ftrl"])
def test_inside_a_while_loop(name, jit_compile):
    make = lambda: [tf.Variable([[1.0, -2.0]] * 3) for _ in range(5)]  # noqa: E731
    eager, looped = make(), make()
    first, second = getattr(optimizers, name)(0.1), getattr(optimizers, name)(0.1)
    second.build(looped)

    @tf.function(autograph=False, jit_compile=jit_compile)
    def train():
        def body(i):
            second.apply_gradients([(v * 0.5, v) for v in looped])
            return (i + 1,)

        return tf.while_loop(lambda i: i < 4, body, (tf.constant(0),))

    train()
    for _ in range(4):
        first.apply_gradients([(v * 0.5, v) for v in eager])
    for a, b in zip(looped, eager):
        np.testing.assert_allclose(a, b, rtol=1e-6)
    assert int(second.iterations) == 4


def test_half_precision_and_double_variables():
    for dtype in (tf.float16, tf.bfloat16, tf.float64):
        variables = [tf.Variable(tf.ones((3,), dtype)) for _ in range(5)]
        optimizer = Adam(0.25)
        optimizer.apply_gradients([(tf.ones_like(v), v) for v in variables])
        np.testing.assert_allclose(tf.cast(variables[0], tf.float32), [0.75] * 3, rtol=1e-2)
        assert {v.dtype for v in optimizer.variables[1:]} == {dtype}


@pytest.mark.parametrize("name", ["SGD", "RMSprop", "Adam", "Nadam", "Adagrad", "Adafactor"])
def test_gradients_of_unknown_shape(name):
    """Shapes that a graph does not know, such as those of products of reshaped tensors."""
    results = []
    for spec in (tf.TensorSpec([2, 3]), tf.TensorSpec(None)):
        variable, optimizer = tf.Variable(tf.ones((2, 3))), getattr(optimizers, name)()
        optimizer.build([variable])

        @tf.function(input_signature=[spec])
        def train(gradient, optimizer=optimizer, variable=variable):
            optimizer.apply_gradients([(gradient, variable)])

        train(tf.constant([[1.0, 2, 3], [4, 5, 6]]))
        results.append(variable.numpy())
    np.testing.assert_array_equal(*results)


def test_rule_compiled_by_xla():
    variables = [ones(3) for _ in range(5)]
    optimizer = RMSprop(0.1)
    optimizer.jit_compile = True  # as on a machine with a GPU
    plain = [ones(3) for _ in range(5)]
    for _ in range(2):
        step(optimizer, *(([1.0, 2.0, 3.0], v) for v in variables))
    reference = RMSprop(0.1)
    for _ in range(2):
        step(reference, *(([1.0, 2.0, 3.0], v) for v in plain))
    np.testing.assert_allclose(variables[0], plain[0], rtol=1e-6)


# Variables and their values.


def test_variables_are_a_list_that_can_be_called():
    optimizer = Adam()
    optimizer.build([ones(name="a")])
    assert [v.name for v in optimizer.variables] == [v.name for v in optimizer.variables()]
    assert [v.name for v in optimizer.variables] == ["iteration:0", "m/a:0", "v/a:0"]


def test_everything_is_created_in_build():
    optimizer = Adam(use_ema=True, gradient_accumulation_steps=2)
    variables = [ones(2) for _ in range(5)]
    optimizer.build(variables)
    before = len(optimizer.variables)
    with tf.Graph().as_default():  # a variable made here would not be usable outside
        pass
    step(optimizer, *(([1.0, 1.0], v) for v in variables))
    assert len(optimizer.variables) == before


@pytest.mark.parametrize("name", ["SGD", "Adam", "RMSprop", "Adafactor"])
def test_weights_and_store(name):
    sources, targets = ([tf.Variable([[1.0, 2.0]] * 4) for _ in range(5)] for _ in range(2))
    source, target = getattr(optimizers, name)(0.1), getattr(optimizers, name)(0.1)
    step(source, *(([[1.0, 2.0]] * 4, v) for v in sources))
    target.build(targets)
    store = {}
    source.save_own_variables(store)
    assert set(store) == {str(i) for i in range(len(source.variables))}
    target.load_own_variables(store)
    for a, b in zip(source.variables, target.variables):
        np.testing.assert_array_equal(a, b)
    values = [w + 1 for w in source.get_weights()]
    target.set_weights(values)
    np.testing.assert_array_equal(target.variables[-1], values[-1])


def test_values_that_do_not_fit():
    optimizer = Adam()
    with pytest.raises(ValueError, match="needs a built optimizer"):
        optimizer.set_weights([])
    with pytest.warns(UserWarning, match="not loaded.*Call|not loaded.*call"):
        optimizer.load_own_variables({"0": np.zeros(()), "1": np.zeros(2)})
    optimizer.build([ones(2, name="a")])
    with pytest.raises(ValueError, match="expected 3 arrays"):
        optimizer.set_weights([np.zeros(())])
    with pytest.raises(ValueError, match="m/a:0 has shape \\(2,\\), the value has \\(3,\\)"):
        optimizer.set_weights([np.zeros(()), np.zeros(3), np.zeros(2)])
    with pytest.raises(RuntimeError, match="only before the optimizer is built"):
        optimizer.iterations = tf.Variable(0)


def test_iterations_can_be_replaced_before_building():
    shared = tf.Variable(7, dtype=tf.int64)
    optimizer, x = SGD(), ones()
    optimizer.iterations = shared
    step(optimizer, (1.0, x))
    assert int(shared) == 8
    assert optimizer.variables[0] is shared


# Optimizers of users, written for Keras 2.


class Momentum(Optimizer):
    """As in Keras 2's guide: slots as attributes, found by index."""

    def __init__(self, learning_rate=0.1, momentum=0.9, name="Momentum", **kwargs):
        super().__init__(name, **kwargs)
        self._learning_rate = self._build_learning_rate(learning_rate)
        self.momentum = momentum

    def build(self, var_list):
        super().build(var_list)
        if hasattr(self, "_built") and self._built:
            return
        self.momentums = []
        for var in var_list:
            self.momentums.append(
                self.add_variable_from_reference(model_variable=var, variable_name="m")
            )
        self.counter = self.add_variable((), tf.int32, name="counter")
        self._built = True

    def update_step(self, gradient, variable):
        m = self.momentums[self._index_dict[self._var_key(variable)]]
        if isinstance(gradient, tf.IndexedSlices):
            gradient = tf.convert_to_tensor(gradient)
        if tf.reduce_sum(gradient) > 100.0:  # a Python if on a tensor
            gradient = gradient * 0.0
        m.assign(self.momentum * m + gradient)
        variable.assign_sub(tf.cast(self.learning_rate, variable.dtype) * m)

    def get_config(self):
        rate = self._serialize_hyperparameter(self._learning_rate)
        return {**super().get_config(), "learning_rate": rate, "momentum": self.momentum}


def test_optimizer_of_a_user(tmp_path):
    x, y = tf.Variable([1.0, 1.0], name="x"), tf.Variable([1.0, 1.0], name="y")
    optimizer = Momentum(1.0, learning_rate_multipliers={"y": 0.5})

    @tf.function
    def train(gradient):
        optimizer.apply_gradients([(gradient, x), (gradient, y)])

    train(tf.constant([1.0, 2.0]))
    train(tf.constant([1000.0, 0.0]))
    np.testing.assert_allclose(x, [1 - 1 - 0.9, 1 - 2 - 1.8], rtol=1e-6)
    np.testing.assert_allclose(y, [1 - 0.5 - 0.45, 1 - 1 - 0.9], rtol=1e-6, atol=1e-6)
    assert [v.name for v in optimizer.variables] == [
        "iteration:0", "Momentum/m/x:0", "Momentum/m/y:0", "Momentum/counter:0",
    ]  # fmt: skip
    again = Momentum.from_config(optimizer.get_config())
    assert (again.momentum, float(again.learning_rate)) == (0.9, 1.0)
    path = tf.train.Checkpoint(optimizer=optimizer).write(str(tmp_path / "c"))
    again.build([x, y])
    tf.train.Checkpoint(optimizer=again).read(path).assert_consumed()
    np.testing.assert_array_equal(again.momentums[0], optimizer.momentums[0])


def test_sparse_gradient_reaches_the_user_with_each_row_once():
    seen = []

    class Watch(Optimizer):
        def update_step(self, gradient, variable):
            seen.append((gradient.indices.numpy().tolist(), gradient.values.numpy().tolist()))

    table = tf.Variable(tf.zeros((4, 1)))
    gradient = tf.IndexedSlices(
        tf.constant([[1.0], [2.0], [3.0]]), tf.constant([2, 0, 2]), tf.constant([4, 1])
    )
    Watch("Watch").apply_gradients([(gradient, table)])
    assert seen == [([2, 0], [[4.0], [2.0]])]


def test_update_step_overridden_in_a_built_in_class():
    class Half(Adam):
        def update_step(self, gradient, variable):
            super().update_step(gradient * 0.0, variable)

    variables = [ones(2) for _ in range(5)]
    step(Half(0.1), *(([1.0, 1.0], v) for v in variables))
    np.testing.assert_array_equal(variables[0], [1.0, 1.0])


def test_missing_parts_of_a_subclass():
    x = ones()
    with pytest.raises(NotImplementedError, match="has to define update_step"):
        step(Optimizer("Nothing"), (1.0, x))
    with pytest.raises(ValueError, match="has no learning rate"):
        _ = Optimizer("Nothing").learning_rate


# Settings.


@pytest.mark.parametrize(
    "make, error, message",
    [
        (lambda: SGD(-0.1), ValueError, "expected learning_rate to be at least 0, got -0.1"),
        (lambda: SGD(momentum=1.5), ValueError, "expected momentum to be"),
        (lambda: Adam(clipnorm=1.0, global_clipnorm=1.0), ValueError, "not both"),
        (lambda: Adam(clipnorm=-1.0), ValueError, "clipnorm"),
        (
            lambda: Adam(clipvalue="x"),
            TypeError,
            "expected clipvalue to be a number or None, got 'x'",
        ),
        (lambda: Adam(weight_decay=-1), ValueError, "weight_decay"),
        (
            lambda: AdamW(weight_decay=None),
            ValueError,
            "expected weight_decay to be a number, got None",
        ),
        (lambda: Adam(beta_1=2), ValueError, "beta_1"),
        (lambda: Adam(epsilon=-1), ValueError, "epsilon"),
        (lambda: Adam(use_ema=True, ema_momentum=2), ValueError, "ema_momentum"),
        (
            lambda: Adam(use_ema=True, ema_overwrite_frequency=0),
            ValueError,
            "ema_overwrite_frequency",
        ),
        (lambda: Adam(gradient_accumulation_steps=0), ValueError, "gradient_accumulation_steps"),
        (
            lambda: Adam(learning_rate_multipliers={"a": -1}),
            ValueError,
            "learning_rate_multipliers\\['a'\\]",
        ),
        (
            lambda: Adam(learning_rate_multipliers=["a"]),
            TypeError,
            "expected learning_rate_multipliers to be a dict",
        ),
        (lambda: Adam(decay=-1), ValueError, "decay"),
        (lambda: Adam(bogus=1), TypeError, "unexpected keyword arguments: bogus"),
        (lambda: Adam(gradient_aggregator=len), ValueError, "gradient_aggregator is not supported"),
        (lambda: RMSprop(rho="a"), TypeError, "rho"),
        (lambda: optimizers.Lion(beta_1=0), ValueError, "expected beta_1 to be above 0"),
        (lambda: optimizers.Ftrl(learning_rate_power=0.5), ValueError, "learning_rate_power"),
        (lambda: optimizers.Ftrl(beta=-1), ValueError, "beta"),
        (
            lambda: optimizers.Adagrad(initial_accumulator_value=-1),
            ValueError,
            "initial_accumulator_value",
        ),
        (
            lambda: optimizers.Adafactor(clip_threshold=0),
            ValueError,
            "clip_threshold to be above 0",
        ),
    ],
)
def test_settings_out_of_range(make, error, message):
    with pytest.raises(error, match=message):
        make()


def test_numpy_numbers_are_taken_as_numbers():
    variables = [ones(2) for _ in range(5)]
    optimizer = Adam(np.float64(0.1), beta_1=np.float64(0.9), epsilon=np.float64(1e-7))
    step(optimizer, *(([1.0, 1.0], v) for v in variables))
    np.testing.assert_allclose(variables[0], [0.9, 0.9], rtol=1e-5)


@pytest.mark.parametrize(
    "name", ["Adadelta", "Adagrad", "Adam", "Adamax", "AdamW", "Nadam", "RMSprop"]
)
def test_epsilon_none_of_older_programs_is_that_of_the_settings(name):
    assert getattr(optimizers, name)(epsilon=None).epsilon == 1e-7


def test_gradient_hooks_see_whole_gradients_before_clipping():
    optimizer = optimizers.SGD(1.0, clipvalue=1.0, gradient_accumulation_steps=2)
    x, seen = tf.Variable(0.0), []

    def hook(pairs):
        seen.append([(float(gradient), variable is x) for gradient, variable in pairs])

    optimizer.add_gradient_hook(hook)
    for gradient in (2.0, 6.0):  # one update, by their mean
        optimizer.apply_gradients([(tf.constant(gradient), x)])
    assert seen == [[(4.0, True)]] and float(x) == -1.0
    optimizer.remove_gradient_hook(hook)
    optimizer.apply_gradients([(tf.constant(2.0), x)])
    optimizer.apply_accumulated_gradients()
    assert len(seen) == 1
    with pytest.raises(ValueError, match="not in list"):
        optimizer.remove_gradient_hook(hook)


def test_gradient_hooks_are_not_saved(tmp_path):
    optimizer, x = optimizers.SGD(1.0), tf.Variable(0.0)
    optimizer.add_gradient_hook(lambda pairs: None)
    optimizer.build([x])
    path = tf.train.Checkpoint(optimizer=optimizer).save(str(tmp_path / "c"))
    assert not any("hook" in name for name, _ in tf.train.list_variables(path))
    assert "hook" not in str(optimizer.get_config())


class HeavyBall(Optimizer):
    """Momentum, with a `build` that creates its variables whenever it is called."""

    def __init__(self, learning_rate=0.01, name="HeavyBall", **kwargs):
        super().__init__(name=name, **kwargs)
        self._learning_rate = self._build_learning_rate(learning_rate)

    def build(self, var_list):
        super().build(var_list)
        self.means = [self.add_variable_from_reference(v, "mean") for v in var_list]

    def update_step(self, gradient, variable):
        mean = self.means[self._index_dict[self._var_key(variable)]]
        mean.assign(0.9 * mean + gradient)
        variable.assign_sub(self.learning_rate * mean)


def test_build_without_a_guard_creates_variables_once():
    histories = []
    for optimizer in (HeavyBall(), SGD(0.01, momentum=0.9)):
        model = Sequential([layers.Dense(1, kernel_initializer="ones", input_shape=(3,))])
        model.compile(optimizer, "mse")
        history = model.fit(np.ones((8, 3)), np.ones((8, 1)), epochs=3, verbose=0, shuffle=False)
        histories.append(history.history["loss"])
    np.testing.assert_allclose(histories[0], histories[1], 1e-6)
