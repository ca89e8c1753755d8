"""Learning rate schedules: by hand, and next to Keras 2's own."""

import math

import numpy as np
import pytest
import tensorflow as tf
import tf_keras

from tfk.optimizers import schedules

STEPS = (0, 1, 4, 5, 9, 10, 11, 19, 25, 30, 60, 100)
SETTINGS = [
    ("ExponentialDecay", {"initial_learning_rate": 0.1, "decay_steps": 10, "decay_rate": 0.5}),
    (
        "ExponentialDecay",
        {"initial_learning_rate": 0.1, "decay_steps": 10, "decay_rate": 0.5, "staircase": True},
    ),
    ("InverseTimeDecay", {"initial_learning_rate": 0.1, "decay_steps": 10, "decay_rate": 0.5}),
    (
        "InverseTimeDecay",
        {"initial_learning_rate": 0.1, "decay_steps": 10, "decay_rate": 0.5, "staircase": True},
    ),
    ("PolynomialDecay", {"initial_learning_rate": 0.1, "decay_steps": 10}),
    (
        "PolynomialDecay",
        {"initial_learning_rate": 0.1, "decay_steps": 10, "power": 0.5, "cycle": True},
    ),
    ("PiecewiseConstantDecay", {"boundaries": [5, 10], "values": [0.3, 0.2, 0.1]}),
    ("CosineDecay", {"initial_learning_rate": 0.1, "decay_steps": 25, "alpha": 0.1}),
    (
        "CosineDecay",
        {"initial_learning_rate": 0.0, "decay_steps": 25, "warmup_target": 0.1, "warmup_steps": 10},
    ),
    ("CosineDecayRestarts", {"initial_learning_rate": 0.1, "first_decay_steps": 10}),
    (
        "CosineDecayRestarts",
        {
            "initial_learning_rate": 0.1,
            "first_decay_steps": 10,
            "t_mul": 1.0,
            "m_mul": 0.8,
            "alpha": 0.1,
        },
    ),
    (
        "CosineDecayRestarts",
        {"initial_learning_rate": 0.1, "first_decay_steps": 7, "t_mul": 1.5, "m_mul": 0.8},
    ),
]


@pytest.mark.parametrize("name, settings", SETTINGS)
def test_next_to_keras(name, settings):
    tf_keras = pytest.importorskip("tf_keras")
    theirs = getattr(tf_keras.optimizers.schedules, name)(**settings)
    ours = getattr(schedules, name)(**settings)
    for step in STEPS:
        step = tf.constant(step, tf.int64)
        np.testing.assert_allclose(
            ours(step), theirs(step), rtol=1e-6, atol=1e-8, err_msg=str(int(step))
        )
    assert ours.get_config() == theirs.get_config()
    assert schedules.serialize(ours) == tf_keras.optimizers.schedules.serialize(theirs)
    again = schedules.deserialize(tf_keras.optimizers.schedules.serialize(theirs))
    assert (type(again), again.get_config()) == (type(ours), ours.get_config())
    assert (
        schedules.deserialize(schedules.serialize(ours, use_legacy_format=True)).get_config()
        == ours.get_config()
    )


@pytest.mark.parametrize(
    "name, settings", [*SETTINGS, ("OneCycle", {"max_learning_rate": 0.5, "total_steps": 30})]
)
def test_graph_gives_the_same(name, settings):
    schedule = getattr(schedules, name)(**settings)
    compiled = tf.function(schedule, autograph=False)
    for step in (0, 10, 27):
        step = tf.constant(step, tf.int64)
        assert float(compiled(step)) == pytest.approx(float(schedule(step)), rel=1e-6)
        assert compiled(step).dtype == tf.float32


