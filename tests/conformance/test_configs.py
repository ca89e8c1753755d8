"""No config forgets an argument: each one of every public class is set to something else than its
default, and shows in the config.
"""

import inspect

import pytest

from tests.conformance.row import all_rows
from tfk import constraints, initializers, layers, losses, metrics, optimizers, regularizers
from tfk.layers import InputSpec
from tfk.optimizers import schedules
from tfk.saving.configs import serialize_keras_object
from tfk.utils import naming

BASES = {
    layers: layers.Layer,
    losses: losses.Loss,
    metrics: metrics.Metric,
    optimizers: optimizers.Optimizer,
    schedules: schedules.LearningRateSchedule,
    initializers: initializers.Initializer,
    regularizers: regularizers.Regularizer,
    constraints: constraints.Constraint,
}
ROWS = {}
for row in all_rows():
    ROWS.setdefault(getattr(layers, row.name), []).append(row)

# Arguments without which an object cannot be created; rows have those of layers.
REQUIRED = {
    "input_shape": (3,),
    "boundaries": [1, 2],
    "decay_rate": 0.5,
    "decay_steps": 10,
    "first_decay_steps": 10,
    "fn": losses.hinge,
    "initial_learning_rate": 0.1,
    "max_learning_rate": 0.1,
    "normalizer": [1.0, 2.0],
    "num_classes": 3,
    "precision": 0.5,
    "recall": 0.5,
    "sensitivity": 0.5,
    "specificity": 0.5,
    "target_class_ids": [1],
    "total_steps": 10,
    "values": [1.0, 0.5, 0.25],
}
# Other values than the defaults, by name; booleans are negated and numbers halved or increased.
VALUES = {
    "average": "micro",
    "class_aggregation": "variance_weighted_average",
    "curve": "PR",
    "data_format": "channels_first",
    "distribution": "uniform",
    "dtype": "float64",
    "interpolation": "nearest",
    "mode": "fan_out",
    "name": "other",
    "padding": "same",
    "reduction": "sum",
    "summation_method": "majoring",
    "activation": "relu",
    "recurrent_activation": "relu",
    "target_class_ids": [0],
    "threshold": 0.25,
    "thresholds": 0.25,
}
OF_NONE = {
    "class_id": 1,
    "clipnorm": 1.0,
    "clipvalue": 1.0,
    "ema_overwrite_frequency": 3,
    "global_clipnorm": 1.0,
    "ignore_class": 1,
    "label_weights": [1.0, 2.0],
    "num_labels": 2,
    "seed": 3,
    "shape": (2,),
    "top_k": 2,
    "warmup_target": 1.0,
    "weight_decay": 0.1,
}
# Where a rule above does not fit: arguments that come with another one, and values.
TOGETHER = {
    ("AUC", "label_weights"): {"multi_label": True},
    ("AUC", "num_labels"): {"multi_label": True},
    ("Conv1DTranspose", "dilation_rate"): {"strides": 1},
    ("Conv3D", "dilation_rate"): {"strides": 1},
    ("Conv3DTranspose", "dilation_rate"): {"strides": 1},
    ("DepthwiseConv1D", "dilation_rate"): {"strides": 1},
    ("Discretization", "sparse"): {"output_mode": "one_hot"},
    ("Discretization", "num_bins"): {"bin_boundaries": None},
    ("Embedding", "sparse"): {"mask_zero": False},
    ("HashedCrossing", "sparse"): {"output_mode": "one_hot"},
    ("Hashing", "sparse"): {"output_mode": "one_hot"},
    ("IntegerLookup", "idf_weights"): {"vocabulary": [4, 5], "output_mode": "tf_idf"},
    ("IntegerLookup", "invert"): {"vocabulary": [4, 5], "output_mode": "int"},
    ("IntegerLookup", "pad_to_max_tokens"): {"max_tokens": 9},
    ("IntegerLookup", "sparse"): {"output_mode": "one_hot"},
    ("SeparableConv2D", "dilation_rate"): {"strides": 1},
    ("StringLookup", "idf_weights"): {"vocabulary": ["a", "b"], "output_mode": "tf_idf"},
    ("StringLookup", "pad_to_max_tokens"): {"max_tokens": 9},
    ("StringLookup", "sparse"): {"output_mode": "one_hot"},
    ("TextVectorization", "idf_weights"): {"vocabulary": ["a", "b"], "output_mode": "tf_idf"},
    ("TextVectorization", "sparse"): {"output_mode": "count"},
    ("TextVectorization", "pad_to_max_tokens"): {"max_tokens": 9, "output_mode": "count"},
}
INSTEAD = {
    ("AUC", "thresholds"): [0.25],
    ("AlphaDropout", "noise_shape"): (None, 1),
    ("Conv1DTranspose", "output_padding"): 1,
    ("Conv3DTranspose", "output_padding"): 1,
    ("Cropping1D", "cropping"): 2,
    ("Cropping3D", "cropping"): 2,
    ("Discretization", "num_bins"): 4,
    ("Bidirectional", "backward_layer"): layers.LSTM(2, go_backwards=True, return_sequences=True),
    ("InputLayer", "ragged"): True,
    ("InputLayer", "sparse"): True,
    ("IntegerLookup", "idf_weights"): [1.0, 2.0],
    ("IntegerLookup", "mask_token"): 0,
    ("IntegerLookup", "max_tokens"): 9,
    ("IntegerLookup", "vocabulary_dtype"): "int32",
    ("LocallyConnected1D", "data_format"): "channels_first",
    ("LocallyConnected2D", "data_format"): "channels_first",
    ("LossFunctionWrapper", "fn"): losses.mean_squared_error,
    ("MeanMetricWrapper", "fn"): losses.mean_squared_error,
    ("MeanRelativeError", "normalizer"): [3.0],
    ("OrthogonalRegularizer", "mode"): "columns",
    ("PiecewiseConstantDecay", "boundaries"): [3, 4],
    ("PiecewiseConstantDecay", "values"): [3.0, 2.0, 1.0],
    ("RandomZoom", "fill_mode"): "constant",
    ("StringLookup", "encoding"): "latin-1",
    ("StringLookup", "idf_weights"): [1.0, 2.0],
    ("StringLookup", "mask_token"): "",
    ("StringLookup", "max_tokens"): 9,
    ("StringLookup", "oov_token"): "?",
    ("TextVectorization", "encoding"): "latin-1",
    ("TextVectorization", "idf_weights"): [1.0, 2.0],
    ("TextVectorization", "max_tokens"): 9,
    ("Wrapper", "layer"): layers.Dense(2),
}
# What configs leave out, as those of Keras 2 do, and why.
LEFT_OUT = {
    ("BatchNormalization", "adjustment"): "a function",
    ("Bidirectional", "weights"): "values are stored with the weights",
    ("InputLayer", "batch_size"): "stored in batch_input_shape",
    ("InputLayer", "input_shape"): "stored in batch_input_shape",
    ("InputLayer", "input_tensor"): "a value",
    ("InputLayer", "type_spec"): "stored as batch_input_shape, dtype, sparse and ragged",
    ("Lambda", "mask"): "stored beside the function, tests/layers/core/test_lambda_layer.py",
    **{
        (cls.__name__, "jit_compile"): "True only where there is a GPU"
        for cls in vars(optimizers).values()
        if inspect.isclass(cls) and issubclass(cls, optimizers.Optimizer)
    },
}


