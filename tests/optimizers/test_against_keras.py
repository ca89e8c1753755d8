"""Twenty steps of every optimizer and option, next to Keras 2's own; names, configs and stored
state.
"""

import functools
import inspect

import h5py
import numpy as np
import pytest
import tensorflow as tf

from tests.support import compare
from tfk import optimizers
from tfk.optimizers import legacy

tf_keras = pytest.importorskip("tf_keras")

SHAPES = (
    (3, 4),
    (4,),
    (5,),
    (2, 2),
    (200, 60),
)  # a group of small variables, and one with its own kernel
STEPS = 20
OPTIONS = [
    ("SGD", {}),
    ("SGD", {"momentum": 0.9}),
    ("SGD", {"momentum": 0.9, "nesterov": True, "weight_decay": 0.01}),
    ("RMSprop", {}),
    ("RMSprop", {"momentum": 0.5, "centered": True, "rho": 0.95}),
    ("RMSprop", {"centered": True, "epsilon": 0.01}),
    ("Adam", {}),
    ("Adam", {"learning_rate": 0.1, "beta_2": 0.98}),
    ("Adam", {"amsgrad": True, "weight_decay": 0.1}),
    ("Adam", {"adaptive_epsilon": True, "epsilon": 0.01, "learning_rate": 0.1}),
    ("AdamW", {}),
    ("AdamW", {"amsgrad": True, "clipnorm": 0.5}),
    ("Adamax", {}),
    ("Adamax", {"beta_1": 0.999}),
    ("Nadam", {"learning_rate": 0.1}),
    ("Adagrad", {"learning_rate": 0.1}),
    ("Adadelta", {"learning_rate": 1.0}),
    ("Adafactor", {"learning_rate": 0.1}),
    ("Adafactor", {"relative_step": False, "clip_threshold": 0.5}),
    ("Ftrl", {}),
    (
        "Ftrl",
        {
            "learning_rate": 0.1,
            "l1_regularization_strength": 0.1,
            "l2_regularization_strength": 0.1,
            "l2_shrinkage_regularization_strength": 0.1,
            "beta": 0.1,
        },
    ),
    ("Lion", {}),
    ("Lion", {"weight_decay": 0.1, "use_ema": True, "ema_overwrite_frequency": 4}),
    ("Adam", {"global_clipnorm": 0.3}),
    ("Adam", {"clipvalue": 0.3, "use_ema": True, "ema_momentum": 0.5}),
]
NAMES = sorted({name for name, _ in OPTIONS})


def variables():
    rng = np.random.default_rng(0)
    return [
        tf.Variable(rng.normal(size=s).astype("float32"), name=f"layer_{i}/kernel")
        for i, s in enumerate(SHAPES)
    ]


def gradients(sparse):
    """Gradients of every step; sparse ones name some rows twice."""
    rng = np.random.default_rng(1)
    for _ in range(STEPS):
        if not sparse:
            yield [tf.constant(rng.normal(size=s).astype("float32")) for s in SHAPES]
            continue
        yield [
            tf.IndexedSlices(
                tf.constant(rng.normal(size=(4, *s[1:])).astype("float32")),
                tf.constant(np.array([1, 0, 1, rng.integers(s[0])], "int64")),
                tf.constant(s),
            )
            for s in SHAPES
        ]


def train(optimizer, compiled, sparse, jit_compile=False):
    trained = variables()
    optimizer.build(trained)

    def step(grads):
        optimizer.apply_gradients(zip(grads, trained))

    if compiled:
        step = tf.function(step, autograph=False, jit_compile=jit_compile)
    for grads in gradients(sparse):
        step(grads)
    return trained


assert_close = functools.partial(compare.assert_close, rtol=1e-6)


def test_every_optimizer_has_a_case():
    public = {name for name, obj in vars(optimizers).items() if inspect.isclass(obj)}
    assert public - {"Optimizer"} == set(NAMES)


@pytest.mark.parametrize("sparse", [False, True], ids=["dense", "sparse"])
@pytest.mark.parametrize("name, settings", OPTIONS)
def test_twenty_steps(name, settings, sparse):
    theirs = getattr(tf_keras.optimizers, name)(**settings)
    ours = getattr(optimizers, name)(**settings)
    expected = train(theirs, compiled=False, sparse=sparse)  # its Nadam is wrong in graphs
    assert_close(train(ours, compiled=True, sparse=sparse), expected)
    if name == "SGD" and not settings:
        return  # the momentum that nobody reads is not computed
    loose = (
        {"rtol": 1e-4, "atol": 1e-2} if name == "Ftrl" else {}
    )  # `linear` is a small difference of large sums
    assert_close(ours.variables, theirs.variables, **loose)


@pytest.mark.parametrize("sparse", [False, True], ids=["dense", "sparse"])
@pytest.mark.parametrize("name", NAMES)
def test_under_xla(name, sparse):
    expected = train(getattr(tf_keras.optimizers, name)(0.01), compiled=False, sparse=sparse)
    ours = train(getattr(optimizers, name)(0.01), compiled=True, sparse=sparse, jit_compile=True)
    assert_close(ours, expected, rtol=2e-6, atol=2e-6)


