"""What `evaluate` returns before a model is saved, after it is loaded, and in tf_keras: all
built-in losses and metrics, by name and by object, for every form of targets.
"""

import dataclasses
import warnings

import numpy as np
import pytest

import tfk
from tfk.utils.hints import TrainingHint

tf_keras = pytest.importorskip("tf_keras")
# Some losses do not go with some targets; both libraries have to say the same of them.
pytestmark = pytest.mark.filterwarnings("ignore:.*has a single class")

ROWS, FEATURES, STEPS = 12, 5, 4
EXTENSIONS = (".keras", ".h5", "")
RNG = np.random.default_rng(5)
X = RNG.normal(size=(ROWS, FEATURES)).astype("float32")
SEQUENCES = RNG.normal(size=(ROWS, STEPS, FEATURES)).astype("float32")
WEIGHTS = RNG.uniform(0.2, 2.0, ROWS).astype("float32")


@dataclasses.dataclass
class Form:
    """A form of targets: the last layer that goes with it and the targets."""

    units: int
    activation: str
    y: np.ndarray
    is_sparse: bool = False
    is_sequence: bool = False
    is_binary: bool = False  # targets are 0 and 1


def classes(*shape):
    return RNG.integers(0, 3, shape)


def zeros_and_ones(*shape):
    return RNG.integers(0, 2, shape).astype("float32")


def one_hot(ids):
    return np.eye(3, dtype="float32")[ids]


FORMS = {
    "binary": Form(1, "sigmoid", zeros_and_ones(ROWS, 1), is_binary=True),
    "binary, no column": Form(1, "sigmoid", zeros_and_ones(ROWS), is_binary=True),
    "labels": Form(3, "sigmoid", zeros_and_ones(ROWS, 3), is_binary=True),
    "one-hot": Form(3, "softmax", one_hot(classes(ROWS)), is_binary=True),
    "class ids": Form(3, "softmax", classes(ROWS), is_sparse=True),
    "class ids, one column": Form(3, "softmax", classes(ROWS, 1), is_sparse=True),
    "number": Form(1, "linear", RNG.normal(size=(ROWS, 1)).astype("float32")),
    "numbers": Form(3, "softplus", RNG.uniform(0.1, 2.0, (ROWS, 3)).astype("float32")),
    "sequence of class ids": Form(
        3, "softmax", classes(ROWS, STEPS), is_sparse=True, is_sequence=True
    ),
    "sequence of one-hot": Form(
        3, "softmax", one_hot(classes(ROWS, STEPS)), is_sequence=True, is_binary=True
    ),
}

SPARSE_LOSSES = {"sparse_categorical_crossentropy": "SparseCategoricalCrossentropy"}
PROBABILITY_LOSSES = {
    "binary_crossentropy": "BinaryCrossentropy",
    "binary_focal_crossentropy": "BinaryFocalCrossentropy",
    "categorical_crossentropy": "CategoricalCrossentropy",
    "categorical_focal_crossentropy": "CategoricalFocalCrossentropy",
}
DENSE_LOSSES = {
    "categorical_hinge": "CategoricalHinge",
    "cosine_similarity": "CosineSimilarity",
    "hinge": "Hinge",
    "huber": "Huber",
    "kl_divergence": "KLDivergence",
    "log_cosh": "LogCosh",
    "mean_absolute_error": "MeanAbsoluteError",
    "mean_absolute_percentage_error": "MeanAbsolutePercentageError",
    "mean_squared_error": "MeanSquaredError",
    "mean_squared_logarithmic_error": "MeanSquaredLogarithmicError",
    "poisson": "Poisson",
    "squared_hinge": "SquaredHinge",
}


def losses_of(form):
    """Names of functions and of classes of the losses for a form of targets."""
    if form.is_sparse:
        return SPARSE_LOSSES
    return {**DENSE_LOSSES, **PROBABILITY_LOSSES} if form.is_binary else DENSE_LOSSES


