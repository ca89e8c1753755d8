"""Character translation: encoder states for a decoder, then models for inference."""

import sys

import numpy as np
from tensorflow import keras
from tensorflow.keras.layers import GRU, LSTM, Bidirectional, Concatenate, Dense, Embedding, Input
from tensorflow.keras.models import Model

rng = np.random.RandomState(0)
samples, num_tokens, latent, length = 24, 8, 6, 5
encoder_data = np.eye(num_tokens)[rng.randint(1, num_tokens, (samples, length))].astype("float32")
decoder_data = np.roll(encoder_data, 1, axis=1)
target = encoder_data

encoder_inputs = Input(shape=(None, num_tokens), name="enc")
encoder_outputs, state_h, state_c = LSTM(latent, return_state=True, name="encoder")(encoder_inputs)
encoder_states = [state_h, state_c]
decoder_inputs = Input(shape=(None, num_tokens), name="dec")
decoder_lstm = LSTM(latent, return_sequences=True, return_state=True, name="decoder")
decoder_outputs, _, _ = decoder_lstm(decoder_inputs, initial_state=encoder_states)
decoder_dense = Dense(num_tokens, activation="softmax")
decoder_outputs = decoder_dense(decoder_outputs)
model = Model([encoder_inputs, decoder_inputs], decoder_outputs)
model.set_weights([rng.normal(0, 0.3, w.shape) for w in model.get_weights()])
model.compile(optimizer="rmsprop", loss="categorical_crossentropy", metrics=["accuracy"])
history = model.fit(
    [encoder_data, decoder_data],
    target,
    batch_size=8,
    epochs=3,
    validation_split=0.25,
    verbose=0,
    shuffle=False,
)
model.save("s2s.h5")
model = keras.models.load_model("s2s.h5")
encoder_inputs = model.input[0]
encoder_outputs, state_h_enc, state_c_enc = model.layers[2].output
encoder_model = Model(encoder_inputs, [state_h_enc, state_c_enc])
decoder_inputs = model.input[1]
state_inputs = [Input(shape=(latent,), name=name) for name in ("h_in", "c_in")]
decoder_lstm = model.get_layer("decoder")
outputs, h, c = decoder_lstm(decoder_inputs, initial_state=state_inputs)
decoder_model = Model([decoder_inputs] + state_inputs, [model.layers[-1](outputs)] + [h, c])


def decode(sequence):
    states = encoder_model.predict(sequence, verbose=0)
    token = np.zeros((1, 1, num_tokens))
    token[0, 0, 1] = 1.0
    decoded = []
    while len(decoded) < 6:
        output, h, c = decoder_model.predict([token] + states, verbose=0)
        index = int(np.argmax(output[0, -1, :]))
        decoded.append(index)
        token = np.zeros((1, 1, num_tokens))
        token[0, 0, index] = 1.0
        states = [h, c]
    return decoded


words = Input((length,))
embedded = Embedding(num_tokens, 4, mask_zero=True, embeddings_initializer="uniform")(words)
whole, fh, fc, bh, bc = Bidirectional(LSTM(3, return_state=True, return_sequences=True))(embedded)
state = Concatenate()([fh, bh])
answer = GRU(6, return_sequences=True, reset_after=False)(embedded, initial_state=state)
second = Model(words, [Dense(num_tokens, activation="softmax", name="out")(answer), whole])
second.set_weights([rng.normal(0, 0.3, w.shape) for w in second.get_weights()])
second.compile("adam", ["sparse_categorical_crossentropy", None])
ids = rng.randint(0, num_tokens, (samples, length))
ids.sort(axis=1)
ids = ids[:, ::-1].copy()  # zeros at the end
hist2 = second.fit(ids, [ids, np.zeros((samples, length, 6))], 8, 2, verbose=0, shuffle=False)
np.savez(
    sys.argv[1],
    loss=history.history["loss"],
    val=history.history["val_loss"],
    accuracy=history.history["val_accuracy"],
    decoded=[decode(encoder_data[k : k + 1]) for k in range(4)],
    states=encoder_model.predict(encoder_data, verbose=0),
    keys=list(hist2.history),
    masked=hist2.history["loss"],
    out=second.predict(ids, verbose=0)[0],
    mask=second.layers[-1].output_mask is not None
    if hasattr(second.layers[-1], "output_mask")
    else 0,
    weights=[w.name for w in second.weights],
)
