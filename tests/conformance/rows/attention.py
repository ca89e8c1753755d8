"""Attentions."""

import numpy as np

from tests.conformance.row import Row

PAIR = [(2, 3, 4), (2, 5, 4)]
SELF = [(2, 4, 6), (2, 4, 6)]
MASK = np.random.default_rng(5).integers(0, 2, (2, 3, 5)).astype(bool)


def heads(label, shape, call=None, unknown=(1,), mask=None, **kwargs):
    return Row(
        "MultiHeadAttention",
        shape,
        {"num_heads": 2, "key_dim": 3, **kwargs},
        label=label,
        positional=True,
        call=call or {},
        unknown=unknown,
        mask=mask,
        is_random="dropout" in kwargs,
    )


ROWS = [
    Row("Attention", PAIR, {"use_scale": True}, unknown=(1,)),
    Row(
        "Attention", PAIR, {"score_mode": "concat", "use_scale": True}, label="concat", unknown=(1,)
    ),
    Row("Attention", [*PAIR, PAIR[1]], label="key", unknown=(1,)),
    Row("Attention", SELF, label="masked", mask=(2, 4), keeps_mask=True),
    Row("Attention", SELF, {"dropout": 0.5}, label="dropout", is_random=True),
    Row(
        "Attention",
        SELF,
        label="causal",
        call={"use_causal_mask": True, "return_attention_scores": True},
    ),
    Row("AdditiveAttention", PAIR, unknown=(1,)),
    Row(
        "AdditiveAttention",
        SELF,
        {"use_scale": False},
        label="masked",
        mask=(2, 4),
        keeps_mask=True,
    ),
    heads("", SELF, mask=(2, 4)),
    heads("cross", [(2, 3, 6), (2, 5, 4)], value_dim=2, output_shape=5, use_bias=False),
    heads("mask", [(2, 3, 4), (2, 5, 4)], {"attention_mask": MASK}, unknown=()),
    heads("causal", SELF, {"use_causal_mask": True, "return_attention_scores": True}),
    heads("axes", [(2, 3, 4, 6), (2, 3, 5, 6)], attention_axes=(2,)),
    heads("planes", [(2, 3, 4, 6), (2, 3, 4, 6)], softmax_robust_masking=True),
    heads("dropout", SELF, dropout=0.5),
]
