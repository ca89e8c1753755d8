"""Text generation letter by letter: one-hot windows, an LSTM, sampling with a temperature."""

import random
import sys

import numpy as np
from tensorflow.keras.callbacks import LambdaCallback
from tensorflow.keras.initializers import GlorotUniform, Orthogonal
from tensorflow.keras.layers import LSTM, Dense
from tensorflow.keras.models import Sequential
from tensorflow.keras.optimizers import RMSprop

text = "the quick brown fox jumps over the lazy dog. " * 4
chars = sorted(set(text))
char_indices = dict((c, i) for i, c in enumerate(chars))
indices_char = dict((i, c) for i, c in enumerate(chars))
maxlen, step = 8, 3
sentences, next_chars = [], []
for i in range(0, len(text) - maxlen, step):
    sentences.append(text[i : i + maxlen])
    next_chars.append(text[i + maxlen])
x = np.zeros((len(sentences), maxlen, len(chars)), dtype=bool)
y = np.zeros((len(sentences), len(chars)), dtype=bool)
for i, sentence in enumerate(sentences):
    for t, char in enumerate(sentence):
        x[i, t, char_indices[char]] = 1
    y[i, char_indices[next_chars[i]]] = 1

model = Sequential()
model.add(
    LSTM(
        16,
        input_shape=(maxlen, len(chars)),
        kernel_initializer=GlorotUniform(seed=1),
        recurrent_initializer=Orthogonal(seed=2),
    )
)
model.add(Dense(len(chars), activation="softmax", kernel_initializer=GlorotUniform(seed=3)))
model.compile(loss="categorical_crossentropy", optimizer=RMSprop(learning_rate=0.01))


def sample(preds, temperature=1.0):
    preds = np.asarray(preds).astype("float64")
    preds = np.log(preds) / temperature
    exp_preds = np.exp(preds)
    preds = exp_preds / np.sum(exp_preds)
    return np.argmax(np.random.multinomial(1, preds, 1))


generated = []


def on_epoch_end(epoch, _):
    np.random.seed(epoch)
    random.seed(epoch)
    start_index = random.randint(0, len(text) - maxlen - 1)
    sentence = text[start_index : start_index + maxlen]
    for _ in range(15):
        x_pred = np.zeros((1, maxlen, len(chars)))
        for t, char in enumerate(sentence):
            x_pred[0, t, char_indices[char]] = 1.0
        preds = model.predict(x_pred, verbose=0)[0]
        sentence = sentence[1:] + indices_char[sample(preds, 0.5)]
        generated.append(sentence[-1])


history = model.fit(
    x,
    y,
    batch_size=16,
    epochs=2,
    shuffle=False,
    callbacks=[LambdaCallback(on_epoch_end=on_epoch_end)],
    verbose=0,
)
np.savez(
    sys.argv[1],
    loss=history.history["loss"],
    generated=generated,
    predictions=model.predict(x[:4], verbose=0),
)
