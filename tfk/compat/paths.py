"""Import paths of Keras 1 to 2.21, and the corresponding modules of tfk."""

import functools
import importlib.util
import re

# Where Keras is imported from, and which of its modules that is (`""` for the package itself).
ROOTS = {
    "keras": "",
    "tf_keras": "",
    "tensorflow.keras": "",
    "tensorflow.compat.v1.keras": "",
    "tensorflow.compat.v2.keras": "",
    "tensorflow.python.keras": "",
    "tensorflow.initializers": "initializers",
    "tensorflow.losses": "losses",
    "tensorflow.metrics": "metrics",
    "tensorflow.optimizers": "optimizers",
    "tensorflow.compat.v2.initializers": "initializers",
    "tensorflow.compat.v2.losses": "losses",
    "tensorflow.compat.v2.metrics": "metrics",
    "tensorflow.compat.v2.optimizers": "optimizers",
    "tensorflow.compat.v1.layers": "__internal__.legacy.layers",
    "tensorflow.compat.v1.nn.rnn_cell": "__internal__.legacy.rnn_cell",
    "keras_preprocessing": "preprocessing",
}

# The modules that Keras 2 publishes. Other modules of tfk are private.
PUBLISHED = frozenset(
    """
    activations applications applications.convnext applications.densenet applications.efficientnet
    applications.efficientnet_v2 applications.imagenet_utils applications.inception_resnet_v2
    applications.inception_v3 applications.mobilenet applications.mobilenet_v2
    applications.mobilenet_v3 applications.nasnet applications.regnet applications.resnet
    applications.resnet50 applications.resnet_rs applications.resnet_v2 applications.vgg16
    applications.vgg19 applications.xception backend backend.experimental callbacks
    callbacks.experimental constraints datasets datasets.boston_housing datasets.california_housing
    datasets.cifar10 datasets.cifar100 datasets.fashion_mnist datasets.imdb datasets.mnist
    datasets.reuters experimental export initializers layers layers.experimental losses metrics
    metrics.experimental mixed_precision models models.experimental optimizers
    optimizers.experimental optimizers.legacy optimizers.schedules preprocessing preprocessing.image
    preprocessing.sequence preprocessing.text regularizers saving utils utils.experimental
    utils.legacy wrappers wrappers.scikit_learn
    """.split()
)

