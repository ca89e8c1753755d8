"""Spectrograms as layers."""

import numpy as np
from kapre import STFT, Magnitude, MagnitudeToDecibel
from kapre.composed import get_log_frequency_spectrogram_layer, get_melspectrogram_layer
from tensorflow.keras import Sequential
from tensorflow.keras.layers import Dense, GlobalAveragePooling2D

x = np.random.RandomState(0).randn(4, 4000, 1).astype("float32")
model = Sequential(
    [
        STFT(n_fft=512, win_length=400, hop_length=200, input_shape=(4000, 1)),
        Magnitude(),
        MagnitudeToDecibel(),
        GlobalAveragePooling2D(),
        Dense(2),
    ]
)
model.compile("adam", "mse")
model.fit(x, np.zeros((4, 2)), epochs=1, verbose=0)
mel = get_melspectrogram_layer(input_shape=(4000, 1), n_fft=512, n_mels=40, return_decibel=True)
assert mel(x).shape[2] == 40
get_log_frequency_spectrogram_layer(input_shape=(4000, 1), n_fft=512)(x)
model.save("kapre.h5")
print("ok")
