"""Messages for names of Keras that tfk does not have."""

import difflib

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
    """The message for a name that tfk does not have.

    Args:
        parent: Module in which the name was looked up.
        name: The name.
        available: Names that the module has, for suggestions.
    """
    message = f"tfk has no {parent}.{name}"
    if name in HINTS:
        return f"{message}: {HINTS[name]}."
    close = difflib.get_close_matches(name, available, n=1)
    return f"{message}. Did you mean {close[0]}?" if close else f"{message}."
