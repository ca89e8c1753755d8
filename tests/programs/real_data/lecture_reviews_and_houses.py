"""A lecture's path in short: reviews by Dense layers, overfitting and its cures, house prices by
K-fold validation.
"""

import sys

import matplotlib.pyplot as plt
import numpy as np
from keras import backend as K
from keras import layers, models, regularizers
from tensorflow.keras import optimizers
from tensorflow.keras.datasets import boston_housing, imdb

(train_data, train_labels), (test_data, test_labels) = imdb.load_data(num_words=1000)
word_index = imdb.get_word_index()
reverse_word_index = dict([(value, key) for (key, value) in word_index.items()])
decoded_review = " ".join([reverse_word_index.get(i - 3, "?") for i in train_data[0]])


def vectorize_sequences(sequences, dimension=1000):
    results = np.zeros((len(sequences), dimension))
    for i, sequence in enumerate(sequences):
        results[i, sequence] = 1.0
    return results


x_train = vectorize_sequences(train_data[:4000])
x_test = vectorize_sequences(test_data[:2000])
y_train = np.asarray(train_labels[:4000]).astype("float32")
y_test = np.asarray(test_labels[:2000]).astype("float32")


def build(width, kernel_regularizer=None, dropout=0.0):
    model = models.Sequential()
    model.add(
        layers.Dense(
            width, activation="relu", input_shape=(1000,), kernel_regularizer=kernel_regularizer
        )
    )
    model.add(layers.Dropout(dropout))
    model.add(layers.Dense(width, activation="relu", kernel_regularizer=kernel_regularizer))
    model.add(layers.Dense(1, activation="sigmoid"))
    model.compile(
        optimizer=optimizers.RMSprop(lr=0.001), loss="binary_crossentropy", metrics=["acc"]
    )
    return model


curves = {}
for name, model in {
    "original": build(16),
    "smaller": build(4),
    "l2": build(16, regularizers.l2(0.001)),
    "dropout": build(16, dropout=0.5),
}.items():
    history = model.fit(
        x_train, y_train, epochs=6, batch_size=128, validation_data=(x_test, y_test), verbose=0
    )
    curves[name] = [
        history.history["loss"],
        history.history["val_loss"],
        history.history["val_acc"],
    ]
epochs = range(1, len(curves["original"][0]) + 1)
plt.plot(epochs, curves["original"][1], "b+", label="Original model")
plt.plot(epochs, curves["smaller"][1], "bo", label="Smaller model")
plt.xlabel("Epochs")
plt.legend()
plt.show()
results = model.evaluate(x_test, y_test)

(train_data, train_targets), (test_data, test_targets) = boston_housing.load_data()
mean = train_data.mean(axis=0)
train_data -= mean
std = train_data.std(axis=0)
train_data /= std
test_data -= mean
test_data /= std


def build_model():
    model = models.Sequential()
    model.add(layers.Dense(64, activation="relu", input_shape=(train_data.shape[1],)))
    model.add(layers.Dense(64, activation="relu"))
    model.add(layers.Dense(1))
    model.compile(optimizer="rmsprop", loss="mse", metrics=["mae"])
    return model


k = 4
num_val_samples = len(train_data) // k
all_mae_histories = []
for i in range(k):
    print("processing fold #", i)
    K.clear_session()
    rows = slice(i * num_val_samples, (i + 1) * num_val_samples)
    val_data, val_targets = train_data[rows], train_targets[rows]
    partial_train_data = np.delete(train_data, rows, axis=0)
    partial_train_targets = np.delete(train_targets, rows)
    model = build_model()
    history = model.fit(
        partial_train_data,
        partial_train_targets,
        validation_data=(val_data, val_targets),
        epochs=20,
        batch_size=1,
        verbose=0,
    )
    all_mae_histories.append(history.history["val_mean_absolute_error"])
average_mae_history = [np.mean([x[i] for x in all_mae_histories]) for i in range(20)]
model = build_model()
model.fit(train_data, train_targets, epochs=80, batch_size=16, verbose=0)
test_mse_score, test_mae_score = model.evaluate(test_data, test_targets)

np.savez(
    sys.argv[1],
    review=decoded_review,
    results=results,
    average=average_mae_history,
    mae=test_mae_score,
    **curves,
)