# Metrics by the names of functions and of classes: of class ids, and of targets like the outputs.
SPARSE_NAMES = (
    "accuracy acc crossentropy ce sparse_categorical_accuracy sparse_categorical_crossentropy"
    " sparse_top_k_categorical_accuracy"
).split()
DENSE_NAMES = (
    "accuracy acc crossentropy ce binary_accuracy categorical_accuracy top_k_categorical_accuracy"
    " binary_crossentropy categorical_crossentropy categorical_hinge cosine_similarity hinge"
    " cosine_proximity kullback_leibler_divergence log_cosh logcosh mae MAE mape MAPE"
    " mean_absolute_error mse MSE mean_squared_error msle MSLE poisson squared_hinge"
).split()
SPARSE_CLASSES = (
    "SparseCategoricalAccuracy SparseCategoricalCrossentropy SparseTopKCategoricalAccuracy"
).split()
DENSE_CLASSES = (
    "Accuracy BinaryAccuracy BinaryCrossentropy CategoricalAccuracy CategoricalCrossentropy"
    " CategoricalHinge CosineSimilarity Hinge KLDivergence LogCoshError MeanAbsoluteError"
    " MeanAbsolutePercentageError MeanSquaredError MeanSquaredLogarithmicError Poisson"
    " RootMeanSquaredError SquaredHinge TopKCategoricalAccuracy"
).split()
# Metrics of labels 0 and 1 and scores in [0, 1].
BINARY_CLASSES = {
    "AUC": {},
    "BinaryIoU": {},
    "FalseNegatives": {},
    "FalsePositives": {"thresholds": [0.3, 0.7]},
    "Precision": {},
    "PrecisionAtRecall": {"recall": 0.5},
    "Recall": {"thresholds": 0.4},
    "RecallAtPrecision": {"precision": 0.5},
    "SensitivityAtSpecificity": {"specificity": 0.5},
    "SpecificityAtSensitivity": {"sensitivity": 0.5},
    "TrueNegatives": {},
    "TruePositives": {},
}
# Such metrics that need no arguments: the names of their classes will do.
BINARY_NAMES = (
    "AUC BinaryIoU FalseNegatives FalsePositives Precision Recall TrueNegatives TruePositives"
).split()
# Metrics of targets and outputs of two axes, then of such that are labels.
MATRIX_CLASSES = {"R2Score": {}}
LABEL_CLASSES = {
    "AUC": {"multi_label": True},
    "F1Score": {"average": "macro", "threshold": 0.5},
    "FBetaScore": {"average": "micro", "beta": 2.0},
}
SPARSE_IOU = {
    "IoU": {"num_classes": 3, "target_class_ids": [1], "sparse_y_pred": False},
    "MeanIoU": {"num_classes": 3, "sparse_y_pred": False},
}
ONE_HOT_IOU = {
    "OneHotIoU": {"num_classes": 3, "target_class_ids": [0, 2]},
    "OneHotMeanIoU": {"num_classes": 3},
}
ARGUMENTS = {
    "SparseTopKCategoricalAccuracy": {"k": 2},
    "TopKCategoricalAccuracy": {"k": 2},
    "SparseCategoricalCrossentropy": {"axis": -1},
    "CosineSimilarity": {"axis": -1},
}


def metric_functions(keras, form):
    """Functions and objects of losses, which `compile` takes as metrics as well."""
    names = SPARSE_LOSSES if form.is_sparse else DENSE_LOSSES
    functions = [getattr(keras.losses, name) for name in names]
    wrapped = [keras.metrics.MeanMetricWrapper(f, name=f"of_{f.__name__}") for f in functions]
    return [*functions, *wrapped]


