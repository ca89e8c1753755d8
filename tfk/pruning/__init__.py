"""Magnitude pruning: training networks with only a fraction of their weights."""

from tfk.pruning.magnitude import MagnitudePruning, sparsity, strip
from tfk.pruning.schedules import ConstantSparsity, PolynomialDecay

__all__ = ["ConstantSparsity", "MagnitudePruning", "PolynomialDecay", "sparsity", "strip"]
