"""A small BERT, trained and saved."""

import os

os.environ["TF_KERAS"] = "1"
import numpy as np
from keras_bert import gen_batch_inputs, get_base_dict, get_custom_objects, get_model
from tensorflow import keras

pairs = [[["all", "work"], ["no", "play"]], [["from", "the"], ["moon", "light"]]]
tokens = get_base_dict()
for pair in pairs:
    for word in pair[0] + pair[1]:
        tokens.setdefault(word, len(tokens))
model = get_model(
    token_num=len(tokens),
    head_num=2,
    transformer_num=2,
    embed_dim=8,
    feed_forward_dim=16,
    seq_len=10,
    pos_num=10,
    dropout_rate=0.05,
)
inputs, outputs = gen_batch_inputs(pairs, tokens, list(tokens), seq_len=10, mask_rate=0.3)
model.compile("adam", ["sparse_categorical_crossentropy"] * 2) if not model.optimizer else None
model.fit(inputs, outputs, epochs=1, verbose=0)
model.save("bert.h5")
again = keras.models.load_model("bert.h5", custom_objects=get_custom_objects())
for a, b in zip(again.predict(inputs, verbose=0), model.predict(inputs, verbose=0)):
    np.testing.assert_allclose(a, b, atol=1e-5)
print("ok")