def metrics_of(keras, form, by):
    """The metrics for a form of targets: names, functions, or objects of the classes."""
    if by.startswith("few"):
        return ["accuracy", "crossentropy"]
    if by == "name":
        return SPARSE_NAMES if form.is_sparse else DENSE_NAMES
    if by == "class name":
        dense = DENSE_CLASSES + BINARY_NAMES * form.is_binary
        return SPARSE_CLASSES if form.is_sparse else dense
    if by == "function":
        return metric_functions(keras, form)
    classes = {name: ARGUMENTS.get(name, {}) for name in SPARSE_CLASSES}
    if not form.is_sparse:
        classes = {name: ARGUMENTS.get(name, {}) for name in DENSE_CLASSES}
        if form.is_binary:
            classes |= BINARY_CLASSES
        if form.y.ndim == 2:
            classes |= MATRIX_CLASSES
        if form.y.ndim == 2 and form.is_binary:
            classes |= LABEL_CLASSES
    if form.units == 3:
        classes |= SPARSE_IOU if form.is_sparse else ONE_HOT_IOU if form.is_binary else {}
    if form.units == 3 and not form.is_sparse:
        classes |= {"MeanRelativeError": {"normalizer": [1.0, 2.0, 0.0]}}
    return [
        getattr(keras.metrics, name)(name=f"the_{name.lower()}", **arguments)
        for name, arguments in classes.items()
    ]


OUTPUTS = {"one": lambda value: value, "list": list, "dict": lambda pair: dict(zip(NAMES, pair))}
NAMES = ("out_0", "out_1")


def by_output(outputs, value):
    """The value for one output, or for each of two in a list or dict."""
    return value if outputs == "one" else OUTPUTS[outputs]([value, value])


def build(keras, form, outputs):
    """A model of one output, or of a list or dict of two, with fixed weights."""
    x = keras.Input((STEPS, FEATURES) if form.is_sequence else (FEATURES,))
    layers = [keras.layers.Dense(form.units, form.activation, name=name) for name in NAMES]
    results = layers[0](x) if outputs == "one" else [layer(x) for layer in layers]
    model = keras.Model(x, OUTPUTS[outputs](results))
    generator = np.random.default_rng(1)
    model.set_weights([generator.normal(size=w.shape) * 0.5 for w in model.get_weights()])
    return model


def compile_like(model, keras, form, loss, by, outputs):
    """Compiles with all metrics that go with the form, the losses by name or as objects."""
    one = outputs == "one"
    if "function" in by:
        loss = getattr(keras.losses, loss)
    elif "object" in by:
        loss = getattr(keras.losses, losses_of(form)[loss])()
    metrics = [metrics_of(keras, form, by) for _ in NAMES]
    model.compile(
        "sgd",
        by_output(outputs, loss),
        metrics=metrics[0] if one else OUTPUTS[outputs](metrics),
        weighted_metrics=by_output(outputs, ["accuracy"]),
        loss_weights=None if one else OUTPUTS[outputs]([2.0, 1.0]),
    )


