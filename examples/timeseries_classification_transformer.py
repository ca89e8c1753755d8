"""Is the engine in order? A Transformer listens to the series of its sound.

Two strided convolutions turn every piece of eight values into a vector, and in two blocks each
piece looks at all the others: a rattle that comes back once a turn can be found wherever it is.
`support/transformer.py` shows what is inside the blocks, `timeseries_classification_conv.py` does
the same with convolutions.

More than 90 % of the unseen made engines are judged right. `--data FordA` takes the data set of
that name, or another one, of the UCR archive; no figure is promised for it.

Source: Vaswani et al., 2017, Attention Is All You Need, arXiv:1706.03762.

    python examples/timeseries_classification_transformer.py [--epochs 14] [--data FordA]
"""

import argparse

from support.engines import load_engines
from support.outcome import conclude
from support.transformer import AddPosition, Encoder

import tfk
from tfk import layers

WIDTH, HEADS = 48, 4


def build_model(length, classes):
    """From a series to the probabilities of the classes."""
    series = tfk.Input((length, 1))
    x = series
    for strides in (4, 2):
        x = layers.Conv1D(WIDTH, 2 * strides, strides=strides, padding="same", activation="relu")(x)
    x = AddPosition(x.shape[1])(x)
    for _ in range(2):
        x = Encoder(WIDTH, HEADS, dropout=0.1)(x)
    x = layers.GlobalAveragePooling1D()(layers.LayerNormalization()(x))
    x = layers.Dropout(0.2)(layers.Dense(64, activation="relu")(x))
    return tfk.Model(series, layers.Dense(classes, activation="softmax")(x), name="engines")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--epochs", type=int, default=14)
    parser.add_argument(
        "--data", help="folder with *_TRAIN.tsv and *_TEST.tsv, as in the UCR archive"
    )
    arguments = parser.parse_args()

    tfk.utils.set_random_seed(1)
    series, unseen = load_engines(arguments.data, count=2400)
    model = build_model(series.values.shape[1], classes=series.labels.max() + 1)
    model.compile(
        tfk.optimizers.Adam(1e-3), "sparse_categorical_crossentropy", metrics=["accuracy"]
    )
    model.fit(
        series.values,
        series.labels,
        batch_size=32,
        epochs=arguments.epochs,
        validation_split=0.1,
        verbose=2,
    )
    _, accuracy = model.evaluate(unseen.values, unseen.labels, batch_size=100, verbose=0)
    conclude("test accuracy", accuracy, at_least=None if arguments.data else 0.9)


if __name__ == "__main__":
    main()
