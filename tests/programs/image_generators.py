"""ImageDataGenerator over arrays and over folders of images, with fit_generator."""

import os
import sys
import tempfile

import numpy as np
from PIL import Image
from tensorflow import keras
from tensorflow.keras.preprocessing import image
from tensorflow.keras.preprocessing.image import ImageDataGenerator

rng = np.random.RandomState(6)
folder = tempfile.mkdtemp()
for kind, low in (("dark", 0), ("light", 120)):
    os.makedirs(os.path.join(folder, kind))
    for number in range(6):
        pixels = rng.randint(low, low + 120, (12, 10, 3)).astype("uint8")
        Image.fromarray(pixels).save(os.path.join(folder, kind, "%d.png" % number))

datagen = ImageDataGenerator(
    rescale=1.0 / 255,
    horizontal_flip=True,
    width_shift_range=0.2,
    rotation_range=20,
    zoom_range=0.1,
)
train_generator = datagen.flow_from_directory(
    folder, target_size=(8, 8), batch_size=4, class_mode="binary", seed=3
)
test_datagen = ImageDataGenerator(rescale=1.0 / 255)
test_generator = test_datagen.flow_from_directory(
    folder, target_size=(8, 8), batch_size=4, class_mode="binary", shuffle=False
)
first_images, first_labels = train_generator[0]
train_generator.reset()

model = keras.models.Sequential()
model.add(
    keras.layers.Conv2D(
        3,
        (3, 3),
        activation="relu",
        input_shape=(8, 8, 3),
        kernel_initializer=keras.initializers.GlorotUniform(seed=1),
    )
)
model.add(keras.layers.MaxPooling2D((2, 2)))
model.add(keras.layers.Flatten())
model.add(
    keras.layers.Dense(
        1, activation="sigmoid", kernel_initializer=keras.initializers.GlorotUniform(seed=2)
    )
)
model.compile(
    loss="binary_crossentropy",
    optimizer=keras.optimizers.RMSprop(learning_rate=1e-2),
    metrics=["acc"],
)
history = model.fit_generator(
    test_generator,
    steps_per_epoch=3,
    epochs=2,
    validation_data=test_generator,
    validation_steps=2,
    shuffle=False,
    verbose=0,
)
scores = model.evaluate_generator(test_generator, steps=3)
predictions = model.predict_generator(test_generator, steps=3)

whitener = ImageDataGenerator(featurewise_center=True, featurewise_std_normalization=True)
arrays = rng.rand(10, 6, 6, 1) * 255
whitener.fit(arrays)
batches = [whitener.flow(arrays, batch_size=4, shuffle=False)[i] for i in range(3)]
img = image.load_img(os.path.join(folder, "dark", "0.png"), target_size=(5, 4))

np.savez(
    sys.argv[1],
    classes=sorted(train_generator.class_indices),
    filenames=test_generator.filenames,
    first_images=first_images,
    first_labels=first_labels,
    loss=history.history["loss"],
    val_acc=history.history["val_acc"],
    scores=scores,
    predictions=predictions,
    whitened=np.concatenate(batches),
    img=image.img_to_array(img),
)