def scores(model, form, outputs, weights):
    """Results of `evaluate` by name."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TrainingHint)
        return model.evaluate(
            SEQUENCES if form.is_sequence else X,
            by_output(outputs, form.y),
            batch_size=5,
            sample_weight=WEIGHTS if weights else None,
            verbose=0,
            return_dict=True,
        )


def assert_same(found, expected, **tolerances):
    assert list(found) == list(expected)
    for name, value in expected.items():
        np.testing.assert_allclose(found[name], value, err_msg=name, **tolerances)


def check(form_name, loss, by, outputs, folder, extensions=EXTENSIONS):
    """Compares with tf_keras, and with what is loaded, the saved model having run or not."""
    form = FORMS[form_name]

    def create(keras):
        keras.backend.reset_uids()  # the names of metrics are those of a fresh process
        model = build(keras, form, outputs)
        compile_like(model, keras, form, loss, by, outputs)
        model.run_eagerly = True  # a trace of dozens of metrics takes long
        return model

    ours, theirs, fresh = create(tfk), create(tf_keras), create(tfk)
    for weights in (False, True):
        before = scores(ours, form, outputs, weights)
        assert_same(before, scores(theirs, form, outputs, weights), rtol=2e-4, atol=1e-5)
    for number, extension in enumerate(extensions):
        for state, model in (("fresh", fresh), ("evaluated", ours)):
            path = str(folder / f"{state}_{number}{extension}")
            model.save(path)
            loaded = tfk.models.load_model(path)
            loaded.run_eagerly = True
            assert_same(scores(loaded, form, outputs, True), before, rtol=1e-6)


FORM_NAMES = list(FORMS)


@pytest.mark.parametrize("number", range(len(FORMS)))
def test_one_loss_for_each_form_of_targets(number, tmp_path):
    form = FORM_NAMES[number]
    losses = list(losses_of(FORMS[form]))
    extension = EXTENSIONS[number % len(EXTENSIONS)]
    loss, by = losses[number % len(losses)], ("name", "object")[number % 2]
    check(form, loss, by, list(OUTPUTS)[number // 2 % 3], tmp_path, [extension])


@pytest.mark.conformance
@pytest.mark.parametrize("outputs", OUTPUTS)
@pytest.mark.parametrize("by", ["name", "class name", "function", "object"])
@pytest.mark.parametrize("form", FORMS)
def test_all_metrics(form, by, outputs, tmp_path):
    check(form, list(losses_of(FORMS[form]))[0], by, outputs, tmp_path)
    tf_keras.backend.clear_session()


@pytest.mark.conformance
@pytest.mark.parametrize(
    ("outputs", "by"),
    [("one", "few"), ("list", "few, loss object"), ("dict", "few, loss function")],
)
@pytest.mark.parametrize(
    ("form", "loss"), [(form, loss) for form in FORMS for loss in losses_of(FORMS[form])]
)
def test_all_losses(form, loss, by, outputs, tmp_path):
    check(form, loss, by, outputs, tmp_path)
    tf_keras.backend.clear_session()


LOSS_NAMES = {
    "BinaryCrossentropy": "labels",
    "BinaryFocalCrossentropy": "labels",
    "CategoricalFocalCrossentropy": "one-hot",
    "CosineSimilarity": "numbers",
    "Huber": "numbers",
    "KLD": "one-hot",
    "KLDivergence": "one-hot",
    "LogCosh": "number",
    "MAE": "numbers",
    "MAPE": "numbers",
    "MSE": "number",
    "MSLE": "numbers",
    "MeanSquaredError": "numbers",
    "SparseCategoricalCrossentropy": "class ids",
    "bce": "binary",
    "huber_loss": "number",
    "kld": "one-hot",
    "kullback_leibler_divergence": "one-hot",
    "logcosh": "numbers",
    "mae": "number",
    "mape": "number",
    "mse": "labels",
    "msle": "number",
}


@pytest.mark.conformance
@pytest.mark.parametrize(("loss", "form"), LOSS_NAMES.items())
def test_other_names_of_losses(loss, form, tmp_path):
    check(form, loss, "few", "one", tmp_path)


@pytest.mark.conformance
@pytest.mark.parametrize("form", ["binary", "class ids", "one-hot"])
def test_class_weights(form, tmp_path):
    settings = {"class_weight": {0: 0.5, 1: 2.0, 2: 3.0}, "batch_size": 5, "verbose": 0}
    ours, theirs = build(tfk, FORMS[form], "one"), build(tf_keras, FORMS[form], "one")
    for keras, model in ((tfk, ours), (tf_keras, theirs)):
        compile_like(model, keras, FORMS[form], list(losses_of(FORMS[form]))[-1], "few", "one")
    paths = [tmp_path / f"model{extension}" for extension in EXTENSIONS]
    for path in paths:
        ours.save(path)
    expected = theirs.fit(X, FORMS[form].y, shuffle=False, **settings).history
    for model in (ours, *map(tfk.models.load_model, paths)):
        history = model.fit(X, FORMS[form].y, shuffle=False, **settings).history
        assert_same(history, expected, rtol=2e-4, atol=1e-5)