def public_classes(module):
    """Each public class of a module once."""
    found = {}
    for cls in vars(module).values():
        if inspect.isclass(cls) and issubclass(cls, BASES[module]) and cls is not BASES[module]:
            found[cls] = None
    return sorted(found, key=lambda cls: cls.__name__)


def named_parameters(cls):
    kinds = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    parameters = list(inspect.signature(cls.__init__).parameters.values())[1:]
    return [parameter for parameter in parameters if parameter.kind in kinds]


CLASSES = [
    pytest.param(cls, id=f"{module.__name__[4:]}.{cls.__name__}")
    for module in BASES
    for cls in public_classes(module)
    if cls not in (layers.DenseFeatures, layers.TFSMLayer)  # made from columns and folders
]


def other_value(name, default):
    """A value that is not the default of an argument."""
    for ending, value in (
        ("_initializer", "he_normal"),
        ("_regularizer", "l1"),
        ("_constraint", "non_neg"),
    ):
        if name.endswith(ending):
            return value
    if isinstance(default, bool):
        return not default
    if name in VALUES and VALUES[name] != default:
        return VALUES[name]
    if default is None:
        return OF_NONE[name]
    if isinstance(default, int):
        return default + 1
    return default / 2 if default else 0.25


def arguments(cls, parameter):
    """Arguments for `__init__` without the one of `parameter`, and another value for that."""
    name, key = parameter.name, (cls.__name__, parameter.name)
    more = TOGETHER.get(key, {})
    if key not in INSTEAD:
        for row in ROWS.get(cls, ()):
            given = {**row.arguments(layers), **more}
            if name in given and given[name] not in (None, parameter.default):
                return given, given.pop(name)
    if cls in ROWS:
        given = ROWS[cls][0].arguments(layers)
    else:
        required = [p.name for p in named_parameters(cls) if p.default is p.empty]
        required += ["input_shape"] if cls is layers.InputLayer else []
        given = {each: REQUIRED[each] for each in required if each in REQUIRED}
    given.update(more)
    default = given.pop(name, parameter.default)
    return given, INSTEAD[key] if key in INSTEAD else other_value(name, default)


