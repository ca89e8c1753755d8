"""Configs of Keras 1 and of early releases of Keras 2 in the format of later ones.

Keras 1 has other names for most classes and settings of layers, and one layer, `Merge`, for all
ways to combine tensors. Early releases of Keras 2 leave out settings that came later, when they
got another default. `to_keras2` works on plain data alone and creates no object.
"""

from typing import NamedTuple

from tfk.saving.load_scopes import misfits_named, nesting_checked
from tfk.utils.naming import printable

CLASSES = {
    "AtrousConvolution1D": "Conv1D",
    "AtrousConvolution2D": "Conv2D",
    "Convolution1D": "Conv1D",
    "Convolution2D": "Conv2D",
    "Convolution3D": "Conv3D",
    "Deconvolution2D": "Conv2DTranspose",
    "SeparableConvolution2D": "SeparableConv2D",
    "TimeDistributedDense": "Dense",
}
# Layers whose names did not change, with settings that did.
RESPELLED = set(CLASSES.values()) | set(
    "ActivityRegularization AveragePooling1D AveragePooling2D AveragePooling3D BatchNormalization"
    " Bidirectional ConvLSTM2D Cropping1D Cropping2D Cropping3D Dropout Embedding Flatten"
    " GRU GaussianDropout GaussianNoise GlobalAveragePooling2D GlobalAveragePooling3D"
    " GlobalMaxPooling2D GlobalMaxPooling3D InputLayer LSTM LocallyConnected1D LocallyConnected2D"
    " Masking MaxPooling1D MaxPooling2D MaxPooling3D PReLU SimpleRNN SpatialDropout1D"
    " SpatialDropout2D SpatialDropout3D TimeDistributed UpSampling1D UpSampling2D UpSampling3D"
    " ZeroPadding1D ZeroPadding2D ZeroPadding3D Activation ELU GlobalAveragePooling1D"
    " GlobalMaxPooling1D LeakyReLU Permute RepeatVector Reshape ThresholdedReLU".split()
)
GONE = {"Graph", "Highway", "MaxoutDense", "ParametricSoftplus", "SReLU"}
MERGES = {
    "ave": "Average",
    "concat": "Concatenate",
    "dot": "Dot",
    "max": "Maximum",
    "mul": "Multiply",
    "sum": "Add",
}
SETTINGS = {
    "U_regularizer": "recurrent_regularizer",
    "W_constraint": "kernel_constraint",
    "W_regularizer": "kernel_regularizer",
    "atrous_rate": "dilation_rate",
    "b_constraint": "bias_constraint",
    "b_regularizer": "bias_regularizer",
    "beta_init": "beta_initializer",
    "bias": "use_bias",
    "border_mode": "padding",
    "dim_ordering": "data_format",
    "dropout_U": "recurrent_dropout",
    "dropout_W": "dropout",
    "filter_length": "kernel_size",
    "forget_bias_init": "unit_forget_bias",
    "gamma_init": "gamma_initializer",
    "init": "kernel_initializer",
    "inner_activation": "recurrent_activation",
    "inner_init": "recurrent_initializer",
    "length": "size",
    "nb_filter": "filters",
    "output_dim": "units",
    "p": "rate",
    "pool_length": "pool_size",
    "sigma": "stddev",
    "stride": "strides",
    "subsample": "strides",
    "subsample_length": "strides",
}
# By class, what differs from `SETTINGS`.
OF_CLASS = {
    "Embedding": {
        "W_constraint": "embeddings_constraint",
        "W_regularizer": "embeddings_regularizer",
        "init": "embeddings_initializer",
        "input_dim": "input_dim",
        "input_length": "input_length",
        "output_dim": "output_dim",
    },
    "InputLayer": {"input_dtype": "dtype"},
    "PReLU": {"init": "alpha_initializer"},
}
# Settings without influence on what a trained layer computes.
IRRELEVANT = {"consume_less", "input_dim", "input_dtype", "input_length", "output_shape", "weights"}
# Settings that Keras 2 does not have, with the values under which they mean nothing.
NEUTRAL = {"dropout": (0.0, None), "mode": (0, 2)}
WITH_NEUTRAL = {"Embedding": "dropout", "BatchNormalization": "mode"}
SIZES = {
    "kernel_size": (("nb_row", "nb_col"), ("kernel_dim1", "kernel_dim2", "kernel_dim3")),
}
DATA_FORMATS = {"tf": "channels_last", "th": "channels_first"}
REGULARIZERS = {"ActivityRegularizer", "L1L2Regularizer", "WeightRegularizer"}
CONSTRAINTS = {"m": "max_value", "low": "min_value", "high": "max_value"}


class Release(NamedTuple):
    """Major and minor version number."""

    major: int
    minor: int


def release_of(version):
    """Return the `Release` of a version such as `"1.2.2"`; files without one are of Keras 1.0.

    >>> release_of("2.2.4"), release_of(None) < (2, 0)
    (Release(major=2, minor=2), True)
    """
    numbers = [*str(version or "1.0").split("."), "0"][:2]
    return Release(*(int(part) if part.isdecimal() else 99 for part in numbers))


