"""model.summary(): the text of Keras 2, and the same as data."""

import sys

import pytest
import tensorflow as tf

from tfk import layers, models
from tfk.engine.graph.input_layer import Input
from tfk.engine.model.summary import readable_size, summary_data

tf_keras = pytest.importorskip("tf_keras")


def text(model, **options):
    lines = []
    model.summary(print_fn=lambda line, **_: lines.append(line), **options)
    return "\n".join(line.rstrip() for line in lines)


class Ours:
    layers, Sequential, Model = layers, models.Sequential, models.Model
    Input = staticmethod(Input)


def chain(k):
    return k.Sequential(
        [
            k.layers.Conv2D(4, 3, input_shape=(8, 8, 1), name="conv"),
            k.layers.BatchNormalization(name="norm"),
            k.layers.Flatten(name="flat"),
            k.layers.Dense(10, name="a_rather_long_name_for_a_dense_layer", trainable=False),
        ],
        name="chain",
    )


def branches(k):
    x = k.Input((4,), name="in")
    inner = k.Sequential([k.layers.Dense(3, name="deep", input_shape=(3,))], name="inner")
    y = inner(k.layers.Dense(3, name="one")(x))
    y = k.layers.Concatenate(name="join")([y, k.layers.Dense(2, name="two")(x), tf.nn.relu(x)])
    return k.Model(x, y, name="branches")


@pytest.mark.parametrize("build", [chain, branches])
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"expand_nested": True, "show_trainable": True},
        {"line_length": 120, "positions": [0.4, 0.6, 0.8, 1.0]},
        {"show_trainable": True},
    ],
)
def test_text_equals_that_of_keras(build, options):
    tf_keras.backend.clear_session()
    assert text(build(Ours), **options) == text(build(tf_keras), **options)


def test_too_few_positions_are_refused():
    with pytest.raises(
        ValueError, match="positions needs a number for each of .*got \\[0.5, 1.0\\]"
    ):
        chain(Ours).summary(positions=[0.5, 1.0])


def test_layer_range():
    options = {"layer_range": ["norm", "flat"]}
    assert text(chain(Ours), **options) == text(chain(tf_keras), **options)
    with pytest.raises(ValueError, match="no layer matches 'nothing'"):
        text(chain(Ours), layer_range=["nothing", "flat"])


def test_data_flops_and_memory():
    rows = summary_data(chain(Ours), show_flops=True)
    conv, _, _, dense = rows
    assert (conv["name"], conv["class_name"], conv["output_shape"], conv["params"]) == (
        "conv",
        "Conv2D",
        (None, 6, 6, 4),
        40,
    )
    assert conv["flops"] == 6 * 6 * 4 * (2 * 9) + 6 * 6 * 4  # products and sums, then the bias
    assert (
        dense["flops"] == 2 * 144 * 10 + 10 and dense["bytes"] == 40 and dense["trainable"] is False
    )
    assert "FLOPs of one sample: " in text(chain(Ours), show_flops=True)


def test_readable_size():
    assert [readable_size(n) for n in (0, 1023, 1024, 3 * 1024**3)] == [
        "0.00 Byte",
        "1023.00 Byte",
        "1.00 KB",
        "3.00 GB",
    ]


@pytest.mark.parametrize("columns", [60, 80, 200])
def test_the_table_fits_the_terminal(columns, monkeypatch, capsys):
    monkeypatch.setenv("COLUMNS", str(columns))
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    branches(Ours).summary()
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) == min(columns - 1, 98)
    assert "Connected to" in lines[2]


def test_all_headers_are_whole():
    header = text(chain(Ours), show_flops=True, show_trainable=True).splitlines()[2]
    assert header.split()[-3:] == ["Trainable", "FLOPs", "Memory"]
