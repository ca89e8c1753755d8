"""Public model functions: a family with some arguments fixed, and the docstring."""

import inspect

ARGUMENTS = {
    "model_name": "Name of the model.",
    "include_top": "Whether to include the classifier; False returns image features.",
    "weights": (
        "`None` (random), `'imagenet'` (downloaded once into `~/.keras/models`) or the path of a"
        " file."
    ),
    "input_tensor": "Symbolic tensor to use as the input of the model.",
    "input_shape": "Shape of one image; the ImageNet classifier only supports its default.",
    "pooling": (
        "Pooling without the classifier: `'avg'` or `'max'` over the image, `None` for the feature"
        " map."
    ),
    "classes": "Number of classes of the classifier; 1000 for ImageNet weights.",
    "classifier_activation": (
        "Activation of the classifier; `None` returns logits. With ImageNet weights: softmax or"
        " None."
    ),
    "include_preprocessing": "Whether the model includes the scaling of pixels in `[0, 255]`.",
    "alpha": "Width multiplier of the number of filters of each layer.",
    "depth_multiplier": "Output channels per input channel of a depthwise convolution.",
    "dropout": "Fraction of the features to drop before the classifier during training.",
    "dropout_rate": "Fraction of the features to drop before the classifier during training.",
    "drop_connect_rate": (
        "Fraction of the samples that skip the last block during training; less for earlier blocks."
    ),
    "depth_divisor": "The number of filters of each layer is a multiple of it.",
    "activation": "Activation of all blocks.",
    "blocks_args": "Stages as a list of dicts; `'default'` for the published ones.",
    "minimalistic": "Whether to leave out squeeze-and-excite, hard-swish and 5x5 windows.",
}


def documented(function):
    """Add the descriptions of the arguments to the docstring of a model function."""
    parameters = inspect.signature(function).parameters.values()
    arguments = "\n".join(
        f"    {p.name}: {ARGUMENTS[p.name]} Default: {p.default!r}." for p in parameters
    )
    text = inspect.cleandoc(function.__doc__)
    function.__doc__ = (
        f"{text}\n\nArgs:\n{arguments}\n\nReturns: A `Model`.\n\nRaises: ValueError for"
        " incompatible arguments, OSError if ImageNet weights are not available.\n\n>>> model ="
        f" {function.__name__}()  # doctest: +SKIP"
    )
    return function


def variant(module, name, family, **settings):
    """Return a public model function: the function of a family with some arguments fixed.

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