@nesting_checked()
def to_keras2(config, version):
    """Rewrite the config of a model that an early release saved; return others as they are.

    Args:
        config: What `model_config` of an `.h5` file or `model.to_json()` holds, as plain data.
        version: The version that wrote it, or None.

    Raises: ValueError that lists everything without a counterpart in Keras 2.
    """
    release = release_of(version)
    if release >= (2, 4):
        return config
    problems = []
    with misfits_named(f"The config of Keras {version or 1}"):
        rewritten = _rewrite(config, release, problems)
    if problems:
        listed = printable("; ".join(dict.fromkeys(problems)))
        raise ValueError(
            f"This model was saved by Keras {version or 1} and uses what Keras 2, and so tfk, does"
            f" not have: {listed}. Pass custom_objects for missing classes, or load weights into a"
            " model that you build."
        )
    return rewritten


def training_to_keras2(settings, version):
    """Rewrite the `training_config` that an early release saved; return others as they are.

    Until it joined TensorFlow, Keras clipped the norm of all gradients together by `clipnorm`.

    Args:
        settings: The attribute of an `.h5` file, as plain data.
        version: The version that wrote it, or None.
    """
    optimizer = settings.get("optimizer_config") if isinstance(settings, dict) else None
    hyperparameters = optimizer.get("config") if isinstance(optimizer, dict) else None
    of_tensorflow = str(version).endswith("-tf") or release_of(version) >= (2, 4)
    if of_tensorflow or not isinstance(hyperparameters, dict) or "clipnorm" not in hyperparameters:
        return settings
    others = {key: value for key, value in hyperparameters.items() if key != "clipnorm"}
    config = {**others, "global_clipnorm": hyperparameters["clipnorm"]}
    return {**settings, "optimizer_config": {**optimizer, "config": config}}


def _rewrite(value, release, problems):
    if isinstance(value, list):
        return [_rewrite(item, release, problems) for item in value]
    if not isinstance(value, dict):
        return value
    kept = {key: _rewrite(item, release, problems) for key, item in value.items()}
    settings = kept.get("config")
    if not isinstance(kept.get("class_name"), str) or not isinstance(settings, dict):
        return kept
    if release >= (2, 0):
        return _completed(kept)
    if kept["class_name"] == "Merge":
        return {**kept, **_merge(settings, problems)}
    if kept["class_name"] in GONE:
        problems.append(f"the layer {kept['class_name']}")
    name = CLASSES.get(kept["class_name"], kept["class_name"])
    if name not in RESPELLED:
        return kept
    return _completed({**kept, "class_name": name, "config": _layer(name, settings, problems)})


def _completed(value):
    """The config of a layer with the settings that came later."""
    if value["class_name"] == "GRU":
        return {**value, "config": {"reset_after": False, **value["config"]}}
    return value


def _layer(name, settings, problems):
    names = {**SETTINGS, **OF_CLASS.get(name, {})}
    kept = {}
    for new, groups in SIZES.items():
        for group in groups:
            if group[0] in settings:
                kept[new] = [settings[key] for key in group]
    taken = {key for groups in SIZES.values() for group in groups for key in group}
    for key, item in settings.items():
        if key == WITH_NEUTRAL.get(name):
            if item not in NEUTRAL[key]:
                problems.append(f"{name}({key}={item!r})")
        elif key not in taken and (key in names or key not in IRRELEVANT):
            new = names.get(key, key)
            kept[new] = _value(new, item, problems)
    if name == "ZeroPadding2D":
        kept["padding"] = _borders(kept["padding"])
    return kept


def _value(name, value, problems):
    """The value of a setting in the form of Keras 2."""
    if name == "data_format":
        return DATA_FORMATS.get(value, value)
    if name == "unit_forget_bias":
        return value == "one"
    if isinstance(value, dict) and "name" in value and "class_name" not in value:
        return _penalty(dict(value), problems)
    return value


def _penalty(settings, problems):
    """A regularizer or constraint, which Keras 1 writes with its name among its settings."""
    name = settings.pop("name")
    if name in REGULARIZERS:
        name = "L1L2"
    elif "Regularizer" in str(name):
        problems.append(f"the regularizer {name}")
    settings = {CONSTRAINTS.get(key, key): item for key, item in settings.items()}
    return {"class_name": name, "config": settings}


def _borders(padding):
    """The padding of images, of which Keras 1 knows three forms."""
    if isinstance(padding, dict):
        padding = [padding.get(f"{side}_pad", 0) for side in ("top", "bottom", "left", "right")]
    return [padding[:2], padding[2:]] if len(padding) == 4 else padding


def _merge(settings, problems):
    """Class and config of the layer that a `Merge` is in Keras 2."""
    mode = settings.get("mode")
    name = MERGES.get(mode)
    if name is None or settings.get("layers"):
        problems.append(f"Merge(mode={mode!r})" if name is None else "Merge of models")
        return {}
    config = {"name": settings.get("name")}
    if name == "Concatenate":
        config["axis"] = settings.get("concat_axis", -1)
    if name == "Dot":
        config["axes"] = _axes(settings.get("dot_axes", -1))
    return {"class_name": name, "config": config}


def _axes(axes):
    """The axes of a product, which Keras 1 also took as a list of lists."""
    if isinstance(axes, list):
        return [axis[0] if isinstance(axis, list) else axis for axis in axes]
    return axes
