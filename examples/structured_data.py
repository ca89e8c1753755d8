"""Structured data: a table with numbers, categories and words goes into a network through a
FeatureSpace.

Each column is given a kind: normalized, cut into bins, one-hot; two columns can be crossed, so that
the network sees their combinations. `adapt` learns averages and vocabularies from the table. Then
there are two models: one that is trained on rows that a `tf.data` pipeline has preprocessed in
parallel, and one that takes raw values, for those who ask; both share the layers.

Without `--data` the table is made: 4,000 patients whose risk depends on age, blood pressure, kind
of pain, and on exercise together with a defect. The area under the ROC curve on 800 unseen patients
is above 0.89 after a few seconds (the best possible, from the true risk, is 0.92). `--data
heart.csv` reads the heart disease table of Cleveland in the form in which it is passed around, 303
rows with a column `target`; no figure is promised for it.

Source: Detrano et al., 1989, UCI Machine Learning Repository, https://doi.org/10.24432/C52P4X (the
table).

    python examples/structured_data.py [--epochs 20] [--data heart.csv]
"""

import argparse
import csv

import numpy as np
import tensorflow as tf
from support.outcome import conclude

import tfk
from tfk import layers
from tfk.utils import FeatureSpace

PAINS = np.array(["none", "dull", "stabbing"])
DEFECTS = np.array(["normal", "fixed", "reversible"])


def make_table(count=4000, seed=1):
    """Made patients: a dict of columns, and 0 or 1 for each of them."""
    rng = np.random.default_rng(seed)
    table = {
        "age": rng.integers(30, 80, count),
        "pressure": rng.normal(130, 18, count).round(),
        "pain": PAINS[rng.integers(0, 3, count)],
        "defect": DEFECTS[rng.integers(0, 3, count)],
        "exercises": rng.integers(0, 2, count),
        "doctor": rng.integers(0, 2, count),  # tells nothing
    }
    risk = 0.09 * (table["age"] - 55) + 0.03 * (table["pressure"] - 130)
    risk += np.select([table["pain"] == "stabbing", table["pain"] == "dull"], [1.2, 0.0], -1.2)
    risk += np.where((table["defect"] == "reversible") == (table["exercises"] == 1), 1.0, -1.0)
    return table, (rng.random(count) < 1 / (1 + np.exp(-1.4 * risk))).astype("int32")


def make_space():
    return FeatureSpace(
        {
            "age": FeatureSpace.float_discretized(num_bins=10),
            "pressure": FeatureSpace.float_normalized(),
            "pain": FeatureSpace.string_categorical(num_oov_indices=0),
            "defect": FeatureSpace.string_categorical(num_oov_indices=0),
            "exercises": FeatureSpace.integer_categorical(num_oov_indices=0),
            "doctor": FeatureSpace.integer_categorical(num_oov_indices=0),
        },
        crosses=[FeatureSpace.cross(("defect", "exercises"), crossing_dim=16)],
    )


def read_heart(path):
    """The columns of heart.csv, in a random order of rows: as many of them as `make_heart_space`
    names.
    """
    with open(path, newline="", encoding="utf8") as file:
        rows = list(csv.DictReader(file))
    rows = [rows[place] for place in np.random.default_rng(1).permutation(len(rows))]
    labels = np.array([int(row.pop("target")) for row in rows], "int32")
    return {
        name: np.array([float(row[name]) for row in rows], "float32") for name in rows[0]
    }, labels


def make_heart_space():
    numbers = ("age", "trestbps", "chol", "thalach", "oldpeak", "slope")
    categories = ("sex", "cp", "fbs", "restecg", "exang", "ca", "thal")
    return FeatureSpace(
        {
            **{name: FeatureSpace.float_normalized() for name in numbers},
            **{name: FeatureSpace.integer_categorical(num_oov_indices=0) for name in categories},
        },
        crosses=[FeatureSpace.cross(("sex", "thal"), crossing_dim=16)],
    )


def as_dataset(table, labels, rows):
    data = {name: column[rows] for name, column in table.items()}
    return tf.data.Dataset.from_tensor_slices((data, labels[rows]))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--data", help="heart.csv")
    arguments = parser.parse_args()
    tfk.utils.set_random_seed(1)
    (table, labels), space = (
        (read_heart(arguments.data), make_heart_space())
        if arguments.data
        else (make_table(), make_space())
    )
    if arguments.data:  # categories are whole numbers there
        table = {
            name: column.astype("int64") if space.features[name].dtype == "int64" else column
            for name, column in table.items()
        }
    test_size = len(labels) // 5
    train = as_dataset(table, labels, slice(test_size, None)).shuffle(len(labels), seed=1).batch(32)
    test = as_dataset(table, labels, slice(test_size)).batch(200)

    space.adapt(train.map(lambda row, label: row))
    preprocessed = [
        part.map(
            lambda row, label: (space(row), label), num_parallel_calls=tf.data.AUTOTUNE
        ).prefetch(2)
        for part in (train, test)
    ]

    features = space.get_encoded_features()
    x = layers.Dense(32, activation="relu")(features)
    x = layers.Dropout(0.5)(x)
    risk = layers.Dense(1, activation="sigmoid")(x)
    trained = tfk.Model(features, risk, name="on_preprocessed_rows")
    asked = tfk.Model(space.get_inputs(), risk, name="on_raw_values")
    print(f"{len(space.features)} columns become {features.shape[-1]} numbers")

    trained.compile(
        tfk.optimizers.Adam(2e-3),
        loss="binary_crossentropy",
        metrics=["accuracy", tfk.metrics.AUC(name="auc")],
    )
    trained.fit(
        preprocessed[0], epochs=arguments.epochs, validation_data=preprocessed[1], verbose=2
    )

    patient = {name: column[0] for name, column in table.items()}
    answer = asked.predict(
        {name: tf.constant([[value]]) for name, value in patient.items()}, verbose=0
    )
    described = ", ".join(f"{name} {value}" for name, value in patient.items())
    print(f"{described}: risk {answer[0, 0]:.0%}; the truth is {labels[0]}")
    auc = trained.evaluate(preprocessed[1], verbose=0, return_dict=True)["auc"]
    conclude("area under the ROC curve", auc, at_least=None if arguments.data else 0.89)


if __name__ == "__main__":
    main()
