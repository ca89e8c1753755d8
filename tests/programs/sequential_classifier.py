"""Digits of a made-up font: Sequential, one-hot labels, validation split. As in many first
lessons.
"""

import sys

import numpy as np
from tensorflow import keras
from tensorflow.keras import layers

np.random.seed(0)
num_classes = 4
prototypes = np.random.rand(num_classes, 8, 8)
y = np.random.randint(0, num_classes, 120)
x = (prototypes[y] + 0.3 * np.random.randn(120, 8, 8)).astype("float32")
x_train, x_test = x[:90], x[90:]
y_train = keras.utils.to_categorical(y[:90], num_classes)
y_test = keras.utils.to_categorical(y[90:], num_classes)

model = keras.Sequential(
    [
        layers.Flatten(input_shape=(8, 8)),
        layers.Dense(
            16, activation="relu", kernel_initializer=keras.initializers.GlorotUniform(seed=1)
        ),
        layers.Dense(
            num_classes,
            activation="softmax",
            kernel_initializer=keras.initializers.GlorotUniform(seed=2),
        ),
    ]
)
model.summary()
model.compile(loss="categorical_crossentropy", optimizer="adam", metrics=["accuracy"])
history = model.fit(
    x_train, y_train, batch_size=16, epochs=4, validation_split=0.2, shuffle=False, verbose=2
)
score = model.evaluate(x_test, y_test, verbose=0)
print(f"Test loss: {score[0]:.4f}")
print(f"Test accuracy: {score[1]:.4f}")
predictions = model.predict(x_test[:5])
predicted_classes = np.argmax(predictions, axis=1)

np.savez(
    sys.argv[1],
    loss=history.history["loss"],
    accuracy=history.history["accuracy"],
    val_loss=history.history["val_loss"],
    val_accuracy=history.history["val_accuracy"],
    score=score,
    predictions=predictions,
    classes=predicted_classes,
)