# (folder, modules of tfk, files in that folder, who imports them). `.` is the folder itself. A
# module that starts with `tensorflow.` is TensorFlow's own.
_OLD_FILES = (
    (
        "layers",
        "layers",
        "activation advanced_activations attention convolutional_recurrent cudnn_recurrent"
        " dense_attention einsum_dense embeddings experimental experimental.preprocessing local"
        " locally_connected merging multi_head_attention noise normalization"
        " normalization.batch_normalization normalization.layer_normalization pooling preprocessing"
        " recurrent recurrent_v2 regularization reshaping rnn serialization wrappers"
        " activation.leaky_relu core.activation core.dense core.dropout core.embedding"
        " core.masking regularization.dropout reshaping.flatten rnn.gru rnn.lstm rnn.simple_rnn"
        " rnn.base_rnn rnn.bidirectional rnn.time_distributed",
        "programs of Keras 1 to 2.15",
    ),
    (
        "layers",
        "layers compat.old_files.convolutional",
        "convolutional convolutional.base_conv convolutional.conv2d convolutional.conv1d",
        "tf-keras-vis (Conv), keras-applications",
    ),
    ("layers", "layers compat.old_files.core", "core core.lambda_layer core.tf_op_layer", "qkeras"),
    (
        "layers",
        "layers compat.old_files.image_preprocessing",
        "preprocessing.image_preprocessing",
        "keras-cv-attention-models, keras-efficientnet-v2 (transform)",
    ),
    (
        "applications",
        "applications.imagenet_utils compat.old_files.imagenet_utils",
        "imagenet_utils",
        "larq-zoo (obtain_input_shape)",
    ),
    ("layers", "layers compat.old_files.merge", "merge", "efficientnet (_Merge)"),
    (
        "engine",
        "layers models utils compat.old_files.engine",
        ". base_layer functional input_layer input_spec network node sequential topology training",
        "tensorflow-model-optimization, adversarial-robustness-toolbox, visualkeras",
    ),
    ("engine", "compat.old_files.keras_tensor", "keras_tensor", "tensorflow-addons"),
    ("engine", "utils compat.old_files.data_adapter", "data_adapter", "tensorflow-recommenders"),
    ("engine", "compat.old_files.base_layer_utils", "base_layer_utils", "keras-bert, bert-for-tf2"),
    (
        "utils",
        "utils saving models",
        "data_utils io_utils np_utils test_utils vis_utils",
        "programs of Keras 1 to 2.15, keras-cv",
    ),
    ("utils", "utils preprocessing.image", "image_utils", "keras-cv (smart_resize)"),
    ("utils", "compat.old_files.conv_utils", "conv_utils", "qkeras, keras-applications"),
    ("utils", "compat.old_files.generic_utils utils saving", "generic_utils", "keras-contrib"),
    ("utils", "compat.old_files.layer_utils utils", "layer_utils", "keras-applications"),
    ("utils", "saving.legacy", "legacy", "transformers, tensorflow-model-optimization"),
    (
        "utils",
        "compat.old_files.tf_utils",
        "tf_utils control_flow_util",
        "tensorflow-addons, keras-cv",
    ),
    ("utils", "compat.old_files.losses_utils", "losses_utils", "tensorflow-addons, tf-models"),
    ("models", "models", "cloning experimental", "programs of Keras 2.10 and later"),
    (
        "optimizers.schedules",
        "optimizers.schedules",
        "learning_rate_schedule",
        "programs of Keras 2.10 and later",
    ),
    (
        "optimizer_v2",
        "optimizers.legacy compat.old_files.optimizer_v2",
        ". adadelta adagrad adam adamax ftrl gradient_descent nadam optimizer_v2 rmsprop",
        "keras-radam (OptimizerV2), keras-adabound",
    ),
    (
        "optimizers",
        "optimizers.legacy compat.old_files.optimizer_v2",
        "optimizer_v2 optimizer_v2.adam optimizer_v2.optimizer_v2",
        "tf-models",
    ),
    ("optimizers", "optimizers", "optimizer adam sgd", "programs of Keras 2.11 and later"),
    (
        "optimizer_v2.learning_rate_schedule",
        "optimizers.schedules",
        ".",
        "programs of Keras 2.1 to 2.9",
    ),
    (
        "initializers",
        "initializers",
        "initializers initializers_v1 initializers_v2",
        "programs of Keras 2.4 to 2.15",
    ),
    (
        "callbacks",
        "callbacks",
        "callbacks tensorboard_v1",
        "programs of Keras 2.3",
    ),
    ("backend", "backend compat.old_files.backend", ".", "shap, csbdeep, tf2onnx"),
    ("backend", "backend", "common tensorflow_backend", "keras-applications, segmentation-models"),
    ("backend_config", "config", ".", "keras-bert"),
    (
        "saving",
        "saving models",
        "legacy legacy.save legacy.saved_model model_config object_registration save saved_model"
        " saving_api saving_lib serialization_lib",
        "programs of Keras 2.3 to 2.15",
    ),
    (
        "saving",
        "compat.old_files.hdf5_format",
        "hdf5_format legacy.hdf5_format",
        "Mask R-CNN, keras-retinanet",
    ),
    ("saving", "saving.legacy saving", "legacy.serialization", "tensorflow-model-optimization"),
    ("saving", "compat.old_files.saving_utils", "saving_utils legacy.saving_utils", "tf2onnx"),
    (
        "saving",
        "compat.old_files.load_context",
        "saved_model.load_context legacy.saved_model.load_context",
        "tensorflow-hub",
    ),
    (
        "mixed_precision",
        "mixed_precision",
        "autocast_variable experimental loss_scale_optimizer policy",
        "programs of Keras 2.1 to 2.15",
    ),
    (
        "preprocessing",
        "preprocessing.image",
        "image.image_data_generator",
        "programs of keras_preprocessing",
    ),
    ("objectives", "losses", ".", "programs of Keras 1"),
    ("experimental", "optimizers.schedules utils", ".", "programs of Keras 2.2 to 2.21"),
    ("__internal__", "compat.old_files.internal", ".", "tensorflow-probability, tf-agents"),
    (
        "__internal__",
        "compat.old_files.internal",
        "backend layers losses models optimizers utils",
        "tensorflow-probability, tf-agents",
    ),
    ("__internal__.legacy", "compat.old_files.internal", ".", "tensorflow-probability"),
    (
        "__internal__.legacy",
        "tensorflow.python.layers.layers",
        "layers",
        "tensorflow-probability, tf.compat.v1.layers",
    ),
    (
        "__internal__.legacy",
        "tensorflow._api.v2.compat.v1.nn.rnn_cell",
        "rnn_cell",
        "tf.compat.v1.nn.rnn_cell",
    ),
)
OLD_PATHS = {
    f"{folder}.{file}".removesuffix(".."): modules.split()
    for folder, modules, files, users in _OLD_FILES
    for file in files.split()
}
OLD_NAMES = {
    "constraints.maxnorm": "max_norm",
    "constraints.nonneg": "non_neg",
    "constraints.unitnorm": "unit_norm",
    **{
        f"optimizers.{name.lower()}": name
        for name in ("SGD", "RMSprop", "Adagrad", "Adadelta", "Adam", "Adamax", "Nadam")
    },
}

_ROOT = re.compile(rf"({'|'.join(map(re.escape, ROOTS))})(?:\.|$)")
# Other ways to write `keras.`: folders that editors fill in, and that TensorFlow uses.
_PATH_PREFIX = re.compile(r"^(src|api(\._v[12](\.keras)?)?|_tf_keras(\.keras)?)(\.|$)")


def keras_path(fullname):
    """Return the path within Keras for the full name of a module (`""` for Keras itself), None for
    others.

    >>> keras_path("tensorflow.python.keras.layers.core"), keras_path("keras.src"), keras_path("re")
    ('layers.core', '', None)
    """
    match = _ROOT.match(fullname)
    if match is None:
        return None
    below = _PATH_PREFIX.sub("", fullname[match.end() :])
    return f"{ROOTS[match[1]]}.{below}".strip(".")


def answering_modules(path):
    """Return the full names of the modules that together answer for a path within Keras; () if
    unknown."""
    if path is None:
        return ()
    if not path:
        return ("tfk",)
    names = [f"tfk.{path}"] * (path in PUBLISHED) + [
        name if name.startswith("tensorflow.") else f"tfk.{name}"
        for name in OLD_PATHS.get(path, ())
    ]
    return tuple(name for name in dict.fromkeys(names) if _exists(name))


@functools.cache
def _exists(name):
    try:
        return importlib.util.find_spec(name) is not None
    except ModuleNotFoundError:  # no such parent
        return False
