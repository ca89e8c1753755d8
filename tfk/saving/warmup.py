"""The warm-up file of TF Serving: requests that a server runs before it accepts real ones."""

import os

import numpy as np
import tensorflow as tf

from tfk.utils.protobuf_wire import message

PATH = os.path.join("assets.extra", "tf_serving_warmup_requests")


def write_warmup(
    folder, inputs, signature=tf.saved_model.DEFAULT_SERVING_SIGNATURE_DEF_KEY, model_name="default"
):
    """Write one request for `inputs`, a dict from input name to array, into a SavedModel's folder.

    The file is a TFRecord of `PredictionLog` messages
    (tensorflow_serving/apis/prediction_log.proto).
    """
    entries = [
        (2, message([(1, name), (2, tf.make_tensor_proto(np.asarray(value)).SerializeToString())]))
        for name, value in inputs.items()
    ]
    request = message([(1, message([(1, model_name), (3, signature)])), *entries])
    log = message([(6, message([(1, request)]))])
    path = os.path.join(folder, PATH)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with tf.io.TFRecordWriter(path) as writer:
        writer.write(log)
