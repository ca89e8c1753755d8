"""Two steps of every published rule, worked by hand in plain Python."""

import math

import numpy as np
import pytest
import tensorflow as tf

from tfk import optimizers
from tfk.optimizers.adadelta import adadelta_rule
from tfk.optimizers.adafactor import factored_mean, root_mean_square
from tfk.optimizers.adagrad import adagrad_rule
from tfk.optimizers.adam import adam_rule
from tfk.optimizers.adamax import adamax_rule
from tfk.optimizers.ftrl import ftrl_rule
from tfk.optimizers.lion import lion_rule
from tfk.optimizers.nadam import nadam_rule
from tfk.optimizers.rmsprop import rmsprop_rule
from tfk.optimizers.sgd import momentum_rule

GRADIENTS = (0.5, -0.25)


def train(optimizer, start=1.0):
    variable = tf.Variable([start])
    for gradient in GRADIENTS:
        optimizer.apply_gradients([(tf.constant([gradient]), variable)])
    return float(variable[0])


def test_sgd():
    assert train(optimizers.SGD(0.1)) == pytest.approx(1 - 0.05 + 0.025)


def test_sgd_with_momentum():
    # m1 = -0.05, w1 = 0.95; m2 = 0.9 * -0.05 + 0.025 = -0.02, w2 = 0.93
    assert train(optimizers.SGD(0.1, momentum=0.9)) == pytest.approx(0.93)


def test_sgd_with_nesterov_momentum():
    # m1 = -0.05, w1 = 1 - 0.045 - 0.05 = 0.905; m2 = -0.02, w2 = 0.905 - 0.018 + 0.025 = 0.912
    assert train(optimizers.SGD(0.1, momentum=0.9, nesterov=True)) == pytest.approx(0.912)


def test_rmsprop():
    v1 = 0.1 * 0.25
    v2 = 0.9 * v1 + 0.1 * 0.0625
    expected = 1 - 0.1 * 0.5 / math.sqrt(v1 + 1e-7) + 0.1 * 0.25 / math.sqrt(v2 + 1e-7)
    assert train(optimizers.RMSprop(0.1)) == pytest.approx(expected, rel=1e-6)


def test_rmsprop_centered_with_momentum():
    v1, a1 = 0.1 * 0.25, 0.1 * 0.5
    v2, a2 = 0.9 * v1 + 0.1 * 0.0625, 0.9 * a1 - 0.1 * 0.25
    m1 = 0.1 * 0.5 / math.sqrt(v1 - a1**2 + 1e-7)
    m2 = 0.5 * m1 - 0.1 * 0.25 / math.sqrt(v2 - a2**2 + 1e-7)
    optimizer = optimizers.RMSprop(0.1, momentum=0.5, centered=True)
    assert train(optimizer) == pytest.approx(1 - m1 - m2, rel=1e-6)


def adam_by_hand(epsilon_of=lambda t: 1e-7, amsgrad=False):
    w, m, v, largest = 1.0, 0.0, 0.0, 0.0
    for t, g in enumerate(GRADIENTS, start=1):
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g
        largest = max(v, largest) if amsgrad else v
        rate = 0.1 * math.sqrt(1 - 0.999**t) / (1 - 0.9**t)
        w -= rate * m / (math.sqrt(largest) + epsilon_of(t))
    return w


def test_adam():
    assert train(optimizers.Adam(0.1)) == pytest.approx(adam_by_hand(), abs=5e-6)


def test_adam_with_the_epsilon_of_algorithm_1():
    expected = adam_by_hand(lambda t: 0.01 * math.sqrt(1 - 0.999**t))
    assert train(optimizers.Adam(0.1, epsilon=0.01, adaptive_epsilon=True)) == pytest.approx(
        expected, abs=5e-6
    )


def test_amsgrad():
    assert train(optimizers.Adam(0.1, amsgrad=True)) == pytest.approx(
        adam_by_hand(amsgrad=True), abs=5e-6
    )


def test_adamw():
    w, m, v = 1.0, 0.0, 0.0
    for t, g in enumerate(GRADIENTS, start=1):
        w -= 0.1 * 0.5 * w
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g
        w -= 0.1 * math.sqrt(1 - 0.999**t) / (1 - 0.9**t) * m / (math.sqrt(v) + 1e-7)
    assert train(optimizers.AdamW(0.1, weight_decay=0.5)) == pytest.approx(w, abs=5e-6)


def test_adamax():
    # m1 = 0.05, u1 = 0.5; m2 = 0.045 - 0.025 = 0.02, u2 = max(0.999 * 0.5, 0.25) = 0.4995
    expected = 1 - 0.1 / 0.1 * 0.05 / 0.5 - 0.1 / 0.19 * 0.02 / 0.4995
    assert train(optimizers.Adamax(0.1)) == pytest.approx(expected, rel=1e-5)


