"""`keras.saving.saving_utils`: the forward pass of a model as a function."""

import tensorflow as tf

from tfk.saving.signatures import input_specs


def model_input_signature(model, keep_original_batch_size=False):
    """Return the type specs of a model's inputs, as a list for
    `tf.function(input_signature=...)`."""
    specs = input_specs(model)
    if keep_original_batch_size:
        return [specs]
    return [tf.nest.map_structure(_any_batch, specs)]


def _any_batch(spec):
    shape = [None, *spec.shape[1:]] if spec.shape.rank else spec.shape
    return tf.TensorSpec(shape, spec.dtype, spec.name)


def trace_model_call(model, input_signature=None):
    """Return a `tf.function` of a model's forward pass; its results are a dict by output name."""
    if input_signature is None:
        input_signature = model_input_signature(model)

    @tf.function(input_signature=input_signature, autograph=False)
    def wrapped_model(*args):
        outputs = tf.nest.flatten(model(args[0] if len(args) == 1 else list(args), training=False))
        names = getattr(model, "output_names", None) or [
            f"output_{index + 1}" for index in range(len(outputs))
        ]
        return dict(zip(names, outputs))

    return wrapped_model
