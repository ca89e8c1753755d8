"""MNIST three ways (Sequential, functional, subclassed), with the usual callbacks and a custom
one.
"""

import sys

import matplotlib.pyplot as plt
import numpy as np
from tensorflow import keras
from tensorflow.keras import layers
from tensorflow.keras.callbacks import (
    CSVLogger,
    EarlyStopping,
    ModelCheckpoint,
    ReduceLROnPlateau,
    TensorBoard,
)
from tensorflow.keras.datasets import mnist

# 1. Load and prepare data
(x_train, y_train), (x_test, y_test) = mnist.load_data()
x_train, y_train, x_test, y_test = x_train[:3000], y_train[:3000], x_test[:1000], y_test[:1000]
x_train = x_train.astype("float32") / 255.0
x_test = x_test.astype("float32") / 255.0
x_train = np.expand_dims(x_train, -1)
x_test = np.expand_dims(x_test, -1)
num_classes = 10
y_train = keras.utils.to_categorical(y_train, num_classes)
y_test = keras.utils.to_categorical(y_test, num_classes)

# 2. Build the model using Sequential API
model = keras.Sequential(
    [
        layers.Conv2D(8, kernel_size=(3, 3), activation="relu", input_shape=(28, 28, 1)),
        layers.MaxPooling2D(pool_size=(2, 2)),
        layers.Flatten(),
        layers.Dropout(0.2),
        layers.Dense(num_classes, activation="softmax"),
    ]
)
model.summary()
model.compile(loss="categorical_crossentropy", optimizer="adam", metrics=["accuracy"])
history = model.fit(x_train, y_train, batch_size=32, epochs=3, validation_split=0.1)
score = model.evaluate(x_test, y_test, verbose=0)
print(f"Test loss: {score[0]:.4f}")
print(f"Test accuracy: {score[1]:.4f}")
predictions = model.predict(x_test[:5])
predicted_classes = np.argmax(predictions, axis=1)

plt.figure(figsize=(12, 4))
plt.subplot(1, 2, 1)
plt.plot(history.history["accuracy"], label="Training Accuracy")
plt.plot(history.history["val_accuracy"], label="Validation Accuracy")
plt.legend()
plt.tight_layout()
plt.show()

# Functional API
inputs = keras.Input(shape=(28, 28, 1), name="input_layer")
x = layers.Conv2D(8, (3, 3), activation="relu", name="conv1")(inputs)
x = layers.MaxPooling2D((2, 2), name="pool1")(x)
x = layers.Flatten(name="flatten")(x)
x = layers.Dropout(0.2, name="dropout")(x)
outputs = layers.Dense(num_classes, activation="softmax", name="output_layer")(x)
functional_model = keras.Model(inputs=inputs, outputs=outputs, name="functional_mnist_model")
functional_model.compile(loss="categorical_crossentropy", optimizer="adam", metrics=["accuracy"])
callbacks = [
    EarlyStopping(monitor="val_loss", patience=3, restore_best_weights=True, verbose=1),
    ModelCheckpoint(
        filepath="best_model.h5",
        monitor="val_accuracy",
        save_best_only=True,
        save_weights_only=False,
        verbose=1,
    ),
    ReduceLROnPlateau(monitor="val_loss", factor=0.1, patience=2, min_lr=1e-6, verbose=1),
    TensorBoard(log_dir="./logs", histogram_freq=1, write_graph=True, write_images=True),
    CSVLogger(filename="training_log.csv", separator=",", append=False),
]
functional_model.fit(
    x_train, y_train, batch_size=32, epochs=3, validation_split=0.1, callbacks=callbacks
)
score_functional = functional_model.evaluate(x_test, y_test, verbose=0)


# Model subclassing
class MNISTModel(keras.Model):
    def __init__(self, num_classes=10):
        super(MNISTModel, self).__init__(name="subclassed_mnist_model")
        self.conv1 = layers.Conv2D(8, (3, 3), activation="relu")
        self.pool1 = layers.MaxPooling2D((2, 2))
        self.flatten = layers.Flatten()
        self.dropout = layers.Dropout(0.2)
        self.dense2 = layers.Dense(num_classes, activation="softmax")

    def call(self, inputs, training=False):
        x = self.flatten(self.pool1(self.conv1(inputs)))
        if training:
            x = self.dropout(x, training=training)
        return self.dense2(x)

    def get_config(self):
        return {"num_classes": self.dense2.units}


class CustomCallback(keras.callbacks.Callback):
    def __init__(self, threshold=0.95):
        super(CustomCallback, self).__init__()
        self.threshold = threshold
        self.rates = []

    def on_epoch_end(self, epoch, logs=None):
        val_acc = logs.get("val_accuracy")
        if val_acc and val_acc > self.threshold:
            print(
                f"\nReached {val_acc:.4f} validation accuracy (> {self.threshold}), stopping"
                " training!"
            )
            self.model.stop_training = True

    def on_batch_end(self, batch, logs=None):
        lr = float(keras.backend.get_value(self.model.optimizer.lr))
        logs["lr"] = lr
        self.rates.append(lr)


subclassed_model = MNISTModel(num_classes)
subclassed_model.build(input_shape=(None, 28, 28, 1))
subclassed_model.summary()
subclassed_model.compile(loss="categorical_crossentropy", optimizer="adam", metrics=["accuracy"])
custom = CustomCallback(threshold=0.7)
stopped = subclassed_model.fit(
    x_train, y_train, batch_size=32, epochs=9, validation_split=0.1, callbacks=[custom]
)
score_subclassed = subclassed_model.evaluate(x_test, y_test, verbose=0)

np.savez(
    sys.argv[1],
    accuracies=[score[1], score_functional[1], score_subclassed[1]],
    epochs=[len(stopped.epoch)],
    rates=custom.rates,
    saved=keras.models.load_model("best_model.h5").evaluate(x_test, y_test, verbose=0)[1],
)
