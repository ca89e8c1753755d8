"""What is unusual here? A convolutional autoencoder learns what is usual, and what it cannot draw
is an anomaly.

The network presses windows of a series through a narrow middle and draws them again. It is trained
on a time when everything was in order, so it learns to draw the usual and nothing else. The error
that one window in a thousand of these days exceeds becomes the threshold; wherever all windows
around a moment exceed it later, that moment is reported.

The made series are requests to a server, ten minutes apart: days, weekends and noise. In the weeks
of the test there are an outage, a surge, a machine that starts anew every hour, and a robot's
bursts. All four are found, and at least 90 % of the moments that are reported belong to one of
them. `--data NORMAL.csv TEST.csv` takes two files of `timestamp,value` rows, as in the Numenta
Anomaly Benchmark, and prints what is reported.

Source: Hinton and Salakhutdinov, 2006, Reducing the Dimensionality of Data with Neural Networks,
Science 313; Ahmad et al., 2017, Unsupervised Real-Time Anomaly Detection for Streaming Data (NAB).

    python examples/timeseries_anomaly_autoencoder.py [--epochs 20] [--data NORMAL.csv TEST.csv]
"""

import argparse
import csv

import numpy as np
from support.outcome import conclude

import tfk
from tfk import layers

DAY = 144  # values in a day
WINDOW = 48  # values in a window: eight hours
ANOMALIES = (  # name, first value, length
    ("outage", 2 * DAY + 60, 24),
    ("surge", 6 * DAY + 70, 24),
    ("restarts", 8 * DAY + 40, 36),
    ("robot", 11 * DAY + 10, 48),
)


def make_requests(days, rng):
    """Requests to a server, `(days * DAY,)`: most at midday, fewer at weekends."""
    time = np.arange(days * DAY) / DAY
    weekend = np.where(time.astype(int) % 7 >= 5, 0.6, 1.0)
    daily = 0.55 - 0.45 * np.cos(2 * np.pi * (time - 0.05)) + 0.12 * np.sin(4 * np.pi * time)
    return 100 * weekend * daily + 20 + rng.normal(0, 3, len(time))


def spoil(series, rng):
    """The same series with the anomalies in it."""
    spoiled = series.copy()
    outage, surge, restarts, robot = (
        slice(start, start + length) for _, start, length in ANOMALIES
    )
    spoiled[outage] = rng.normal(20, 3, ANOMALIES[0][2])
    spoiled[surge] *= 1.8
    spoiled[restarts] *= np.tile([0.3, 0.6, 1.0, 1.0, 1.0, 1.0], ANOMALIES[2][2] // 6)
    spoiled[robot] += 40 * (rng.random(ANOMALIES[3][2]) < 0.3)
    return spoiled


def read_series(path):
    """The last column of a CSV file with a header."""
    with open(path, newline="", encoding="utf8") as file:
        _, *rows = csv.reader(file)
    return np.array([row[-1] for row in rows], "float64")


def windows(series):
    """All windows of a series, `(length - WINDOW + 1, WINDOW, 1)`."""
    return np.lib.stride_tricks.sliding_window_view(series, WINDOW)[..., np.newaxis].astype(
        "float32"
    )


def build_model():
    """An encoder that halves the series twice, and its mirror image."""
    return tfk.Sequential(
        [
            tfk.Input((WINDOW, 1)),
            layers.Conv1D(32, 7, strides=2, padding="same", activation="relu"),
            layers.Dropout(0.1),
            layers.Conv1D(16, 7, strides=2, padding="same", activation="relu"),
            layers.Conv1D(2, 1, name="middle"),  # 24 numbers for 48
            layers.Conv1DTranspose(16, 7, strides=2, padding="same", activation="relu"),
            layers.Dropout(0.1),
            layers.Conv1DTranspose(32, 7, strides=2, padding="same", activation="relu"),
            layers.Conv1DTranspose(1, 7, padding="same"),
        ]
    )


def drawing_errors(model, parts):
    """Mean error of the drawing of each window."""
    return abs(model.predict(parts, batch_size=512, verbose=0) - parts).mean((1, 2))


def unusual(errors, threshold):
    """The moments at which every window that they lie in is drawn badly, `(length,)` booleans."""
    bad = np.pad(errors > threshold, WINDOW - 1, constant_values=True)
    return np.lib.stride_tricks.sliding_window_view(bad, WINDOW).all(1)


def stretches(moments):
    """First and last moment of each stretch of True."""
    changes = np.flatnonzero(np.diff(np.pad(moments, 1).astype(int)))
    return list(zip(changes[::2], changes[1::2] - 1))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument(
        "--data", nargs=2, metavar="CSV", help="usual times, and times to look through"
    )
    arguments = parser.parse_args()

    tfk.utils.set_random_seed(1)
    if arguments.data:
        usual, later = map(read_series, arguments.data)
    else:
        rng = np.random.default_rng(1)
        series = make_requests(42, rng)
        usual, later = series[: 28 * DAY], spoil(series[28 * DAY :], rng)
    mean, deviation = usual.mean(), usual.std()
    known, seen = windows((usual - mean) / deviation), windows((later - mean) / deviation)

    model = build_model()
    model.compile(tfk.optimizers.Adam(1e-3), "mse")
    shuffled = np.random.default_rng(0).permutation(known)
    model.fit(
        shuffled, shuffled, batch_size=128, epochs=arguments.epochs, validation_split=0.1, verbose=2
    )

    threshold = np.quantile(drawing_errors(model, known), 0.999)
    errors = drawing_errors(model, seen)
    reported = unusual(errors, threshold)
    print(
        f"threshold {threshold:.3f}, mean error in usual times"
        f" {drawing_errors(model, known).mean():.3f}"
    )
    for first, last in stretches(reported):
        error = errors[max(first - WINDOW + 1, 0) : last + 1].max()
        print(f"unusual from moment {first} to {last}, error up to {error:.2f}")
    if arguments.data:
        return

    wrong = np.zeros(len(later), bool)
    for name, start, length in ANOMALIES:
        wrong[start : start + length] = True
        print(f"{name} from moment {start} to {start + length - 1}: ", end="")
        print("found" if reported[start : start + length].any() else "missed")
    conclude(
        "share of what is reported that belongs to an anomaly", wrong[reported].mean(), at_least=0.9
    )
    found = [reported[start : start + length].any() for _, start, length in ANOMALIES]
    conclude("anomalies found", sum(found), at_least=len(ANOMALIES))


if __name__ == "__main__":
    main()
