"""Spellings of Keras 1 and TensorFlow 1 that Keras 2 rejects, and their replacements."""

# Keyword arguments.
ARGUMENTS = {
    "W_constraint": "kernel_constraint",
    "W_regularizer": "kernel_regularizer",
    "U_constraint": "recurrent_constraint",
    "U_regularizer": "recurrent_regularizer",
    "atrous_rate": "dilation_rate",
    "b_constraint": "bias_constraint",
    "b_regularizer": "bias_regularizer",
    "bias": "use_bias",
    "border_mode": "padding",
    "concat_axis": "axis",
    "consume_less": "implementation",
    "dim_ordering": 'data_format="channels_last" or "channels_first"',
    "dropout_U": "recurrent_dropout",
    "dropout_W": "dropout",
    "filter_length": "kernel_size",
    "init": "kernel_initializer",
    "inner_activation": "recurrent_activation",
    "inner_init": "recurrent_initializer",
    "input": "inputs",
    "max_q_size": "max_queue_size",
    "nb_classes": "num_classes",
    "nb_col": "kernel_size=(rows, columns)",
    "nb_epoch": "epochs",
    "nb_filter": "filters",
    "nb_row": "kernel_size=(rows, columns)",
    "nb_val_samples": "validation_steps, counted in batches",
    "nb_words": "num_words",
    "nb_worker": "workers",
    "output": "outputs",
    "output_dim": "units",
    "p": "rate",
    "pickle_safe": "use_multiprocessing",
    "pool_length": "pool_size",
    "samples_per_epoch": "steps_per_epoch, counted in batches",
    "show_accuracy": 'metrics=["accuracy"] of compile',
    "sigma": "stddev",
    "stride": "strides",
    "subsample": "strides",
    "subsample_length": "strides",
    "val_samples": "steps, counted in batches",
}
# Methods and functions.
NAMES = {
    "ConfigProto": "tf.config, such as tf.config.experimental.set_memory_growth(gpu, True)",
    "InteractiveSession": "nothing: TensorFlow 2 needs no session",
    "Session": "nothing: TensorFlow 2 needs no session",
    "_make_predict_function": "nothing: predict() can be called from any thread",
    "get_default_graph": "nothing: TensorFlow 2 keeps no default graph",
    "get_updates": "apply_gradients(), or minimize()",
    "global_variables_initializer": "nothing: variables have their values when they are made",
    "placeholder": "keras.Input() in a model, arguments of a tf.function elsewhere",
    "predict_classes": (
        "np.argmax(model.predict(x), axis=-1), or (model.predict(x) > 0.5) after a sigmoid"
    ),
    "predict_proba": "predict()",
    "set_random_seed": "tf.random.set_seed(), or keras.utils.set_random_seed()",
}


def advice(arguments=(), names=()):
    """What to write instead of old spellings.

    Args:
        arguments: Names of rejected keyword arguments. Defaults to `()`.
        names: Names that were not found. Defaults to `()`.

    Returns:
        A sentence for each that is known, joined by spaces; an empty string for none.
    >>> advice(["nb_epoch", "verbose"])
    'Instead of nb_epoch write epochs.'
    """
    known = [(name, ARGUMENTS[name]) for name in arguments if name in ARGUMENTS]
    known += [(name, NAMES[name]) for name in names if name in NAMES]
    return " ".join(f"Instead of {old} write {new}." for old, new in known)
