"""Preprocessing layers; those that learn from data are adapted in tests of their own."""

from tests.conformance.row import Row

IMAGES = (2, 7, 8, 3)
UNKNOWN = (1, 2)


def words(random, shape):
    return random.choice(["ant", "bee", "cow", "dog"], shape)


def texts(random, shape):
    return random.choice(["an ant, a Bee", "the cow!", "Bee bee ant"], shape)


def integers(name, shape=(4, 3), values=("integers", 0, 5), **kwargs):
    """A layer that gives integers: nothing to train, no half precision."""
    options = {key: kwargs.pop(key) for key in ("label", "unknown", "positional") if key in kwargs}
    return Row(name, shape, kwargs, values=values, half=None, fit=False, gradients=False, **options)


def rows_out(name, shape=(4, 3), values=("integers", 0, 5), **kwargs):
    """A layer that gives rows of floats."""
    options = {key: kwargs.pop(key) for key in ("label", "unknown", "fit") if key in kwargs}
    return Row(name, shape, kwargs, values=values, half=None, gradients=False, **options)


def image(name, label="", **kwargs):
    return Row(name, IMAGES, kwargs, label=label, unknown=UNKNOWN)


def changed(name, label="", **kwargs):
    """A layer that changes images at random, but here only when a test says that it trains."""
    options = {key: kwargs.pop(key) for key in ("fit",) if key in kwargs}
    return Row(
        name,
        IMAGES,
        {"seed": 1, **kwargs},
        label=label,
        unknown=UNKNOWN,
        is_random=True,
        call={"training": False},
        **options,
    )


def numbered(label="", shape=(4,), **kwargs):
    """Texts as numbers: how many depends on the texts, which no rule of shapes can know."""
    return integers("TextVectorization", shape, texts, label=label, positional=True, **kwargs)


VOCABULARY = {"vocabulary": ["cow", "ant"]}
NUMBERS = {"vocabulary": [4, 1, 2]}
IDF = {"output_mode": "tf_idf", "idf_weights": [0.5, 2.0]}

ROWS = [
    Row("Normalization", (4, 3), {"mean": [1.0, 2.0, 3.0], "variance": [1.0, 4.0, 9.0]}),
    Row(
        "Normalization",
        (4, 3),
        {"axis": None, "mean": 2.0, "variance": 4.0, "invert": True},
        label="all",
        unknown=(1,),
    ),
    Row("Normalization", (4, 5, 3), {"axis": (1, -1)}, label="axes"),
    integers("Discretization", values="normal", bin_boundaries=[-0.5, 0.0, 1.0], unknown=(1,)),
    rows_out(
        "Discretization",
        (4, 1),
        "normal",
        bin_boundaries=[-0.5, 0.5],
        output_mode="one_hot",
        label="one_hot",
    ),
    rows_out(
        "Discretization",
        values="normal",
        bin_boundaries=[-0.5, 0.5],
        output_mode="count",
        label="count",
    ),
    rows_out("CategoryEncoding", num_tokens=5, unknown=(1,)),
    rows_out("CategoryEncoding", (4, 1), num_tokens=5, output_mode="one_hot", label="one_hot"),
    rows_out("CategoryEncoding", (4,), num_tokens=5, output_mode="one_hot", label="numbers"),
    rows_out("CategoryEncoding", num_tokens=6, output_mode="count", label="count"),
    integers("Hashing", values=words, num_bins=3, unknown=(1,)),
    integers("Hashing", num_bins=3, salt=[7, 8], mask_value=2, label="salt"),
    rows_out(
        "Hashing",
        values=words,
        num_bins=3,
        output_mode="multi_hot",
        salt=7,
        label="rows",
        fit=False,
    ),
    integers("HashedCrossing", [(4, 1), (4, 1)], num_bins=5),
    rows_out(
        "HashedCrossing", [(4,), (4,), (4,)], num_bins=5, output_mode="one_hot", label="one_hot"
    ),
    integers("StringLookup", values=words, **VOCABULARY, unknown=(1,)),
    integers(
        "StringLookup",
        values=words,
        **VOCABULARY,
        num_oov_indices=3,
        mask_token="bee",
        label="shared",
    ),
    integers("StringLookup", **VOCABULARY, invert=True, mask_token="", label="invert"),
    rows_out(
        "StringLookup", values=words, **VOCABULARY, output_mode="multi_hot", label="rows", fit=False
    ),
    rows_out("StringLookup", values=words, **VOCABULARY, **IDF, label="tf_idf", fit=False),
    rows_out(
        "StringLookup",
        values=words,
        **VOCABULARY,
        output_mode="count",
        max_tokens=6,
        pad_to_max_tokens=True,
        mask_token="bee",
        label="padded",
        fit=False,
    ),
    integers("IntegerLookup", **NUMBERS, unknown=(1,)),
    integers("IntegerLookup", **NUMBERS, num_oov_indices=2, mask_token=0, label="shared"),
    integers("IntegerLookup", **NUMBERS, invert=True, label="invert"),
    rows_out("IntegerLookup", (4, 1), **NUMBERS, output_mode="one_hot", label="one_hot"),
    numbered(vocabulary=["bee", "ant", "the"]),
    numbered("cut", (4, 1), vocabulary=["bee", "a"], output_sequence_length=2),
    numbered("characters", vocabulary=["b", "a"], split="character", standardize="lower"),
    numbered("ngrams", vocabulary=["bee", "bee bee", "a bee"], ngrams=2),
    numbered("whole", (4, 2), vocabulary=["the cow!"], split=None, standardize=None),
    rows_out(
        "TextVectorization",
        (4,),
        texts,
        vocabulary=["bee", "ant"],
        output_mode="count",
        label="count",
        fit=False,
    ),
    rows_out(
        "TextVectorization",
        (4,),
        texts,
        vocabulary=["bee", "ant"],
        **IDF,
        label="tf_idf",
        fit=False,
    ),
    image("Resizing", height=4, width=5),
    image(
        "Resizing", "cropped", height=4, width=9, crop_to_aspect_ratio=True, interpolation="bicubic"
    ),
    Row(
        "Resizing",
        IMAGES,
        {"height": 4, "width": 5, "interpolation": "nearest"},
        label="nearest",
        gradients=False,
    ),
    image("CenterCrop", height=3, width=4),
    image("CenterCrop", "enlarged", height=9, width=4),
    changed("RandomCrop", height=4, width=5),
    changed("RandomFlip"),
    changed("RandomFlip", "one", mode="vertical"),
    changed("RandomRotation", factor=0.2, fill_mode="wrap"),
    changed("RandomZoom", height_factor=[-0.2, 0.3], width_factor=0.1, interpolation="nearest"),
    changed(
        "RandomTranslation",
        height_factor=0.2,
        width_factor=(-0.1, 0.3),
        fill_mode="constant",
        fill_value=2.0,
    ),
    changed("RandomContrast", factor=0.3),
    changed("RandomBrightness", factor=0.3, value_range=[0.0, 1.0]),
    changed("RandomHeight", factor=0.3, fit=False),
    changed("RandomWidth", factor=(-0.1, 0.3), fit=False),
]