@pytest.mark.parametrize("settings", [{}, {"use_ema": True}], ids=["plain", "ema"])
@pytest.mark.parametrize("name", NAMES)
def test_names_and_order_of_variables(name, settings):
    described = []
    for library in (tf_keras.optimizers, optimizers):
        built, called = getattr(library, name)(**settings), getattr(library, name)(**settings)
        trained = variables()
        built.build(trained)
        called.apply_gradients([(tf.zeros_like(v), v) for v in trained])
        described.append(
            [(v.name, tuple(v.shape), v.dtype) for v in (*built.variables, *called.variables)]
        )
    assert described[1] == described[0]


@pytest.mark.parametrize("name, settings", OPTIONS)
def test_configs(name, settings):
    theirs = getattr(tf_keras.optimizers, name)(**settings)
    ours = getattr(optimizers, name)(**settings)
    known = {key: value for key, value in ours.get_config().items() if key != "adaptive_epsilon"}
    assert known == theirs.get_config()
    if "adaptive_epsilon" not in settings:
        assert optimizers.serialize(ours) == tf_keras.optimizers.serialize(theirs)
    again = optimizers.deserialize(tf_keras.optimizers.serialize(theirs))
    assert type(again) is type(ours)
    assert again.get_config() == known


@pytest.mark.parametrize("name", NAMES)
def test_state_is_exchanged(name, tmp_path):
    """Both libraries go on from the state of the other, stored in HDF5."""
    for first, second in ((tf_keras.optimizers, optimizers), (optimizers, tf_keras.optimizers)):
        settings = {"momentum": 0.9} if name == "SGD" else {}
        source, target = (
            getattr(first, name)(0.01, **settings),
            getattr(second, name)(0.01, **settings),
        )
        trained = train(source, compiled=False, sparse=False)
        copies = [tf.Variable(v, name=v.name[:-2]) for v in trained]
        target.build(copies)
        with h5py.File(tmp_path / "state.h5", "w") as file:
            source.save_own_variables(file)
            target.load_own_variables(file)
        if name == "Nadam":
            target._u_product.assign(source._u_product)  # Keras 2 leaves it out
        for optimizer, group in ((source, trained), (target, copies)):
            optimizer.apply_gradients([(tf.ones_like(v), v) for v in group])
        assert_close(copies, trained)


@pytest.mark.parametrize("name", ["Adam", "RMSprop", "Nadam"])
def test_checkpoints_are_exchanged(name, tmp_path):
    expected = {"optimizer/_iterations", "optimizer/_learning_rate"}
    for number, (first, second) in enumerate(
        ((tf_keras.optimizers, optimizers), (optimizers, tf_keras.optimizers))
    ):
        source, target = getattr(first, name)(0.01), getattr(second, name)(0.5)
        trained = train(source, compiled=False, sparse=False)
        copies = [tf.Variable(v, name=v.name[:-2]) for v in trained]
        path = tf.train.Checkpoint(optimizer=source).write(str(tmp_path / f"{number}"))
        keys = {key.split("/.ATTR")[0] for key, _ in tf.train.list_variables(path)}
        slots = {f"optimizer/_variables/{i}" for i in range(1, len(source.variables))}
        assert keys - {"optimizer/_u_product", "_CHECKPOINTABLE_OBJECT_GRAPH"} == expected | slots
        if number:
            target.build(copies)
            tf.train.Checkpoint(optimizer=target).read(path).expect_partial()
        else:  # restored first, created afterwards
            tf.train.Checkpoint(optimizer=target).read(path).expect_partial()
            target.build(copies)
        assert_close(target.variables, source.variables, rtol=0, atol=0)
        assert float(target.learning_rate) == pytest.approx(0.01)


LEGACY = [
    ("SGD", {"decay": 0.1}),
    ("SGD", {"lr": 0.1, "momentum": 0.9, "clipnorm": 0.1, "clipvalue": 0.05}),
    ("RMSprop", {"epsilon": 0.01, "decay": 0.1}),
    ("RMSprop", {"momentum": 0.9, "centered": True}),
    ("RMSprop", {"centered": True, "epsilon": 0.1}),
    ("Adam", {}),
    ("Adam", {"amsgrad": True}),
    ("Adamax", {}),
    ("Nadam", {}),
    ("Adagrad", {"epsilon": 0.1}),
    ("Adadelta", {}),
    ("Ftrl", {}),
]


@pytest.mark.filterwarnings("ignore:The `lr` argument")
@pytest.mark.parametrize("name, settings", LEGACY)
def test_legacy(name, settings):
    results = []
    for library in (legacy, tf_keras.optimizers.legacy):
        optimizer = getattr(library, name)(**settings)
        trained = variables()
        for grads in gradients(sparse=False):
            optimizer.apply_gradients(zip(grads, trained))
        results.append((trained, optimizer))
    (ours, our_optimizer), (theirs, their_optimizer) = results
    assert_close(ours, theirs)
    assert [v.name for v in our_optimizer.variables()] == [
        v.name for v in their_optimizer.variables()
    ]
    assert our_optimizer.get_config() == pytest.approx(their_optimizer.get_config())
    assert_close(
        [our_optimizer.get_slot(ours[2], s) for s in our_optimizer.get_slot_names()],
        [their_optimizer.get_slot(theirs[2], s) for s in our_optimizer.get_slot_names()],
        rtol=1e-4,
    )
    config = tf_keras.optimizers.serialize(their_optimizer)
    assert type(optimizers.deserialize(config)) is type(our_optimizer)
    del config["module"], config["registered_name"]  # as in files of before
    assert type(optimizers.deserialize(config)) is type(our_optimizer)
