"""`install()`: programs that import Keras 2 get tfk instead, in this process and without a change
to them.

An import hook answers for the names in `ROOTS` with views: modules that hold nothing themselves and
look every name up in tfk. Installed packages are not touched, and `uninstall()` puts everything
back.
"""

import difflib
import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import re
import sys
import types

from tfk.saving.json_format import KERAS_VERSION

# Where Keras is imported from, and which part of tfk stands for it.
ROOTS = {
    "keras": "",
    "tf_keras": "",
    "tensorflow.keras": "",
    "tensorflow.python.keras": "",
    "tensorflow.initializers": "initializers",
    "tensorflow.losses": "losses",
    "tensorflow.metrics": "metrics",
    "tensorflow.optimizers": "optimizers",
    "keras_preprocessing": "preprocessing",
}

# The modules that Keras 2 publishes. Other modules of tfk are its own business.
PUBLISHED = frozenset(
    """
    activations applications applications.convnext applications.densenet applications.efficientnet
    applications.efficientnet_v2 applications.imagenet_utils applications.inception_resnet_v2
    applications.inception_v3 applications.mobilenet applications.mobilenet_v2 applications.mobilenet_v3
    applications.nasnet applications.regnet applications.resnet applications.resnet50 applications.resnet_rs
    applications.resnet_v2 applications.vgg16 applications.vgg19 applications.xception
    backend backend.experimental callbacks callbacks.experimental constraints
    datasets datasets.boston_housing datasets.california_housing datasets.cifar10 datasets.cifar100
    datasets.fashion_mnist datasets.imdb datasets.mnist datasets.reuters
    experimental export initializers layers layers.experimental losses metrics metrics.experimental
    mixed_precision models models.experimental
    optimizers optimizers.experimental optimizers.legacy optimizers.schedules
    preprocessing preprocessing.image preprocessing.sequence preprocessing.text
    regularizers saving utils utils.experimental utils.legacy wrappers wrappers.scikit_learn
    """.split()
)

