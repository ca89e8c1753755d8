"""Messages for names of Keras that tfk does not have."""

from tfk.utils.suggestions import did_you_mean, nearest
from tfk.utils.tracebacks import hide_internal_frames

# What to use instead of what no longer exists.
HINTS = {
    "AtrousConvolution2D": "Conv2D(dilation_rate=...)",
    "CuDNNLSTM": "LSTM uses cuDNN automatically when it can",
    "CuDNNGRU": "GRU uses cuDNN automatically when it can",
    "Deconvolution2D": "Conv2DTranspose",
    "DenseFeatures": "FeatureSpace and the preprocessing layers prepare tables",
    "Graph": "Model(inputs, outputs)",
    "HDF5Matrix": "read the file with h5py, and pass arrays or a Sequence",
    "Merge": "Add, Concatenate, Multiply, Dot and the other layers that join tensors",
    "SequenceFeatures": "the preprocessing layers and Embedding prepare sequences",
    "TFOptimizer": "a subclass of Optimizer, or a custom training loop with tf.GradientTape",
    "TimeDistributedDense": "Dense, or TimeDistributed(Dense(...))",
    "WeightRegularizer": "l1, l2, l1_l2",
    "dtensor": "distribute with tf.distribute strategies",
    "estimator": "train the model with fit()",
    "image_dim_ordering": "image_data_format() says 'channels_last' or 'channels_first'",
    "l1l2": "l1_l2",
    "relu6": "layers.ReLU(6.0), or tf.nn.relu6",
    "set_image_dim_ordering": "set_image_data_format() takes 'channels_last' or 'channels_first'",
    "model_from_yaml": "reading YAML can run code; use model_from_json",
    "multi_gpu_model": "build the model under tf.distribute.MirroredStrategy().scope()",
    "ops": "that is Keras 3; use functions of TensorFlow",
}


def missing_name_message(parent, name, available):
    """Return the message for a name that tfk does not have.

    Args:
        parent: Module in which the name was looked up.
        name: The name.
        available: Names that the module has, for suggestions.
    """
    message = f"tfk has no {parent}.{name}"
    if name in HINTS:
        return f"{message}: {HINTS[name]}."
    close = nearest(name, available)
    return f"{message}. Did you mean {close}?" if close else f"{message}."


def missing_attribute(module):
    """Return a `__getattr__` for a module, whose error suggests the nearest public name."""

    @hide_internal_frames
    def __getattr__(name):
        message = f"module {module.__name__!r} has no attribute {name!r}"
        if name.startswith("_"):
            raise AttributeError(message)
        public = [known for known in vars(module) if not known.startswith("_")]
        hint = f"{HINTS[name]}." if name in HINTS else did_you_mean(name, public)
        raise AttributeError(f"{message}. {hint}".rstrip())

    return __getattr__
