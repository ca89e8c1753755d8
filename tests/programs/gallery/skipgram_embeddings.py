"""Word vectors by skip-grams: Dot of embeddings, frozen vectors, neighbors by K.function."""

import sys

import numpy as np
import tensorflow as tf
from tensorflow.keras import backend as K
from tensorflow.keras.layers import Activation, Dense, Dot, Embedding, Flatten, Input, Reshape
from tensorflow.keras.models import Model, Sequential
from tensorflow.keras.preprocessing import sequence
from tensorflow.keras.preprocessing.text import Tokenizer, text_to_word_sequence

rng = np.random.RandomState(0)
texts = ["the cat sat on the mat", "The dog ate my homework!", "my cat ate the dog's mat"]
tokenizer = Tokenizer(num_words=12, oov_token="<unk>", lower=True)
tokenizer.fit_on_texts(texts)
encoded = tokenizer.texts_to_sequences(texts)
vocabulary = 12
table = sequence.make_sampling_table(vocabulary, sampling_factor=0.01)
couples, labels = [], []
for words in encoded:
    pairs, marks = sequence.skipgrams(
        words, vocabulary, window_size=2, negative_samples=0.0, shuffle=False
    )
    couples += pairs
    labels += marks
negatives = rng.randint(1, vocabulary, (len(couples), 2))
couples = np.concatenate([couples, negatives]).astype("int32")
labels = np.concatenate([labels, np.zeros(len(negatives))]).astype("float32")

target_input, context_input = Input((1,), name="target"), Input((1,), name="context")
embedding = Embedding(vocabulary, 4, input_length=1, name="embedding")
target = Reshape((4, 1))(embedding(target_input))
context = Reshape((4, 1))(embedding(context_input))
product = Reshape((1,))(Dot(axes=1, normalize=False)([target, context]))
similarity = Reshape((1,))(Dot(axes=1, normalize=True)([target, context]))
output = Activation("sigmoid")(Dense(1, use_bias=True)(product))
model = Model(inputs=[target_input, context_input], outputs=output)
validation = Model([target_input, context_input], similarity)
model.set_weights([rng.normal(0, 0.5, w.shape) for w in model.get_weights()])
model.compile(loss="binary_crossentropy", optimizer="adagrad")
losses = []
for step in range(6):
    part = slice(step * 8, step * 8 + 8)
    losses.append(model.train_on_batch([couples[part, 0], couples[part, 1]], labels[part, None]))
history = model.fit(
    {"target": couples[:, 0], "context": couples[:, 1]}, labels, 16, 2, 0, shuffle=False
)
vectors = model.get_layer("embedding").get_weights()[0]
function = K.function([target_input, context_input], [similarity, output])
values = function([np.full((vocabulary, 1), 3), np.arange(vocabulary)[:, None]])

padded = sequence.pad_sequences(encoded, maxlen=7, padding="post", truncating="post")
classifier = Sequential(
    [
        Embedding(
            vocabulary, 4, weights=[vectors], input_length=7, trainable=False, mask_zero=True
        ),
        Flatten(),
        Dense(1, activation=tf.nn.sigmoid, kernel_initializer="ones"),
    ]
)
classifier.compile("sgd", "binary_crossentropy", ["acc"])
classifier.fit(padded, np.array([0, 1, 1]), epochs=3, verbose=0)
rows = []
classifier.summary(print_fn=rows.append)
np.savez(
    sys.argv[1],
    table=table,
    couples=couples,
    losses=losses,
    history=history.history["loss"],
    similarity=values[0],
    output=values[1],
    validation=validation.predict([couples[:9, 0], couples[:9, 1]], verbose=0),
    frozen=np.array_equal(classifier.layers[0].get_weights()[0], vectors),
    classes=classifier.predict(padded, verbose=0),
    summary=[row.strip() for text in rows for row in text.split("\n")],
    matrix=tokenizer.texts_to_matrix(texts, mode="tfidf"),
    counts=sorted(tokenizer.word_docs.items()),
    words=text_to_word_sequence("A,b;c d", filters=",;", lower=False),
    back=tokenizer.sequences_to_texts(encoded),
    json=len(tokenizer.to_json()),
)
