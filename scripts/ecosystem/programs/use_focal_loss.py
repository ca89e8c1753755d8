"""The focal loss, also after loading."""

import numpy as np
from focal_loss import BinaryFocalLoss, SparseCategoricalFocalLoss
from tensorflow import keras

x, y = np.random.rand(32, 4), np.random.randint(0, 2, 32)
model = keras.Sequential([keras.layers.Dense(1, activation="sigmoid", input_shape=(4,))])
model.compile("adam", BinaryFocalLoss(gamma=2), metrics=["accuracy"])
model.fit(x, y, verbose=0)
model.save("model.h5")
keras.models.load_model("model.h5", custom_objects={"BinaryFocalLoss": BinaryFocalLoss})
several = keras.Sequential([keras.layers.Dense(3, activation="softmax", input_shape=(4,))])
several.compile("adam", SparseCategoricalFocalLoss(gamma=2))
several.fit(x, y, verbose=0)
print("ok")