def make(cls, given):
    naming.reset_names()  # of layers inside of others
    return cls(**{key: fresh(value) for key, value in given.items()})


def fresh(value):
    return value.from_config(value.get_config()) if isinstance(value, layers.Layer) else value


def config_of(cls, given):
    return serialize_keras_object(make(cls, given).get_config())


def usual_value(cls, without, parameter):
    """What a config states where an argument is not given."""
    try:
        return config_of(cls, without).get(parameter.name, parameter.default)
    except ValueError:  # other arguments need this one
        return parameter.default


@pytest.mark.parametrize("cls", CLASSES)
@pytest.mark.filterwarnings("ignore:.*dilation_rate=.* has no effect, as in Keras 2")
def test_every_argument_is_in_the_config(cls):
    for parameter in named_parameters(cls):
        name = parameter.name
        if (cls.__name__, name) in LEFT_OUT:
            continue
        try:
            without, other = arguments(cls, parameter)
            given = {**without, name: other}
            config = config_of(cls, given)
        except Exception as error:
            raise AssertionError(f"{cls.__name__}({name}): the test lacks a value") from error
        assert name in config, f"{cls.__name__}({name}={other!r}) is not in {config}"
        if parameter.default is not parameter.empty:
            usual = usual_value(cls, without, parameter)
            assert config[name] != usual, f"{cls.__name__}({name}={other!r}) gives {usual!r}"
        again = cls.from_config(make(cls, given).get_config())
        assert serialize_keras_object(again.get_config()) == config


BEHIND_KWARGS = [
    (layers.Dense, {"units": 2}, {"trainable": False, "name": "other", "dtype": "float64"}),
    (layers.Dense, {"units": 2}, {"batch_input_shape": (3, 4)}),
    (layers.LSTM, {"units": 2}, {"seed": 3, "implementation": 1, "zero_output_for_mask": True}),
    (layers.ConvLSTM2D, {"filters": 2, "kernel_size": 3}, {"seed": 3}),
    (layers.SpatialDropout2D, {"rate": 0.5}, {"seed": 3}),
    (layers.RandomFlip, {}, {"name": "other", "dtype": "float64"}),
    (optimizers.SGD, {}, {"gradient_accumulation_steps": 4, "decay": 0.1}),
    (optimizers.Adam, {}, {"learning_rate_multipliers": {"dense/*": 0.5}}),
]


@pytest.mark.parametrize("cls, given, more", BEHIND_KWARGS)
def test_arguments_without_a_name_in_the_signature(cls, given, more):
    config = cls(**given, **more).get_config()
    assert {key: config[key] for key in more} == more
    assert cls.from_config(config).get_config() == config


def test_tables_name_arguments():
    known = {
        (cls.__name__, parameter.name)
        for module in BASES
        for cls in public_classes(module)
        for parameter in named_parameters(cls)
    }
    assert {*TOGETHER, *INSTEAD} <= known
    assert {key for key in LEFT_OUT if key[1] != "jit_compile"} <= known


SPECS = {
    "dtype": "int32",
    "shape": (None, 3),
    "ndim": 2,
    "max_ndim": 4,
    "min_ndim": 2,
    "axes": {-1: 3},
    "allow_last_axis_squeeze": True,
    "name": "query",
    "optional": True,
}


def test_input_specs():
    assert set(SPECS) == {parameter.name for parameter in named_parameters(InputSpec)}
    for name, value in SPECS.items():
        given = {"shape": (None, 3)} if name == "allow_last_axis_squeeze" else {}
        spec = InputSpec(**given, **{name: value})
        assert spec.get_config()[name] == value
        again = InputSpec.from_config(spec.get_config())
        assert again.get_config() == spec.get_config() and repr(again) == repr(spec)
