"""TensorFlow models of transformers 4: forward, fit, save, generate."""

import os
import tempfile

os.environ["USE_TORCH"] = "0"
import numpy as np
from tensorflow import keras
from transformers import (
    BertConfig,
    GPT2Config,
    T5Config,
    TFBertForSequenceClassification,
    TFBertModel,
    TFGPT2LMHeadModel,
    TFT5ForConditionalGeneration,
    create_optimizer,
)

ids = np.random.RandomState(0).randint(1, 60, (8, 10)).astype("int32")
config = BertConfig(
    vocab_size=64, hidden_size=16, num_hidden_layers=2, num_attention_heads=2, intermediate_size=32
)
model = TFBertForSequenceClassification(config)
model.compile(
    optimizer=keras.optimizers.Adam(1e-3),
    loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    metrics=["accuracy"],
)
history = model.fit(
    {"input_ids": ids, "attention_mask": np.ones_like(ids)}, np.zeros(8), epochs=3, verbose=0
)
assert history.history["loss"][-1] < history.history["loss"][0]
internal = TFBertForSequenceClassification(config)
optimizer, _ = create_optimizer(1e-3, 10, 2, weight_decay_rate=0.01)
internal.compile(optimizer=optimizer)
internal.fit({"input_ids": ids, "labels": np.zeros(8, "int32")}, epochs=1, verbose=0)
with tempfile.TemporaryDirectory() as folder:
    model.save_pretrained(folder)
    again = TFBertForSequenceClassification.from_pretrained(folder)
    np.testing.assert_allclose(again(ids).logits, model(ids).logits, atol=1e-5)
inputs = keras.Input((10,), dtype="int32")
pooled = TFBertModel(config)(inputs).last_hidden_state[:, 0]
functional = keras.Model(inputs, keras.layers.Dense(1)(pooled))
functional.compile("adam", "mse")
functional.fit(ids, np.zeros(8), epochs=1, verbose=0)
gpt = TFGPT2LMHeadModel(GPT2Config(vocab_size=64, n_embd=16, n_layer=1, n_head=2, n_positions=32))
assert gpt.generate(ids[:2], max_new_tokens=4, do_sample=False, pad_token_id=0).shape == (2, 14)
t5 = TFT5ForConditionalGeneration(
    T5Config(
        vocab_size=64,
        d_model=16,
        d_kv=8,
        d_ff=32,
        num_layers=1,
        num_heads=2,
        decoder_start_token_id=0,
    )
)
assert t5(input_ids=ids, labels=ids).loss is not None
print("ok")
