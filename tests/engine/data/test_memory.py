"""The memory up to which data are resident."""

from tfk.engine.data import memory


def test_budget_is_part_of_the_free_memory():
    assert 0 < memory.resident_budget() < memory.available_bytes()
