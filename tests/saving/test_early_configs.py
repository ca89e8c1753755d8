"""Configs of Keras 1 and of early releases of Keras 2."""

import pytest

from tfk.saving.early_configs import to_keras2, training_to_keras2


def layer(kind, **config):
    return {"class_name": kind, "config": config}


def rewritten(kind, version="1.2.2", **config):
    return to_keras2(layer(kind, **config), version)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (
            layer("Convolution2D", nb_filter=3, nb_row=2, nb_col=4, dim_ordering="th", bias=False),
            layer(
                "Conv2D",
                filters=3,
                kernel_size=[2, 4],
                data_format="channels_first",
                use_bias=False,
            ),
        ),
        (
            layer("AtrousConvolution1D", nb_filter=3, filter_length=2, atrous_rate=4),
            layer("Conv1D", filters=3, kernel_size=2, dilation_rate=4),
        ),
        (
            layer("Embedding", input_dim=9, output_dim=2, input_length=4, dropout=0.0, init="zero"),
            layer(
                "Embedding",
                input_dim=9,
                output_dim=2,
                input_length=4,
                embeddings_initializer="zero",
            ),
        ),
        (
            layer("LSTM", output_dim=3, forget_bias_init="one", dropout_U=0.2, consume_less="gpu"),
            layer("LSTM", units=3, unit_forget_bias=True, recurrent_dropout=0.2),
        ),
        (
            layer("Dense", W_constraint={"name": "MaxNorm", "m": 2, "axis": 0}),
            layer("Dense", kernel_constraint=layer("MaxNorm", max_value=2, axis=0)),
        ),
        (
            layer("Dense", W_regularizer={"name": "WeightRegularizer", "l1": 0.0, "l2": 0.1}),
            layer("Dense", kernel_regularizer=layer("L1L2", l1=0.0, l2=0.1)),
        ),
        (
            layer("Merge", name="m", mode="dot", dot_axes=[[1], [2]]),
            layer("Dot", name="m", axes=[1, 2]),
        ),
        (layer("ZeroPadding2D", padding=[1, 2, 3, 4]), None),
        (
            layer(
                "ZeroPadding2D",
                padding={"top_pad": 1, "bottom_pad": 2, "left_pad": 3, "right_pad": 4},
            ),
            None,
        ),
        (layer("MyLayer", p=1, init="zero"), layer("MyLayer", p=1, init="zero")),
    ],
)
def test_settings_of_keras_1(old, new):
    assert to_keras2(old, None) == (new or layer("ZeroPadding2D", padding=[[1, 2], [3, 4]]))


def test_what_keras_2_does_not_have_is_named_at_once():
    model = layer("Sequential", layers=[layer("Highway"), layer("Merge", mode="cos")])
    with pytest.raises(ValueError) as caught:
        to_keras2(model, "1.0.3")
    text = str(caught.value)
    assert "Keras 1.0.3" in text and "layer Highway" in text and "Merge(mode='cos')" in text


def test_gru_before_2_4_resets_before_the_product():
    assert rewritten("GRU", "2.0.8", units=2)["config"] == {"reset_after": False, "units": 2}
    assert rewritten("GRU", "2.2.4", units=2, reset_after=True)["config"]["reset_after"] is True
    assert rewritten("GRU", "2.4.0", units=2) == layer("GRU", units=2)


@pytest.mark.parametrize(
    ("version", "name"),
    [("1.2.2", "global_clipnorm"), ("2.3.1", "global_clipnorm"), ("2.2.4-tf", "clipnorm")]
    + [("2.4.0", "clipnorm"), ("2.15.0", "clipnorm")],
)
def test_clipnorm_was_that_of_all_gradients(version, name):
    settings = {"optimizer_config": layer("SGD", lr=0.1, clipnorm=1.0)}
    expected = {"optimizer_config": layer("SGD", lr=0.1, **{name: 1.0})}
    assert training_to_keras2(settings, version) == expected
