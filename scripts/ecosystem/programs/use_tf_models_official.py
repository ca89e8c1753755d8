"""Layers of the model garden."""

import numpy as np
from official.nlp.modeling.layers import transformer_encoder_block

block = transformer_encoder_block.TransformerEncoderBlock(
    num_attention_heads=2, inner_dim=8, inner_activation="relu"
)
x = np.random.rand(2, 5, 8).astype("float32")
assert block(x).shape == (2, 5, 8)
print("ok")
