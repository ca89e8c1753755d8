"""Divergences against SciPy."""

import numpy as np
from scipy import stats

from tfk import losses

RNG = np.random.default_rng(2)


def test_kl_divergence_is_the_relative_entropy():
    p, q = RNG.dirichlet(np.ones(5), size=2)
    np.testing.assert_allclose(losses.kl_divergence(p, q), stats.entropy(p, q), rtol=1e-6)
    assert np.isfinite(losses.kl_divergence([[1.0, 0.0]], [[0.0, 1.0]])).all()


def test_poisson_is_the_likelihood_up_to_a_constant():
    counts, rates = np.array([[0.0, 2.0, 5.0]]), np.array([[0.5, 1.5, 6.0]])
    constant = (
        stats.poisson.logpmf(counts, np.maximum(counts, 1e-9)).mean()
        + (np.maximum(counts, 1e-9) - counts * np.log(np.maximum(counts, 1e-9))).mean()
    )
    np.testing.assert_allclose(
        losses.poisson(counts, rates),
        [-stats.poisson.logpmf(counts, rates).mean() + constant],
        rtol=1e-5,
    )
