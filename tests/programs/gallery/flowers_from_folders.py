"""Images in folders: generators, a frozen base, fine-tuning of its last layers."""

import os
import sys

import numpy as np
from PIL import Image
from tensorflow.keras import applications, optimizers
from tensorflow.keras.callbacks import ModelCheckpoint, TensorBoard
from tensorflow.keras.layers import Dense, Dropout, Flatten, GlobalAveragePooling2D
from tensorflow.keras.models import Model, Sequential, load_model
from tensorflow.keras.preprocessing.image import (
    ImageDataGenerator,
    array_to_img,
    img_to_array,
    load_img,
)

rng = np.random.RandomState(0)
for split, count in (("train", 6), ("validation", 3)):
    for k, label in enumerate(("daisy", "rose", "tulip")):
        os.makedirs(f"data/{split}/{label}", exist_ok=True)
        for i in range(count):
            pixels = rng.randint(0, 120, (40, 44, 3)) + 60 * np.eye(3, dtype=int)[k]
            Image.fromarray(pixels.astype("uint8")).save(f"data/{split}/{label}/{i}.png")

plain = ImageDataGenerator(rescale=1.0 / 255, preprocessing_function=lambda x: x - 1.0)
train = plain.flow_from_directory(
    "data/train", target_size=(32, 32), batch_size=6, class_mode="categorical", shuffle=False
)
validation = plain.flow_from_directory(
    "data/validation", target_size=(32, 32), batch_size=4, class_mode="categorical", shuffle=False
)
base = applications.MobileNet(
    include_top=False, weights=None, input_shape=(32, 32, 3), alpha=0.25, dropout=0.0
)
base.set_weights(
    [
        np.ones(w.shape) if len(w.shape) == 1 else rng.normal(0, 0.3, w.shape)
        for w in base.get_weights()
    ]
)
base.trainable = False
top = Sequential([GlobalAveragePooling2D(input_shape=base.output_shape[1:]), Dropout(0.0)])
top.add(Dense(3, activation="softmax", kernel_initializer="zeros"))
model = Model(inputs=base.input, outputs=top(base.output))
model.compile(
    optimizers.SGD(learning_rate=0.01, momentum=0.9), "categorical_crossentropy", ["accuracy"]
)
first = model.fit(
    train,
    steps_per_epoch=len(train),
    epochs=2,
    shuffle=False,
    validation_data=validation,
    validation_steps=validation.samples // validation.batch_size,
    verbose=0,
    callbacks=[
        ModelCheckpoint("best.h5", monitor="val_loss", save_best_only=True),
        TensorBoard("logs", histogram_freq=0),
    ],
)
frozen = len(model.trainable_weights)
base.trainable = True
for layer in base.layers[:-6]:
    layer.trainable = False
for layer in base.layers:
    if layer.__class__.__name__ == "BatchNormalization":
        layer.trainable = False
model.compile(
    optimizers.RMSprop(1e-4), "categorical_crossentropy", ["acc", "top_k_categorical_accuracy"]
)
second = model.fit(
    train, epochs=3, initial_epoch=2, verbose=0, shuffle=False, validation_data=validation
)
validation.reset()
predictions = model.predict(validation, steps=3, verbose=0)
picture = load_img("data/train/rose/0.png", target_size=(32, 32), color_mode="grayscale")
augmented = ImageDataGenerator(
    featurewise_center=True, featurewise_std_normalization=True, zca_whitening=False
)
arrays = np.stack([img_to_array(load_img(f"data/train/rose/{i}.png")) for i in range(4)])
augmented.fit(arrays)
moved = plain.apply_transform(arrays[0], {"theta": 30, "tx": 3, "flip_horizontal": True})
np.savez(
    sys.argv[1],
    first=first.history["val_loss"],
    second=second.history["loss"],
    keys=list(second.history),
    epochs=second.epoch,
    counts=[frozen, len(model.trainable_weights), len(model.non_trainable_weights)],
    predictions=predictions,
    classes=str(sorted(train.class_indices.items())),
    files=validation.filenames,
    labels=validation.classes,
    best=load_model("best.h5").predict(validation, verbose=0),
    grey=img_to_array(picture),
    size=array_to_img(arrays[0] / 255.0).size,
    standard=augmented.standardize(arrays[0].copy()),
    moved=moved,
    logs=sorted(os.listdir("logs")),
    flat=Flatten(data_format="channels_first")(arrays[:1]),
)
