"""TimeseriesGenerator, skipgrams and make_sampling_table equal tf_keras."""

import json
import random

import numpy as np
import pytest

from tfk.preprocessing import sequence as ours

tf_keras = pytest.importorskip("tf_keras")
theirs = tf_keras.preprocessing.sequence

DATA = np.arange(60).reshape(30, 2)


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"sampling_rate": 2, "stride": 3, "batch_size": 4},
        {"start_index": 5, "end_index": 20, "batch_size": 3},
        {"shuffle": True, "batch_size": 5},
        {"reverse": True, "batch_size": 7},
    ],
)
@pytest.mark.parametrize("data", [DATA, DATA.tolist(), DATA[:, 0]], ids=["array", "list", "vector"])
def test_timeseries_generator(options, data):
    batches = []
    for module in (ours, theirs):
        np.random.seed(0)
        generator = module.TimeseriesGenerator(data, np.arange(30), length=6, **options)
        batches.append(
            (len(generator), [generator[i] for i in range(len(generator))], generator.get_config())
        )
    (a_length, a_batches, a_config), (b_length, b_batches, b_config) = batches
    assert a_length == b_length and a_config == b_config
    for (a, a_targets), (b, b_targets) in zip(a_batches, b_batches, strict=True):
        np.testing.assert_array_equal(a, b)
        np.testing.assert_array_equal(a_targets, b_targets)
    assert json.loads(generator.to_json())["config"] == a_config


def test_timeseries_generator_errors():
    with pytest.raises(ValueError, match="each of the 30 steps, got 3"):
        ours.TimeseriesGenerator(DATA, [1, 2, 3], 2)
    with pytest.raises(ValueError, match="no window of 30 steps"):
        ours.TimeseriesGenerator(DATA, DATA, 30)
    with pytest.raises(TypeError, match="targets cannot be written"):
        ours.TimeseriesGenerator([1, 2, 3], [object()] * 3, 1).to_json()


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"window_size": 1, "negative_samples": 0},
        {"negative_samples": 2.5, "categorical": True},
        {"shuffle": False},
        {"seed": 5},
        {"sampling_table": ours.make_sampling_table(30, 1e-3)},
    ],
)
def test_skipgrams(options):
    sentence = [3, 0, 7, 7, 12, 4, 0, 25, 9]
    results = []
    for module in (ours, theirs):
        random.seed(4)
        results.append(
            [module.skipgrams(sentence, 30, **options) for _ in range(2)] + [random.random()]
        )
    assert results[0] == results[1]
    assert ours.skipgrams([], 10) == ours.skipgrams([0], 10) == ([], [])


def test_sampling_table():
    for arguments in ((100,), (50, 1e-3), (1,)):
        np.testing.assert_allclose(
            ours.make_sampling_table(*arguments), theirs.make_sampling_table(*arguments)
        )