def test_nadam():
    w, m, v, product = 1.0, 0.0, 0.0, 1.0
    for t, g in enumerate(GRADIENTS, start=1):
        u, following = 0.9 * (1 - 0.5 * 0.96**t), 0.9 * (1 - 0.5 * 0.96 ** (t + 1))
        product *= u
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g
        ahead = following * m / (1 - product * following) + (1 - u) * g / (1 - product)
        w -= 0.1 * ahead / (math.sqrt(v / (1 - 0.999**t)) + 1e-7)
    assert train(optimizers.Nadam(0.1)) == pytest.approx(w, abs=5e-6)


def test_adagrad():
    expected = 1 - 0.1 * 0.5 / math.sqrt(0.35 + 1e-7) + 0.1 * 0.25 / math.sqrt(0.4125 + 1e-7)
    assert train(optimizers.Adagrad(0.1)) == pytest.approx(expected, rel=1e-6)


def test_adadelta():
    w, s, c = 1.0, 0.0, 0.0
    for g in GRADIENTS:
        s = 0.95 * s + 0.05 * g * g
        step = math.sqrt(c + 1e-2) / math.sqrt(s + 1e-2) * g
        c, w = 0.95 * c + 0.05 * step**2, w - step
    assert train(optimizers.Adadelta(1.0, epsilon=1e-2)) == pytest.approx(w, rel=1e-6)


def test_adafactor_of_a_vector():
    w, v = 1.0, 0.0
    for t, g in enumerate(GRADIENTS, start=1):
        share = t**-0.8
        v = (1 - share) * v + share * (g * g + 1e-30)
        update = g / math.sqrt(v)
        update /= max(1.0, abs(update))
        w -= max(1e-3, abs(w)) * min(0.1, 1 / math.sqrt(t)) * update
    assert train(optimizers.Adafactor(0.1)) == pytest.approx(w, rel=1e-6)


def test_adafactor_factors_the_last_two_axes():
    squares = np.arange(1.0, 7.0).reshape(2, 3)
    r, c, mean = factored_mean(
        tf.constant(squares), tf.zeros(2, tf.float64), tf.zeros(3, tf.float64), 0.0
    )
    np.testing.assert_allclose(r, squares.mean(1))
    np.testing.assert_allclose(c, squares.mean(0))
    np.testing.assert_allclose(mean, np.outer(squares.mean(1), squares.mean(0)) / squares.mean())
    assert float(root_mean_square(tf.constant([3.0, 4.0]))) == pytest.approx(math.sqrt(12.5))


def test_ftrl():
    w, n, z = 1.0, 0.1, 0.0
    for g in GRADIENTS:
        squares = n + g * g
        z += g + 2 * 0.3 * w - (math.sqrt(squares) - math.sqrt(n)) / 0.1 * w
        w = (min(max(z, -0.2), 0.2) - z) / (math.sqrt(squares) / 0.1 + 2 * 0.4 + 0.5 / 0.1)
        n = squares
    optimizer = optimizers.Ftrl(
        0.1,
        l1_regularization_strength=0.2,
        l2_regularization_strength=0.4,
        l2_shrinkage_regularization_strength=0.3,
        beta=0.5,
    )
    assert train(optimizer) == pytest.approx(w, rel=1e-6)


def test_ftrl_gives_exact_zeros():
    assert train(optimizers.Ftrl(0.1, l1_regularization_strength=100.0), start=0.0) == 0.0


def test_lion():
    # m1 = 0.005 with sign +; 0.9 * 0.005 - 0.1 * 0.25 < 0
    assert train(optimizers.Lion(0.1)) == pytest.approx(1.0 - 0.1 + 0.1)


def test_rules_are_functions_of_tensors():
    """Each rule alone, on Python numbers where it takes them."""
    g, zero = tf.constant(0.5), tf.constant(0.0)
    assert float(momentum_rule(g, zero, 0.1, 0.9, False)[0]) == pytest.approx(0.05)
    assert float(rmsprop_rule(g, zero, None, 0.1, 0.9, 0.0)[0]) == pytest.approx(
        0.1 / math.sqrt(0.1)
    )
    assert float(adam_rule(g, zero, zero, None, 0.1, 0.9, 0.999, 0.0)[1]) == pytest.approx(0.05)
    assert float(adamax_rule(g, zero, zero, 0.1, 0.9, 0.999, 0.0)[0]) == pytest.approx(0.01)
    assert float(adagrad_rule(g, zero, 0.1, 0.0)[0]) == pytest.approx(0.1)
    assert float(adadelta_rule(g, zero, zero, 1.0, 0.0, 0.01)[0]) == pytest.approx(
        0.1 * 0.5 / math.sqrt(0.26)
    )
    assert float(lion_rule(g, zero, 0.1, 0.9, 0.99)[1]) == pytest.approx(0.005)
    assert float(ftrl_rule(g, zero, zero, zero, 0.1, -0.5, 0.0, 0.0, 0.0)[0]) == pytest.approx(-0.1)
    now = {"rate": 0.1, "weight_of_mean": 0.0, "weight_of_gradient": 1.0, "correction": 0.001}
    assert float(nadam_rule(g, zero, zero, now, 0.9, 0.999, 0.0)[0]) == pytest.approx(0.1)