def test_by_hand():
    value = lambda schedule, step: float(schedule(step))  # noqa: E731
    assert value(schedules.ExponentialDecay(0.1, 10, 0.5), 5) == pytest.approx(0.1 * 0.5**0.5)
    assert value(schedules.InverseTimeDecay(0.1, 10, 0.5), 5) == pytest.approx(0.1 / 1.25)
    assert value(schedules.PolynomialDecay(0.1, 10, 0.02, power=2.0), 5) == pytest.approx(
        0.08 * 0.25 + 0.02
    )
    assert value(schedules.CosineDecay(0.1, 10, alpha=0.2), 5) == pytest.approx(
        0.1 * (0.8 * 0.5 + 0.2)
    )
    # the second period starts at step 10, lasts 20 steps and starts at half the height
    assert value(schedules.CosineDecayRestarts(0.1, 10, m_mul=0.5), 20) == pytest.approx(
        0.1 * 0.5 * 0.5
    )


def test_one_cycle():
    schedule = schedules.OneCycle(
        1.0, 100, warmup_fraction=0.4, div_factor=10.0, final_div_factor=100.0
    )
    values = [float(schedule(step)) for step in range(121)]
    assert values[0] == pytest.approx(0.1)
    assert values[20] == pytest.approx(0.55)
    assert values[40] == pytest.approx(1.0)
    assert values[70] == pytest.approx((1.0 + 0.001) / 2)
    assert values[100:] == pytest.approx([0.001] * 21)
    assert values[:41] == sorted(values[:41])
    assert values[40:] == sorted(values[40:], reverse=True)
    assert (
        schedules.deserialize(schedules.serialize(schedule)).get_config() == schedule.get_config()
    )
    straight_down = schedules.OneCycle(1.0, 10, warmup_fraction=0.0)
    assert float(straight_down(0)) == 1.0
    only_up = schedules.OneCycle(1.0, 10, warmup_fraction=1.0)
    assert float(only_up(5)) == pytest.approx((1.0 + 0.04) / 2)


class Halving(schedules.LearningRateSchedule):
    def __init__(self, start):
        self.start = start

    def __call__(self, step):
        return self.start * tf.pow(0.5, tf.cast(step, tf.float32))

    def get_config(self):
        return {"start": self.start}


def test_schedule_of_a_user():
    from tfk.optimizers import SGD

    optimizer, x = SGD(Halving(1.0)), tf.Variable(0.0)
    for _ in range(3):
        optimizer.apply_gradients([(tf.constant(1.0), x)])
    assert float(x) == -1.75
    again = SGD.from_config(optimizer.get_config(), custom_objects={"Halving": Halving})
    assert again._learning_rate.start == 1.0
    with pytest.raises(ValueError, match="Halving"):
        SGD.from_config(optimizer.get_config())


def test_parts_left_out():
    base = schedules.LearningRateSchedule()
    with pytest.raises(NotImplementedError, match="define __call__"):
        base(0)
    with pytest.raises(NotImplementedError, match="define get_config"):
        base.get_config()


@pytest.mark.parametrize(
    "make, message",
    [
        (lambda: schedules.ExponentialDecay(0.1, 0, 0.5), "decay_steps to be above 0, got 0"),
        (lambda: schedules.CosineDecay(0.1, -1), "decay_steps to be at least 0"),
        (lambda: schedules.CosineDecayRestarts(0.1, 0), "first_decay_steps to be above 0"),
        (lambda: schedules.CosineDecayRestarts(0.1, 1, t_mul=0.5), "t_mul to be at least 1"),
        (
            lambda: schedules.PiecewiseConstantDecay([1, 2], [0.1, 0.2]),
            "one value more than boundaries",
        ),
        (lambda: schedules.OneCycle(0.1, 0), "total_steps to be above 0"),
        (lambda: schedules.OneCycle(0.1, 10, warmup_fraction=2), "warmup_fraction"),
    ],
)
def test_settings_out_of_range(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_math_of_the_half_wave():
    from tfk.optimizers.schedules.cosine import half_wave

    assert float(half_wave(tf.constant(0.25))) == pytest.approx(0.5 * (1 + math.cos(math.pi / 4)))


def test_a_warmup_alone_has_no_way_down():
    settings = {"decay_steps": 0, "warmup_target": 10.0, "warmup_steps": 4}
    ours, theirs = (
        module.CosineDecay(0.0, **settings) for module in (schedules, tf_keras.optimizers.schedules)
    )
    for step in range(4):
        assert float(ours(step)) == float(theirs(step)) == 2.5 * step
