"""Encoder and decoder LSTMs with states, trained by teacher forcing, decoded step by step."""

import sys

import numpy as np
from tensorflow import keras
from tensorflow.keras.layers import LSTM, Dense, Input
from tensorflow.keras.models import Model

rng = np.random.RandomState(14)
tokens, length, latent_dim, samples = 6, 5, 8, 24
words = rng.randint(1, tokens, (samples, length))
encoder_input_data = np.eye(tokens, dtype="float32")[words]
decoder_target_data = encoder_input_data[:, ::-1]
decoder_input_data = np.concatenate(
    [np.eye(tokens, dtype="float32")[np.zeros((samples, 1), int)], decoder_target_data[:, :-1]],
    axis=1,
)


def recurrent(seed, **kwargs):
    return LSTM(
        latent_dim,
        return_state=True,
        kernel_initializer=keras.initializers.GlorotUniform(seed=seed),
        recurrent_initializer=keras.initializers.Orthogonal(seed=seed + 1),
        **kwargs,
    )


encoder_inputs = Input(shape=(None, tokens))
encoder_outputs, state_h, state_c = recurrent(1)(encoder_inputs)
encoder_states = [state_h, state_c]
decoder_inputs = Input(shape=(None, tokens))
decoder_lstm = recurrent(3, return_sequences=True)
decoder_outputs, _, _ = decoder_lstm(decoder_inputs, initial_state=encoder_states)
decoder_dense = Dense(
    tokens, activation="softmax", kernel_initializer=keras.initializers.GlorotUniform(seed=5)
)
decoder_outputs = decoder_dense(decoder_outputs)
model = Model([encoder_inputs, decoder_inputs], decoder_outputs)
model.compile(optimizer="rmsprop", loss="categorical_crossentropy", metrics=["accuracy"])
history = model.fit(
    [encoder_input_data, decoder_input_data],
    decoder_target_data,
    batch_size=8,
    epochs=3,
    shuffle=False,
    verbose=0,
)

encoder_model = Model(encoder_inputs, encoder_states)
state_inputs = [Input(shape=(latent_dim,)), Input(shape=(latent_dim,))]
decoder_outputs, state_h, state_c = decoder_lstm(decoder_inputs, initial_state=state_inputs)
decoder_model = Model(
    [decoder_inputs] + state_inputs, [decoder_dense(decoder_outputs), state_h, state_c]
)

probabilities = []
states_value = encoder_model.predict(encoder_input_data[:2], verbose=0)
target_seq = np.zeros((2, 1, tokens))
target_seq[:, 0, 0] = 1.0
for _ in range(length):
    output_tokens, h, c = decoder_model.predict([target_seq] + states_value, verbose=0)
    probabilities.append(output_tokens[:, 0])
    target_seq = np.eye(tokens)[np.argmax(output_tokens, axis=-1)]
    states_value = [h, c]

np.savez(
    sys.argv[1],
    loss=history.history["loss"],
    accuracy=history.history["accuracy"],
    probabilities=probabilities,
)
