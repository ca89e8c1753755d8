"""Recurrent layers, their cells and the wrappers that know time."""

import tensorflow as tf

from tests.conformance.row import Row

SEQUENCE = (3, 5, 4)
STATE = tf.linspace(
    [-1.0] * 3, [1.0] * 3, 2, axis=1
)  # (3, 2), a state of two units for a batch of three


def sequences(name, label, mask=(3, 5), keeps_mask=None, **kwargs):
    return Row(
        name,
        SEQUENCE,
        {"units": 2, **kwargs},
        label=label,
        unknown=(1,),
        mask=mask,
        keeps_mask=keeps_mask,
    )


def images(name, spatial, label="", **kwargs):
    """A ConvLSTM on inputs whose time is unknown."""
    return Row(
        name,
        (2, 3, *spatial, 2),
        {"filters": 3, "kernel_size": 2, **kwargs},
        label=label,
        unknown=(1,),
        mask=(2, 3),
        keeps_mask=kwargs.get("return_sequences", False),
    )


ROWS = [
    sequences("SimpleRNN", "", keeps_mask=False),
    sequences("SimpleRNN", "sequences", keeps_mask=True, return_sequences=True, activation="relu"),
    sequences("GRU", "", keeps_mask=False),
    sequences("GRU", "sequences", keeps_mask=True, return_sequences=True, go_backwards=True),
    sequences("GRU", "state", return_state=True, reset_after=False),
    sequences(
        "GRU", "activations", activation="elu", recurrent_activation="hard_sigmoid", use_bias=False
    ),
    sequences("LSTM", "", keeps_mask=False),
    sequences("LSTM", "sequences", keeps_mask=True, return_sequences=True, go_backwards=True),
    sequences("LSTM", "state", return_sequences=True, return_state=True, unit_forget_bias=False),
    sequences(
        "LSTM",
        "activations",
        activation="gelu",
        kernel_regularizer="l2",
        recurrent_constraint="max_norm",
    ),
    Row(
        "LSTM",
        SEQUENCE,
        {"units": 2, "dropout": 0.2, "recurrent_dropout": 0.2},
        label="dropout",
        unknown=(1,),
        is_random=True,
    ),
    Row("LSTM", SEQUENCE, {"units": 2, "unroll": True}, label="unrolled", mask=(3, 5)),
    Row(
        "RNN",
        SEQUENCE,
        lambda layers: {"cell": layers.GRUCell(2, name="cell"), "return_sequences": True},
        half="float32",  # of the cell inside
        unknown=(1,),
        mask=(3, 5),
        keeps_mask=True,
    ),
    Row(
        "RNN",
        SEQUENCE,
        lambda layers: {
            "cell": layers.StackedRNNCells(
                [layers.LSTMCell(2, name="first"), layers.SimpleRNNCell(3, name="second")],
                name="cell",
            )
        },
        label="stacked",
        unknown=(1,),
        mask=(3, 5),
        keeps_mask=False,
    ),
    Row("SimpleRNNCell", (3, 4), {"units": 2}, call={"states": [STATE]}),
    Row("GRUCell", (3, 4), {"units": 2}, call={"states": [STATE]}),
    Row("LSTMCell", (3, 4), {"units": 2}, call={"states": [STATE, STATE]}),
    Row(
        "StackedRNNCells",
        (3, 4),
        lambda layers: {
            "cells": [layers.LSTMCell(2, name="first"), layers.GRUCell(2, name="second")]
        },
        call={"states": [[STATE, STATE], STATE]},
        half="float32",  # of the cells inside
    ),
    Row(
        "Bidirectional",
        SEQUENCE,
        lambda layers: {"layer": layers.LSTM(2, return_sequences=True, name="inner")},
        half="float32",  # of the layer inside
        unknown=(1,),
        mask=(3, 5),
        keeps_mask=True,
    ),
    Row(
        "Bidirectional",
        SEQUENCE,
        lambda layers: {
            "layer": layers.GRU(2, return_state=True, name="inner"),
            "merge_mode": "sum",
        },
        label="sum",
        unknown=(1,),
        mask=(3, 5),
    ),
    Row(
        "TimeDistributed",
        SEQUENCE,
        lambda layers: {"layer": layers.Dense(2, name="inner")},
        half="float32",  # of the layer inside
        unknown=(1,),
        mask=(3, 5),
        keeps_mask=True,
    ),
    Row(
        "TimeDistributed",
        (2, 3, 5, 5, 1),
        lambda layers: {"layer": layers.Conv2D(2, 3, name="inner")},
        label="images",
        unknown=(1, 2),
    ),
    images("ConvLSTM1D", (5,)),
    images("ConvLSTM1D", (5,), "sequences", return_sequences=True, padding="same", strides=2),
    images("ConvLSTM2D", (4, 5), "", return_sequences=True, padding="same"),
    images("ConvLSTM2D", (4, 5), "backwards", go_backwards=True, use_bias=False, dilation_rate=2),
    images("ConvLSTM3D", (3, 3, 4)),
]
