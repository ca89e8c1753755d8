"""Magnitude pruning: training a network to do with a fraction of its weights."""

from tfk.pruning.magnitude import MagnitudePruning, sparsity, strip
from tfk.pruning.schedules import ConstantSparsity, PolynomialDecay

__all__ = ["ConstantSparsity", "MagnitudePruning", "PolynomialDecay", "sparsity", "strip"]
