import json
import random
import subprocess
import sys

import numpy as np
import pytest
import tensorflow as tf

from tfk.utils.random import SeedGenerator, draw_seed, set_random_seed


def test_set_random_seed_covers_python_numpy_and_tensorflow():
    def draws():
        return random.random(), np.random.rand(), float(tf.random.uniform(())), draw_seed()

    set_random_seed(7)
    first = draws()
    set_random_seed(7)
    assert draws() == first
    set_random_seed(8)
    assert all(one != other for one, other in zip(draws(), first))


@pytest.mark.parametrize("seed, error", [(-1, ValueError), ("7", TypeError), (None, ValueError)])
def test_set_random_seed_refuses(seed, error):
    with pytest.raises(error, match="set_random_seed: expected seed to be"):
        set_random_seed(seed)


def test_draw_seed_follows_the_seed_of_tensorflow_alone():
    tf.random.set_seed(3)
    first = [draw_seed() for _ in range(3)]
    random.seed(0), np.random.seed(0)
    tf.random.set_seed(3)
    assert [draw_seed() for _ in range(3)] == first
    assert len(set(first)) == 3 and all(0 <= seed < 2**31 for seed in first)

    @tf.function
    def traced():
        return draw_seed()

    tf.random.set_seed(3)
    assert int(traced()) == first[0]


def test_seeds_are_the_same_eagerly_in_graphs_and_under_xla():
    def seeds(jit_compile):
        generator = SeedGenerator(5)
        call = generator.next_seed
        call = call if jit_compile is None else tf.function(call, jit_compile=jit_compile)
        return [call().numpy().tolist() for _ in range(3)]

    assert seeds(None) == seeds(False) == seeds(True) == [[5, 0], [5, 1], [5, 2]]


def test_seeds_advance_in_loops():
    generator = SeedGenerator(5)

    @tf.function
    def draw():
        return tf.map_fn(lambda _: generator.next_seed(), tf.range(3))

    assert draw().numpy().tolist() == [[5, 0], [5, 1], [5, 2]]
    assert generator.state.numpy().tolist() == [5, 3]


def test_unseeded_generators_differ():
    assert SeedGenerator().next_seed().numpy()[0] != SeedGenerator().next_seed().numpy()[0]


def test_large_and_negative_seeds():
    for seed in (2**40 + 3, -1):
        key, counter = SeedGenerator(seed).next_seed().numpy()
        assert 0 <= key < 2**31 and counter == 0


def test_state_is_saved_and_not_trained(tmp_path):
    generator = SeedGenerator(5)
    generator.next_seed()
    path = tf.train.Checkpoint(generator=generator).save(str(tmp_path / "checkpoint"))
    generator.next_seed()
    tf.train.Checkpoint(generator=generator).restore(path).assert_consumed()
    assert generator.next_seed().numpy().tolist() == [5, 1]
    assert generator.trainable_variables == () and len(generator.variables) == 1


def test_made_inside_a_function():
    made = []

    @tf.function
    def draw():
        if not made:
            made.append(SeedGenerator(5))
        return made[0].next_seed()

    assert [draw().numpy()[1] for _ in range(3)] == [0, 1, 2]


def test_replicas_draw_different_seeds():
    script = """
import tensorflow as tf
tf.config.set_logical_device_configuration(
    tf.config.list_physical_devices("CPU")[0], [tf.config.LogicalDeviceConfiguration()] * 2)
from tfk.utils.random import SeedGenerator
strategy = tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])
with strategy.scope():
    generator = SeedGenerator(5)
for run in (generator.next_seed, tf.function(generator.next_seed)):
    results = strategy.experimental_local_results(strategy.run(run))
    print([result.numpy().tolist() for result in results])
print(generator.state.numpy().tolist())
"""
    result = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    first, second, state = (json.loads(line) for line in result.stdout.splitlines())
    assert first[0] == [5, 0] and second[0] == [5, 1] and state == [5, 2]
    assert first[1][0] != 5 and first[1][1] == 0 and second[1] == [first[1][0], 1]
