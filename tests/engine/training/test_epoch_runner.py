"""How many steps a chunk has."""

from tfk.engine.training.epoch_runner import ChunkPlanner


class Wishes:
    """A stand-in for a CallbackList that asks for fixed things."""

    def __init__(self, batches=None, seconds=None):
        self.batches, self.seconds = batches, seconds

    def batches_until_wake(self, mode):
        return self.batches

    def seconds_between_wakes(self, mode):
        return self.seconds


def test_planner_starts_small_and_follows_the_clock():
    planner = ChunkPlanner(Wishes(seconds=0.2), "train")
    assert planner.next_length(1000) == 1
    planner.observe(1, 0.001)
    assert planner.next_length(1000) == 16  # at most 16 times what was timed
    planner.observe(16, 0.016)
    assert planner.next_length(1000) == 200
    assert planner.next_length(30) == 30


def test_planner_obeys_callbacks_and_fixed_lengths():
    assert ChunkPlanner(Wishes(batches=1), "train").next_length(9) == 1
    assert ChunkPlanner(Wishes(batches=1), "train", steps_per_execution=4).next_length(9) == 4
    assert ChunkPlanner(Wishes(), "train", steps_per_execution=4).next_length(None) == 4
