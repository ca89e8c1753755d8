"""Pets in small: a U-Net from a keras.utils.Sequence, masks, checkpoints of the best model."""

import os
import sys
import tempfile

import numpy as np
from tensorflow import keras
from tensorflow.keras import layers

rng = np.random.RandomState(18)
IMAGES, MASKS = rng.rand(16, 16, 16, 3).astype("float32"), rng.randint(0, 3, (16, 16, 16, 1))


class OxfordPets(keras.utils.Sequence):
    def __init__(self, batch_size, indices):
        self.batch_size, self.indices = batch_size, indices

    def __len__(self):
        return len(self.indices) // self.batch_size

    def __getitem__(self, idx):
        i = idx * self.batch_size
        batch = self.indices[i : i + self.batch_size]
        x = np.zeros((self.batch_size, 16, 16, 3), dtype="float32")
        y = np.zeros((self.batch_size, 16, 16, 1), dtype="uint8")
        for j, k in enumerate(batch):
            x[j], y[j] = IMAGES[k], MASKS[k]
        return x, y


def get_model(img_size, num_classes):
    inputs = keras.Input(shape=img_size + (3,))
    x = layers.Conv2D(4, 3, strides=2, padding="same")(inputs)
    x = layers.BatchNormalization()(x)
    x = layers.Activation("relu")(x)
    previous_block_activation = x
    for filters in [6]:
        x = layers.Activation("relu")(x)
        x = layers.SeparableConv2D(filters, 3, padding="same")(x)
        x = layers.BatchNormalization()(x)
        x = layers.MaxPooling2D(3, strides=2, padding="same")(x)
        residual = layers.Conv2D(filters, 1, strides=2, padding="same")(previous_block_activation)
        x = layers.add([x, residual])
        previous_block_activation = x
    for filters in [6, 4]:
        x = layers.Activation("relu")(x)
        x = layers.Conv2DTranspose(filters, 3, padding="same")(x)
        x = layers.BatchNormalization()(x)
        x = layers.UpSampling2D(2)(x)
        residual = layers.UpSampling2D(2)(previous_block_activation)
        residual = layers.Conv2D(filters, 1, padding="same")(residual)
        x = layers.add([x, residual])
        previous_block_activation = x
    outputs = layers.Conv2D(num_classes, 3, activation="softmax", padding="same")(x)
    return keras.Model(inputs, outputs)


keras.backend.clear_session()
model = get_model((16, 16), 3)
model.set_weights([np.abs(rng.normal(0, 0.15, w.shape)) for w in model.get_weights()])
lines = []
model.summary(print_fn=lambda line, **kwargs: lines.append(line))
model.compile(optimizer="rmsprop", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
path = os.path.join(tempfile.mkdtemp(), "oxford_segmentation.h5")
callbacks = [keras.callbacks.ModelCheckpoint(path, save_best_only=True)]
history = model.fit(
    OxfordPets(4, list(range(12))),
    epochs=2,
    validation_data=OxfordPets(4, list(range(12, 16))),
    callbacks=callbacks,
    shuffle=False,
    verbose=0,
)
best = keras.models.load_model(path)
masks = np.argmax(best.predict(OxfordPets(4, list(range(12, 16))), verbose=0), axis=-1)
np.savez(
    sys.argv[1],
    shapes=[str(layer.output_shape) for layer in model.layers],
    names=[layer.name for layer in model.layers],
    parameters=model.count_params(),
    lines=len(lines) > 20,
    share=[(masks == k).mean() for k in range(3)],
    **{k: v for k, v in history.history.items() if "loss" in k},
)
