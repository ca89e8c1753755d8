"""House prices by K-fold validation, a fresh model for every fold."""

import sys

import numpy as np
from keras import backend as K
from keras import layers, models

rng = np.random.RandomState(17)
train_data = rng.randn(40, 5) * [1, 10, 0.1, 5, 2] + 3
train_targets = train_data @ [1.0, 0.3, 5.0, -0.2, 1.0] + 0.1 * rng.randn(40)
mean = train_data.mean(axis=0)
train_data -= mean
std = train_data.std(axis=0)
train_data /= std


def build_model():
    model = models.Sequential()
    model.add(layers.Dense(8, activation="relu", input_shape=(train_data.shape[1],)))
    model.add(layers.Dense(1))
    model.compile(optimizer="rmsprop", loss="mse", metrics=["mae"])
    weights = np.random.RandomState(0)
    model.set_weights([weights.normal(0, 0.3, w.shape) for w in model.get_weights()])
    return model


k = 3
num_val_samples = len(train_data) // k
all_scores, all_mae_histories = [], []
for i in range(k):
    print("processing fold #", i)
    K.clear_session()
    val_data = train_data[i * num_val_samples : (i + 1) * num_val_samples]
    val_targets = train_targets[i * num_val_samples : (i + 1) * num_val_samples]
    partial_train_data = np.concatenate(
        [train_data[: i * num_val_samples], train_data[(i + 1) * num_val_samples :]], axis=0
    )
    partial_train_targets = np.concatenate(
        [train_targets[: i * num_val_samples], train_targets[(i + 1) * num_val_samples :]], axis=0
    )
    model = build_model()
    history = model.fit(
        partial_train_data,
        partial_train_targets,
        validation_data=(val_data, val_targets),
        epochs=4,
        batch_size=1,
        shuffle=False,
        verbose=0,
    )
    val_mse, val_mae = model.evaluate(val_data, val_targets, verbose=0)
    all_scores.append(val_mae)
    all_mae_histories.append(history.history["val_mae"])
average_mae_history = [np.mean([x[i] for x in all_mae_histories]) for i in range(4)]

np.savez(
    sys.argv[1],
    scores=all_scores,
    average=average_mae_history,
    names=[layer.name for layer in model.layers],
)
