"""The public model functions: families with some of their arguments settled, and their
docstrings.
"""

import inspect

ARGUMENTS = {
    "model_name": "Name of the model.",
    "include_top": "Whether the model ends in the classifier; False gives the features of images.",
    "weights": (
        "`None` (random), `'imagenet'` (downloaded once into `~/.keras/models`) or the path of a"
        " file."
    ),
    "input_tensor": "Output of `Input` or of layers, to build the model on.",
    "input_shape": "Shape of one image; with the ImageNet classifier only its default.",
    "pooling": (
        "Without the classifier: `'avg'` or `'max'` over the image, `None` for the features as they"
        " are."
    ),
    "classes": "Number of classes of the classifier; 1000 for ImageNet weights.",
    "classifier_activation": (
        "Activation of the classifier; `None` gives logits. ImageNet weights: softmax or None."
    ),
    "include_preprocessing": "Whether the model scales its input, pixels in `[0, 255]`, itself.",
    "alpha": "Width: multiplies the number of filters of each layer.",
    "depth_multiplier": "Output channels for each input channel of a depthwise convolution.",
    "dropout": "Share of features that training drops before the classifier.",
    "dropout_rate": "Share of features that training drops before the classifier.",
    "drop_connect_rate": (
        "Share of the samples for which training skips the last block; less for those before."
    ),
    "depth_divisor": "The number of filters of each layer is a multiple of it.",
    "activation": "Activation of all blocks.",
    "blocks_args": "Table of the stages, a list of dicts; `'default'` for the published one.",
    "minimalistic": "Whether to leave out squeeze-and-excite, hard-swish and 5x5 windows.",
}


def documented(function):
    """Completes the docstring of a model function by what its arguments mean."""
    parameters = inspect.signature(function).parameters.values()
    arguments = "\n".join(
        f"    {p.name}: {ARGUMENTS[p.name]} Default: {p.default!r}." for p in parameters
    )
    text = inspect.cleandoc(function.__doc__)
    function.__doc__ = (
        f"{text}\n\nArgs:\n{arguments}\n\nReturns: A `Model`.\n\nRaises: ValueError for arguments"
        " that do not fit together, OSError if ImageNet weights cannot be had.\n\n>>> model ="
        f" {function.__name__}()  # doctest: +SKIP"
    )
    return function


def variant(module, name, family, **settings):
    """A public model function: the function of a family with some of its arguments settled.

    Args:
        module: `__name__` of the module that publishes it.
        name: Its name.
        family: Function that takes `settings` and arguments for users, those of `ARGUMENTS`. The
            braces in its docstring are filled from `settings`.
        **settings: One row of the family's table.
    """
    signature = inspect.signature(family)
    for_users = [
        p for p in signature.parameters.values() if p.name in ARGUMENTS and p.name not in settings
    ]
    # A name that users may choose is that of the published files unless they do.
    for_users = [
        p.replace(default=settings["key"]) if p.name == "model_name" else p for p in for_users
    ]
    public = signature.replace(parameters=for_users)

    def function(*args, **kwargs):
        try:
            given = public.bind(*args, **kwargs)
        except TypeError as error:
            raise TypeError(f"{name}: {error}. It takes {public}.") from None
        return family(**settings, **given.arguments)

    function.__name__ = function.__qualname__ = name
    function.__module__ = module
    function.__signature__ = public
    function.__doc__ = f"{name}: {inspect.cleandoc(family.__doc__).format(**settings)}"
    return documented(function)
