"""Sentiment of short reviews: Tokenizer, pad_sequences, Embedding, LSTM."""

import sys

import numpy as np
from tensorflow.keras.initializers import GlorotUniform, Orthogonal, RandomUniform
from tensorflow.keras.layers import LSTM, Dense, Embedding, SpatialDropout1D
from tensorflow.keras.models import Sequential
from tensorflow.keras.preprocessing.sequence import pad_sequences
from tensorflow.keras.preprocessing.text import Tokenizer, text_to_word_sequence

good = [
    "A great film!",
    "wonderful acting, great story",
    "I loved this wonderful movie",
    "great great great",
]
bad = [
    "An awful film...",
    "terrible acting and a boring story",
    "I hated this boring movie",
    "awful; simply awful",
]
texts = (good + bad) * 4
labels = np.array(([1] * 4 + [0] * 4) * 4)

tokenizer = Tokenizer(num_words=15, oov_token="<OOV>")
tokenizer.fit_on_texts(texts)
word_index = tokenizer.word_index
print("Found %s unique tokens." % len(word_index))
sequences = tokenizer.texts_to_sequences(texts)
data = pad_sequences(sequences, maxlen=6, padding="post", truncating="post")
matrix = tokenizer.texts_to_matrix(texts, mode="tfidf")

model = Sequential()
model.add(
    Embedding(15, 4, input_length=6, mask_zero=True, embeddings_initializer=RandomUniform(seed=1))
)
model.add(SpatialDropout1D(0.0))
model.add(
    LSTM(5, kernel_initializer=GlorotUniform(seed=2), recurrent_initializer=Orthogonal(seed=3))
)
model.add(Dense(1, activation="sigmoid", kernel_initializer=GlorotUniform(seed=4)))
model.compile(optimizer="rmsprop", loss="binary_crossentropy", metrics=["acc"])
history = model.fit(
    data, labels, epochs=3, batch_size=8, shuffle=False, validation_split=0.25, verbose=0
)
new = pad_sequences(
    tokenizer.texts_to_sequences(["a great, unknown movie"]), maxlen=6, padding="post"
)

np.savez(
    sys.argv[1],
    words=list(word_index),
    split=text_to_word_sequence(texts[1]),
    back=tokenizer.sequences_to_texts(sequences[:3]),
    data=data,
    matrix=matrix,
    loss=history.history["loss"],
    val_acc=history.history["val_acc"],
    prediction=model.predict(new, verbose=0),
)
