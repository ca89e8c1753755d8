"""Nothing stale: random edits and calls of models, each call compared with a model built afresh."""

import gc

import pytest

from tests.conformance.edited_model import walk

PART = 25  # sequences in a test


@pytest.mark.parametrize("first", range(0, 500, PART))
def test_random_edits_and_calls(first):
    for seed in range(first, first + PART):
        walk(seed, steps=1)


@pytest.mark.conformance
@pytest.mark.parametrize("first", range(500, 20_500, 8 * PART))
def test_many_random_edits_and_calls(first):
    for seed in range(first, first + 8 * PART):
        walk(seed, steps=4)
        if seed % PART == 0:
            gc.collect()