# Paths of older versions, kept in many programs: the published modules that have their names, by
# the files that were below `folder` in Keras 1 to 2.
_OLD_FILES = (
    (
        "layers",
        "layers",
        (
            "activation advanced_activations attention convolutional convolutional_recurrent core"
            " cudnn_recurrent dense_attention einsum_dense embeddings experimental"
            " experimental.preprocessing local locally_connected merge merging multi_head_attention"
            " noise normalization normalization.batch_normalization"
            " normalization.layer_normalization pooling preprocessing recurrent recurrent_v2"
            " regularization reshaping rnn serialization wrappers"
        ),
    ),
    (
        "engine",
        "layers models utils",
        ". base_layer functional input_layer input_spec network sequential topology training",
    ),
    (
        "utils",
        "utils saving models",
        (
            "conv_utils data_utils generic_utils image_utils io_utils layer_utils legacy np_utils"
            " test_utils tf_utils vis_utils"
        ),
    ),
    ("models", "models", "cloning experimental"),
    ("optimizers.schedules", "optimizers.schedules", "learning_rate_schedule"),
    ("optimizer_v2", "optimizers", ". adam gradient_descent nadam rmsprop"),
    ("optimizer_v2.learning_rate_schedule", "optimizers.schedules", "."),
    ("initializers", "initializers", "initializers_v1 initializers_v2"),
    ("callbacks", "callbacks", "callbacks tensorboard_v1"),
    ("backend", "backend", "tensorflow_backend"),
    (
        "saving",
        "saving models",
        "hdf5_format model_config object_registration save saving_api saving_lib",
    ),
    ("mixed_precision", "mixed_precision", "experimental loss_scale_optimizer policy"),
    ("preprocessing", "preprocessing.image", "image.image_data_generator"),
    ("objectives", "losses", "."),
    ("experimental", "optimizers.schedules utils", "."),
)
OLD_PATHS = {
    f"{folder}.{file}".removesuffix(".."): places.split()
    for folder, places, files in _OLD_FILES
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

# What to use instead of what there is no more.
HINTS = {
    "AtrousConvolution2D": "Conv2D(dilation_rate=...)",
    "CuDNNLSTM": "LSTM uses cuDNN by itself where it can",
    "CuDNNGRU": "GRU uses cuDNN by itself where it can",
    "Deconvolution2D": "Conv2DTranspose",
    "DenseFeatures": "FeatureSpace and the preprocessing layers prepare tables",
    "Graph": "Model(inputs, outputs)",
    "HDF5Matrix": "read the file with h5py, and pass arrays or a Sequence",
    "LinearModel": "Sequential([Dense(1)])",
    "Merge": "Add, Concatenate, Multiply, Dot and the other layers that join tensors",
    "SyncBatchNormalization": "BatchNormalization(synchronized=True)",
    "TFOptimizer": "a subclass of Optimizer, or a training loop of your own with tf.GradientTape",
    "TimeDistributedDense": "Dense, or TimeDistributed(Dense(...))",
    "WideDeepModel": "Model(inputs, outputs) with Add",
    "WeightRegularizer": "l1, l2, l1_l2",
    "data_adapter": "keras.utils.unpack_x_y_sample_weight",
    "estimator": "train the model with fit()",
    "image_dim_ordering": "image_data_format() says 'channels_last' or 'channels_first'",
    "get_session": "TensorFlow 2 needs no session",
    "l1l2": "l1_l2",
    "manual_variable_initialization": "variables have their values when they are made",
    "relu6": "layers.ReLU(6.0), or tf.nn.relu6",
    "set_learning_phase": "pass training=True or False when you call a model or layer",
    "set_session": "TensorFlow 2 needs no session; GPU memory is set up by tf.config",
    "set_image_dim_ordering": "set_image_data_format() takes 'channels_last' or 'channels_first'",
    "model_from_yaml": "reading YAML can run code; use model_from_json",
    "multi_gpu_model": "build the model under tf.distribute.MirroredStrategy().scope()",
    "ops": "that is Keras 3; use functions of TensorFlow",
}
# Other ways to write `keras.`: folders that editors fill in, and that TensorFlow uses.
_DETOUR = re.compile(r"^(src|api(\._v[12](\.keras)?)?|_tf_keras(\.keras)?)(\.|$)")
_MISSING = object()
# What `install` has put aside: modules, and attributes of TensorFlow's modules.
_put_aside = {}


def install():
    """Makes Keras 2 imports of this process resolve to tfk.

    `import keras`, `from keras.layers.core import Dense`, `from tensorflow import keras`,
    `import tensorflow.keras.backend as K`, `tf.keras.Model`, `import tf_keras`: all give tfk, also
    in modules that the program imports. What tfk does not have raises an ImportError or
    AttributeError that names it. Names that were imported before the call stay what they were, so
    call it first. Calling it again changes nothing.

    >>> import tfk
    >>> tfk.install()
    >>> from tensorflow.keras.layers import Dense
    >>> Dense is tfk.layers.Dense
    True
    >>> tfk.uninstall()
    """
    if _FINDER in sys.meta_path:
        return
    modules = {name: module for name, module in sys.modules.items() if _place_of(name) is not None}
    for name in modules:
        del sys.modules[name]
    attributes = {}
    sys.meta_path.insert(0, _FINDER)
    for root in ROOTS:
        parent, _, name = root.rpartition(".")
        if parent:
            # `from tensorflow import keras` reads the attribute and imports nothing.
            owner = importlib.import_module(parent)
            attributes[owner, name] = vars(owner).get(name, _MISSING)
            setattr(owner, name, importlib.import_module(root))
    _put_aside.update(modules=modules, attributes=attributes)


def uninstall():
    """Undoes `install()`; without one before, changes nothing."""
    if _FINDER not in sys.meta_path:
        return
    sys.meta_path.remove(_FINDER)
    for name in [name for name, module in sys.modules.items() if isinstance(module, _View)]:
        del sys.modules[name]
    sys.modules.update(_put_aside["modules"])
    for (owner, name), value in _put_aside["attributes"].items():
        if value is _MISSING:
            delattr(owner, name)
        else:
            setattr(owner, name, value)
    _put_aside.clear()


def _place_of(name):
    """Path within tfk for the full name of a Keras module (`""` for all of it), None for other
    modules.
    """
    for root, place in ROOTS.items():
        if name == root or name.startswith(f"{root}."):
            below = _DETOUR.sub("", name[len(root) + 1 :])
            return f"{place}.{below}".strip(".")
    return None


def _paths_of(place):
    """The modules of tfk, by their paths within it, that have the names of a path; none when it is
    unknown.
    """
    if not place:
        return ("",)
    candidates = [place] * (place in PUBLISHED) + OLD_PATHS.get(place, [])
    return tuple(path for path in candidates if _exists(path))


def _exists(path):
    try:
        return importlib.util.find_spec(f"tfk.{path}") is not None
    except ModuleNotFoundError:  # for want of a parent
        return False


class _View(types.ModuleType):
    """A module under one of Keras's names; every attribute is looked up in tfk when it is asked
    for.
    """

    def __getattr__(self, name):
        if name == "__all__":
            return [public for public in dir(self) if public[0] != "_"]
        if name == "__file__":
            return sys.modules["tfk"].__file__
        if name[:2] != "__":
            if _paths_of(_place_of(f"{self.__name__}.{name}")):
                return importlib.import_module(f"{self.__name__}.{name}")
            for path, module in self._sources.items():
                value = getattr(module, OLD_NAMES.get(f"{path}.{name}", name), _MISSING)
                if value is not _MISSING and not isinstance(value, types.ModuleType):
                    return value
        raise AttributeError(_lacking(self.__name__, name), name=name, obj=self)

    def __dir__(self):
        names = set(vars(self))
        for module in self._sources.values():
            names |= {
                n for n, value in vars(module).items() if not isinstance(value, types.ModuleType)
            }
        place = _place_of(self.__name__)
        below = (path for path in PUBLISHED if path.rpartition(".")[0] == place)
        return sorted(names | {path.rpartition(".")[2] for path in below if _exists(path)})


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds and loads the views."""

    def find_spec(self, fullname, path=None, target=None):
        place = _place_of(fullname)
        if place is None:
            return None
        if not _paths_of(place):
            # An import error that carries no name is not swallowed by `from keras.layers import
            # Missing`.
            raise ModuleNotFoundError(_lacking(*fullname.rsplit(".", 1)))
        return importlib.machinery.ModuleSpec(fullname, self, is_package=True)

    def create_module(self, spec):
        view = _View(spec.name, f"tfk under the name {spec.name}; see `tfk.install`.")
        place = _place_of(spec.name)
        view._sources = {
            path: importlib.import_module(f"tfk.{path}".strip(".")) for path in _paths_of(place)
        }
        if not place:
            view.__version__ = KERAS_VERSION
        return view

    def exec_module(self, module):
        """Nothing to run: a view is complete when it is made."""


_FINDER = _Finder()


def _lacking(parent, name):
    """The message for a name that tfk does not have."""
    message = f"tfk has no {parent}.{name}"
    if name in HINTS:
        return f"{message}: {HINTS[name]}."
    close = difflib.get_close_matches(name, dir(sys.modules.get(parent)), n=1)
    return f"{message}. Did you mean {close[0]}?" if close else f"{message}."
