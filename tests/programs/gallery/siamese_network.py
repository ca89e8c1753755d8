"""Pairs of digits: a siamese network with a contrastive loss written with the backend."""

import sys

import numpy as np
from tensorflow.keras import backend as K
from tensorflow.keras.layers import Dense, Dropout, Flatten, Input, Lambda
from tensorflow.keras.models import Model
from tensorflow.keras.optimizers import RMSprop

rng = np.random.RandomState(1)


def euclidean_distance(vects):
    x, y = vects
    sum_square = K.sum(K.square(x - y), axis=1, keepdims=True)
    return K.sqrt(K.maximum(sum_square, K.epsilon()))


def eucl_dist_output_shape(shapes):
    shape1, shape2 = shapes
    return (shape1[0], 1)


def contrastive_loss(y_true, y_pred):
    margin = 1
    square_pred = K.square(y_pred)
    margin_square = K.square(K.maximum(margin - y_pred, 0))
    return K.mean(y_true * square_pred + (1 - y_true) * margin_square)


def accuracy(y_true, y_pred):
    return K.mean(K.equal(y_true, K.cast(y_pred < 0.5, y_true.dtype)))


def create_base_network(input_shape):
    input = Input(shape=input_shape)
    x = Flatten()(input)
    x = Dense(16, activation="relu")(x)
    x = Dropout(0.0)(x)
    x = Dense(8, activation="relu")(x)
    return Model(input, x)


pairs = rng.rand(48, 2, 6, 6).astype("float32")
labels = rng.randint(0, 2, 48).astype("float32")
base_network = create_base_network((6, 6))
input_a, input_b = Input(shape=(6, 6)), Input(shape=(6, 6))
processed_a, processed_b = base_network(input_a), base_network(input_b)
distance = Lambda(euclidean_distance, output_shape=eucl_dist_output_shape)(
    [processed_a, processed_b]
)
model = Model([input_a, input_b], distance)
model.set_weights([rng.normal(0, 0.2, w.shape) for w in model.get_weights()])
model.compile(loss=contrastive_loss, optimizer=RMSprop(), metrics=[accuracy])
history = model.fit(
    [pairs[:, 0], pairs[:, 1]],
    labels,
    batch_size=16,
    epochs=3,
    shuffle=False,
    verbose=0,
    validation_data=([pairs[:8, 0], pairs[:8, 1]], labels[:8]),
)
np.savez(
    sys.argv[1],
    predictions=model.predict([pairs[:, 0], pairs[:, 1]], verbose=0),
    **{name: values for name, values in history.history.items()},
)
