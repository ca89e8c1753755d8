"""How warm will it be in twelve hours? An LSTM looks at the weather of the last three days.

`timeseries_dataset_from_array` cuts a long table of hourly measurements into windows and the value
to foretell; the model is one LSTM and one number. A forecast is worth something only if it beats
the cheap ones, so it is compared with two: "as now" and "as it was at this hour yesterday". The
series is cut in time (70 % to learn from, 15 % to choose the best epoch, 15 % for the test):
windows taken at random would let the model see the neighbours of what it is tested on.

The made weather has a year, a day, and fronts that the air pressure announces. The mean error of
the model is at most 0.4 of that of the better cheap forecast. With real measurements (`--data
ETTh1.csv --column OT`, the oil temperature of a transformer, read "as now" mostly) it is compared
in the same way, and no figure is promised.

Source: Hochreiter and Schmidhuber, 1997, Long Short-Term Memory; Zhou et al., 2021, Informer,
arXiv:2012.07436 (the data set ETTh1).

    python examples/timeseries_forecasting_lstm.py [--epochs 6] [--data ETTh1.csv --column OT]
"""

import argparse
import csv

import numpy as np
from support.outcome import conclude

import tfk
from tfk import layers

PAST, AHEAD = 72, 12  # hours looked at, hours foretold


def slow_noise(rng, hours, memory):
    """Noise that changes within `memory` hours, with mean 0 and deviation 1."""
    noise = rng.normal(size=hours)
    for hour in range(1, hours):
        noise[hour] = noise[hour - 1] * (1 - 1 / memory) + noise[hour] / memory
    return (noise - noise.mean()) / noise.std()


def make_weather(hours=12000, seed=1):
    """Temperature, pressure and humidity by the hour, `(hours, 3)`: a front moves the pressure
    first.
    """
    rng = np.random.default_rng(seed)
    hour = np.arange(hours)
    front = np.convolve(slow_noise(rng, hours + 60, 30), np.ones(12) / 12, "same")
    now, later = front[:-60], front[24:-36]  # the pressure runs 24 hours ahead
    clear = 1 + 0.4 * np.tanh(later)  # nights are cold and days hot under a clear sky
    temperature = (
        10
        - 9 * np.cos(2 * np.pi * hour / 8766)
        - 4 * clear * np.cos(2 * np.pi * (hour - 3) / 24)
        + 4 * now
    )
    pressure = 1013 + 8 * later
    humidity = 70 - 2 * (temperature - 10) - 5 * later
    noise = rng.normal(size=(hours, 3)) * (0.4, 0.5, 2.0)
    return np.stack([temperature, pressure, humidity], axis=1) + noise


def read_table(path, column):
    """The numbers of a CSV file with a header and a date in front; the column to foretell comes
    first.
    """
    with open(path, newline="", encoding="utf8") as file:
        names, *rows = csv.reader(file)
    if column not in names[1:]:
        raise SystemExit(f"{path} has no column {column}, only {', '.join(names[1:])}")
    table = np.array([row[1:] for row in rows], "float64")
    first = names.index(column) - 1
    return np.concatenate([table[:, first : first + 1], np.delete(table, first, axis=1)], axis=1)


def windows(table, start, stop, shuffle=False):
    """Batches of windows that begin in the rows from `start` to `stop`, with the first column
    `AHEAD` rows later.
    """
    part = table[start:stop]
    answers = part[PAST + AHEAD - 1 :, 0]
    return tfk.utils.timeseries_dataset_from_array(
        part[: len(part) - AHEAD],
        answers,
        sequence_length=PAST,
        batch_size=128,
        shuffle=shuffle,
        seed=1,
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--epochs", type=int, default=6)
    parser.add_argument("--data", help="CSV file: a header, then a date and numbers in each row")
    parser.add_argument("--column", default="OT", help="the column to foretell")
    arguments = parser.parse_args()

    tfk.utils.set_random_seed(1)
    table = read_table(arguments.data, arguments.column) if arguments.data else make_weather()
    learn, choose = int(0.7 * len(table)), int(0.85 * len(table))
    mean, deviation = table[:learn].mean(0), table[:learn].std(0)
    scaled = ((table - mean) / deviation).astype("float32")

    model = tfk.Sequential([tfk.Input((PAST, table.shape[1])), layers.LSTM(32), layers.Dense(1)])
    model.compile(tfk.optimizers.Adam(2e-3), "mse", metrics=["mae"])
    model.fit(
        windows(scaled, 0, learn, shuffle=True),
        validation_data=windows(scaled, learn, choose),
        epochs=arguments.epochs,
        callbacks=[tfk.callbacks.EarlyStopping(patience=3, restore_best_weights=True)],
        verbose=2,
    )

    _, error = model.evaluate(windows(scaled, choose, len(table)), verbose=0)
    truth = table[choose + PAST + AHEAD - 1 :, 0]
    as_now = abs(truth - table[choose + PAST - 1 : -AHEAD, 0]).mean()
    as_yesterday = abs(truth - table[choose + PAST + AHEAD - 25 : -24, 0]).mean()
    error *= deviation[0]
    print(
        f"mean error as now {as_now:.3g}, as yesterday {as_yesterday:.3g}, of the model {error:.3g}"
    )
    what, ratio = (
        "error of the model beside the better cheap forecast",
        error / min(as_now, as_yesterday),
    )
    conclude(what, ratio, at_most=None if arguments.data else 0.4)


if __name__ == "__main__":
    main()
