"""An application without its top, frozen, below a new head; then fine-tuned."""

import sys

import numpy as np
from tensorflow import keras
from tensorflow.keras.applications.mobilenet import MobileNet, preprocess_input
from tensorflow.keras.layers import Dense, GlobalAveragePooling2D
from tensorflow.keras.models import Model

rng = np.random.RandomState(12)
images = rng.randint(0, 256, (8, 32, 32, 3)).astype("float32")
labels = np.array([0, 1, 2, 0, 1, 2, 0, 1])

base_model = MobileNet(weights=None, include_top=False, input_shape=(32, 32, 3), alpha=0.25)
values = []
for weight in base_model.weights:  # in place of the weights from ImageNet
    shape = tuple(weight.shape)
    if "variance" in weight.name or "gamma" in weight.name:
        values.append(rng.uniform(0.8, 1.2, shape))
    else:
        values.append(rng.normal(0, 1 / np.sqrt(max(np.prod(shape[:-1]), 9)), shape))
base_model.set_weights(values)

x = GlobalAveragePooling2D()(base_model.output)
x = Dense(8, activation="relu", kernel_initializer=keras.initializers.GlorotUniform(seed=1))(x)
predictions = Dense(
    3, activation="softmax", kernel_initializer=keras.initializers.GlorotUniform(seed=2)
)(x)
model = Model(inputs=base_model.input, outputs=predictions)
for layer in base_model.layers:
    layer.trainable = False
model.compile(optimizer="rmsprop", loss="sparse_categorical_crossentropy")
inputs = preprocess_input(images.copy())
head = model.fit(inputs, labels, epochs=2, batch_size=4, shuffle=False, verbose=0)
trainable = [len(model.trainable_weights)]

for layer in model.layers[-8:]:
    layer.trainable = True
trainable.append(len(model.trainable_weights))
model.compile(
    optimizer=keras.optimizers.SGD(learning_rate=0.0001, momentum=0.9),
    loss="sparse_categorical_crossentropy",
)
tuned = model.fit(inputs, labels, epochs=1, batch_size=4, shuffle=False, verbose=0)

np.savez(
    sys.argv[1],
    names=[layer.name for layer in base_model.layers],
    weights=[weight.name for weight in base_model.weights],
    features=base_model.predict(inputs, verbose=0),
    inputs=inputs[0, :2, :2],
    trainable=trainable,
    head=head.history["loss"],
    tuned=tuned.history["loss"],
    predictions=model.predict(inputs, verbose=0),
)
