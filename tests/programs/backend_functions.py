"""K functions in Lambda layers, losses and K.function: a siamese network with a contrastive
loss.
"""

import sys

import numpy as np
from keras import backend as K
from keras.initializers import RandomNormal
from keras.layers import Dense, Dropout, Flatten, Input, Lambda
from keras.models import Model
from keras.optimizers import RMSprop


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
    x = Dense(8, activation="relu", kernel_initializer=RandomNormal(stddev=0.2, seed=1))(x)
    x = Dropout(0.0)(x)
    x = Dense(4, activation="relu", kernel_initializer=RandomNormal(stddev=0.2, seed=2))(x)
    return Model(input, x)


rng = np.random.RandomState(9)
pairs = rng.rand(40, 2, 4, 3).astype("float32")
labels = (np.abs(pairs[:, 0] - pairs[:, 1]).mean(axis=(1, 2)) < 0.33).astype("float32")
base_network = create_base_network((4, 3))
input_a, input_b = Input(shape=(4, 3)), Input(shape=(4, 3))
processed_a, processed_b = base_network(input_a), base_network(input_b)
distance = Lambda(euclidean_distance, output_shape=eucl_dist_output_shape)(
    [processed_a, processed_b]
)
model = Model([input_a, input_b], distance)
model.compile(loss=contrastive_loss, optimizer=RMSprop(), metrics=[accuracy])
history = model.fit(
    [pairs[:, 0], pairs[:, 1]], labels, batch_size=8, epochs=3, shuffle=False, verbose=0
)

inner = K.function([base_network.input], [base_network.layers[2].output])
a = K.variable(np.arange(6.0).reshape(2, 3))
b = K.constant(np.ones((3, 2)))
K.set_value(a, K.get_value(a) + 1)
values = {
    "dot": K.dot(a, b),
    "batch_dot": K.batch_dot(K.reshape(a, (2, 1, 3)), K.reshape(a, (2, 3, 1))),
    "mean": K.mean(a, axis=0),
    "std": K.std(a),
    "var": K.var(a, axis=-1, keepdims=True),
    "argmax": K.argmax(a),
    "one_hot": K.one_hot(K.constant([0, 2], dtype="int32"), 3),
    "clip": K.clip(a, 2, 4),
    "concatenate": K.concatenate([a, a], axis=1),
    "repeat": K.repeat(a, 2),
    "repeat_elements": K.repeat_elements(a, 2, axis=1),
    "permute": K.permute_dimensions(a, (1, 0)),
    "expand": K.squeeze(K.expand_dims(a, 0), 0),
    "switch": K.switch(K.greater(a, 3), a, -a),
    "logsum": K.log(K.sum(K.exp(a))),
    "sigmoid": K.sigmoid(a),
    "softmax": K.softmax(a),
    "l2": K.l2_normalize(a, axis=1),
    "crossentropy": K.binary_crossentropy(K.constant([[0.0, 1.0]]), K.constant([[0.2, 0.9]])),
    "cumsum": K.cumsum(a, axis=1),
    "gather": K.gather(a, K.constant([1, 0], dtype="int32")),
    "arange": K.arange(3),
}

np.savez(
    sys.argv[1],
    loss=history.history["loss"],
    accuracy=history.history["accuracy"],
    distances=model.predict([pairs[:, 0], pairs[:, 1]], verbose=0),
    inner=inner([pairs[:5, 0]])[0],
    shapes=[
        str(K.int_shape(distance)),
        str(K.ndim(a)),
        K.dtype(a),
        K.image_data_format(),
        K.floatx(),
        K.backend(),
    ],
    **{name: K.eval(value) for name, value in values.items()},
)
