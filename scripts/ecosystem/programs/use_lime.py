"""Explanations of tabular and image predictions."""

import numpy as np
from lime import lime_image, lime_tabular
from tensorflow import keras

rng = np.random.RandomState(0)
x, y = rng.rand(100, 4), rng.randint(0, 2, 100)
model = keras.Sequential(
    [
        keras.layers.Dense(8, activation="relu", input_shape=(4,)),
        keras.layers.Dense(2, activation="softmax"),
    ]
)
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(x, y, verbose=0)
explainer = lime_tabular.LimeTabularExplainer(x, class_names=["a", "b"])
assert (
    len(
        explainer.explain_instance(
            x[0], lambda a: model.predict(a, verbose=0), num_features=3, num_samples=200
        ).as_list()
    )
    == 3
)
net = keras.Sequential(
    [
        keras.layers.GlobalAveragePooling2D(input_shape=(32, 32, 3)),
        keras.layers.Dense(2, activation="softmax"),
    ]
)
lime_image.LimeImageExplainer().explain_instance(
    rng.rand(32, 32, 3),
    lambda a: net.predict(a, verbose=0),
    top_labels=1,
    num_samples=20,
)
print("ok")
