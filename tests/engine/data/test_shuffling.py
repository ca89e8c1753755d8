"""The order of rows."""

from tfk.engine.data.shuffling import batchwise_permutation, permutation


def test_orders():
    first, second = permutation(12, seed=1, epoch=0), permutation(12, seed=1, epoch=1)
    assert sorted(first) == sorted(second) == list(range(12)) and list(first) != list(second)
    assert list(first) == list(permutation(12, seed=1, epoch=0))
    blocks = batchwise_permutation(11, 3, seed=1, epoch=0)
    assert sorted(blocks) == list(range(11)) and sorted(blocks[-2:]) == [9, 10]
    assert all(len({row // 3 for row in blocks[i : i + 3]}) == 1 for i in (0, 3, 6))
