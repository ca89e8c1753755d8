"""Two inputs, two outputs: losses, weights and metrics by output name."""

import sys

import numpy as np
from tensorflow import keras
from tensorflow.keras.layers import Concatenate, Dense, Input
from tensorflow.keras.models import Model

rng = np.random.RandomState(1)
age = rng.rand(64, 1).astype("float32")
text = rng.rand(64, 5).astype("float32")
income = (2 * age + text[:, :1]).astype("float32")
employed = (income[:, 0] > 1.5).astype("int32")


def init(seed):
    return keras.initializers.RandomNormal(stddev=0.3, seed=seed)


age_input = Input(shape=(1,), name="age")
text_input = Input(shape=(5,), name="text")
x = Concatenate()([Dense(3, activation="tanh", kernel_initializer=init(1))(age_input), text_input])
x = Dense(8, activation="relu", kernel_initializer=init(2))(x)
income_output = Dense(1, kernel_initializer=init(3), name="income")(x)
employed_output = Dense(1, activation="sigmoid", kernel_initializer=init(4), name="employed")(x)
model = Model(inputs=[age_input, text_input], outputs=[income_output, employed_output])

model.compile(
    optimizer=keras.optimizers.RMSprop(0.01),
    loss={"income": "mse", "employed": "binary_crossentropy"},
    loss_weights={"income": 0.25, "employed": 1.0},
    metrics={"income": ["mae"], "employed": ["accuracy", keras.metrics.AUC(name="auc")]},
)
targets = {"income": income, "employed": employed}
history = model.fit(
    {"age": age, "text": text}, targets, epochs=3, batch_size=16, shuffle=False, verbose=0
)
scores = model.evaluate([age, text], [income, employed], verbose=0)
print(dict(zip(model.metrics_names, scores)))
predicted_income, predicted_employed = model.predict([age, text], verbose=0)

np.savez(
    sys.argv[1],
    names=sorted(history.history),
    metrics_names=model.metrics_names,
    scores=scores,
    predicted_income=predicted_income,
    predicted_employed=predicted_employed,
    **{name: values for name, values in history.history.items()},
)
