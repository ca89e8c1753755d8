"""Some 350 small models that use every part of Keras 2 which files describe.

`MODELS` maps names to functions of a Keras module (tf.keras of some version, tf_keras or tfk) that
return a compiled model. `RANDOM` names those whose training draws random numbers, so that the steps
after loading cannot be compared.
"""

MODELS = {}
RANDOM = set()

VECTOR, SEQUENCE, IMAGE, VOLUME = (6,), (5, 4), (8, 8, 3), (5, 5, 5, 2)


def model(name, random=False):
    """Enters a function of a Keras module that returns a model."""

    def enter(build):
        assert name not in MODELS, name
        MODELS[name] = build
        if random:
            RANDOM.add(name)
        return build

    return enter


def compiled(network, optimizer="sgd", loss="mse", **settings):
    network.compile(optimizer, loss, **settings)
    return network


def stack(k, shape, *layers, dtype=None, **settings):
    """A compiled Sequential model."""
    return compiled(k.Sequential([k.Input(shape, dtype=dtype), *layers]), **settings)


def dense_net(k, units=2, activation=None, **settings):
    """The model around which compile settings vary."""
    layers = [
        k.layers.Dense(4, activation="tanh", name="hidden"),
        k.layers.Dense(units, activation=activation, name="top"),
    ]
    return stack(k, VECTOR, *layers, **settings)


def find(k, path):
    for part in path.split("."):
        k = getattr(k, part)
    return k


# Layers -------------------------------------------------------------------------------------------

RANDOM_LAYERS = ("Dropout", "Noise", "Random")

# Per layer: shape of its input, then its arguments in each variant.
LAYERS = {
    "Activation": (VECTOR, [{"activation": "relu"}, {"activation": "softplus"}]),
    "ActivityRegularization": (VECTOR, [{"l1": 0.1, "l2": 0.2}]),
    "AlphaDropout": (VECTOR, [{"rate": 0.2}]),
    "AveragePooling1D": (SEQUENCE, [{}, {"pool_size": 3, "strides": 1, "padding": "same"}]),
    "AveragePooling2D": (IMAGE, [{}, {"pool_size": 3, "strides": 1, "padding": "same"}]),
    "AveragePooling3D": (VOLUME, [{}]),
    "BatchNormalization": (VECTOR, [{}, {"momentum": 0.8, "epsilon": 1e-2, "scale": False}]),
    "BatchNormalization:image": (IMAGE, [{"axis": -1}, {"axis": 1, "center": False}]),
    "CategoryEncoding": (VECTOR, [{"num_tokens": 9, "output_mode": "multi_hot"}]),
    "CenterCrop": (IMAGE, [{"height": 4, "width": 5}]),
    "Conv1D": (
        SEQUENCE,
        [
            {"filters": 3, "kernel_size": 2},
            {"filters": 3, "kernel_size": 3, "padding": "causal", "dilation_rate": 2},
        ],
    ),
    "Conv1DTranspose": (SEQUENCE, [{"filters": 3, "kernel_size": 3, "strides": 2}]),
    "Conv2D": (
        IMAGE,
        [
            {"filters": 3, "kernel_size": 2, "strides": 2, "activation": "relu"},
            {"filters": 4, "kernel_size": (2, 3), "padding": "same", "use_bias": False},
            {"filters": 2, "kernel_size": 3, "dilation_rate": 2, "kernel_regularizer": "l2"},
        ],
    ),
    "Conv2DTranspose": (
        IMAGE,
        [
            {"filters": 3, "kernel_size": 2, "strides": 2},
            {"filters": 3, "kernel_size": 3, "padding": "same"},
        ],
    ),
    "Conv3D": (
        VOLUME,
        [{"filters": 3, "kernel_size": 2}, {"filters": 2, "kernel_size": 3, "padding": "same"}],
    ),
    "Conv3DTranspose": (VOLUME, [{"filters": 2, "kernel_size": 2, "strides": 2}]),
    "ConvLSTM1D": ((3, 6, 2), [{"filters": 2, "kernel_size": 2}]),
    "ConvLSTM2D": (
        (3, 5, 5, 2),
        [
            {"filters": 2, "kernel_size": 2},
            {"filters": 2, "kernel_size": 2, "return_sequences": True, "padding": "same"},
        ],
    ),
    "ConvLSTM3D": ((2, 3, 3, 3, 1), [{"filters": 1, "kernel_size": 2}]),
    "Cropping1D": (SEQUENCE, [{"cropping": (1, 2)}]),
    "Cropping2D": (IMAGE, [{"cropping": ((1, 2), (0, 1))}]),
    "Cropping3D": (VOLUME, [{"cropping": 1}]),
    "Dense": (
        VECTOR,
        [
            {"units": 3},
            {"units": 3, "activation": "relu", "use_bias": False},
            {
                "units": 2,
                "kernel_initializer": "he_normal",
                "bias_initializer": "ones",
                "bias_regularizer": "l1",
            },
        ],
    ),
    "Dense:sequence": (SEQUENCE, [{"units": 3}]),
    "DepthwiseConv1D": (SEQUENCE, [{"kernel_size": 2, "depth_multiplier": 2}]),
    "DepthwiseConv2D": (
        IMAGE,
        [{"kernel_size": 3}, {"kernel_size": 2, "depth_multiplier": 2, "strides": 2}],
    ),
    "Discretization": (VECTOR, [{"bin_boundaries": [-1.0, 0.0, 1.0]}]),
    "Dropout": (VECTOR, [{"rate": 0.3}, {"rate": 0.3, "noise_shape": (None, 1), "seed": 3}]),
    "EinsumDense": (
        SEQUENCE,
        [{"equation": "abc,cd->abd", "output_shape": (None, 3), "bias_axes": "d"}],
    ),
    "ELU": (VECTOR, [{}, {"alpha": 0.5}]),
    "Flatten": (IMAGE, [{}, {"data_format": "channels_first"}]),
    "GaussianDropout": (VECTOR, [{"rate": 0.2}]),
    "GaussianNoise": (VECTOR, [{"stddev": 0.2}]),
    "GlobalAveragePooling1D": (SEQUENCE, [{}, {"keepdims": True}]),
    "GlobalAveragePooling2D": (IMAGE, [{}]),
    "GlobalAveragePooling3D": (VOLUME, [{}]),
    "GlobalMaxPooling1D": (SEQUENCE, [{}]),
    "GlobalMaxPooling2D": (IMAGE, [{}, {"keepdims": True}]),
    "GlobalMaxPooling3D": (VOLUME, [{}]),
    "GroupNormalization": (IMAGE, [{"groups": 3}, {"groups": 1, "epsilon": 1e-2}]),
    "GRU": (
        SEQUENCE,
        [
            {"units": 3},
            {"units": 3, "reset_after": False, "return_sequences": True},
            {"units": 3, "go_backwards": True, "use_bias": False, "unroll": True},
            {"units": 3, "activation": "relu", "recurrent_activation": "hard_sigmoid"},
        ],
    ),
    "Identity": (VECTOR, [{}]),
    "LayerNormalization": (SEQUENCE, [{}, {"axis": [1, 2], "epsilon": 1e-2}, {"scale": False}]),
    "LeakyReLU": (VECTOR, [{}, {"alpha": 0.1}]),
    "LocallyConnected1D": (SEQUENCE, [{"filters": 2, "kernel_size": 2}]),
    "LocallyConnected2D": (
        (4, 4, 2),
        [{"filters": 2, "kernel_size": 2}, {"filters": 2, "kernel_size": 2, "implementation": 2}],
    ),
    "LSTM": (
        SEQUENCE,
        [
            {"units": 3},
            {"units": 3, "return_sequences": True, "unit_forget_bias": False},
            {
                "units": 3,
                "go_backwards": True,
                "implementation": 1,
                "recurrent_activation": "hard_sigmoid",
            },
            {"units": 3, "kernel_regularizer": "l2", "recurrent_initializer": "glorot_uniform"},
        ],
    ),
    "Masking": (SEQUENCE, [{}, {"mask_value": -1.0}]),
    "MaxPooling1D": (SEQUENCE, [{}]),
    "MaxPooling2D": (IMAGE, [{}, {"pool_size": (3, 2), "strides": 1, "padding": "same"}]),
    "MaxPooling3D": (VOLUME, [{}]),
    "Normalization": (
        VECTOR,
        [
            {"axis": None, "mean": 1.0, "variance": 4.0},
            {
                "mean": [0.0, 1.0, 2.0, 3.0, 4.0, 5.0],
                "variance": [1.0, 1.0, 1.0, 4.0, 4.0, 4.0],
                "invert": True,
            },
        ],
    ),
    "Permute": (SEQUENCE, [{"dims": (2, 1)}]),
    "PReLU": (IMAGE, [{}, {"shared_axes": [1, 2], "alpha_initializer": "ones"}]),
    "RandomBrightness": (IMAGE, [{"factor": 0.2}]),
    "RandomContrast": (IMAGE, [{"factor": 0.2}]),
    "RandomCrop": (IMAGE, [{"height": 8, "width": 8}]),
    "RandomFlip": (IMAGE, [{}, {"mode": "vertical", "seed": 3}]),
    "RandomHeight": (IMAGE, [{"factor": 0.2}]),
    "RandomRotation": (IMAGE, [{"factor": 0.2}, {"factor": (-0.1, 0.2), "fill_mode": "constant"}]),
    "RandomTranslation": (IMAGE, [{"height_factor": 0.2, "width_factor": 0.1}]),
    "RandomWidth": (IMAGE, [{"factor": 0.2}]),
    "RandomZoom": (IMAGE, [{"height_factor": 0.2}]),
    "ReLU": (VECTOR, [{}, {"max_value": 2.0, "negative_slope": 0.1, "threshold": 0.5}]),
    "RepeatVector": (VECTOR, [{"n": 3}]),
    "Rescaling": (IMAGE, [{"scale": 0.5, "offset": 1.0}]),
    "Reshape": (VECTOR, [{"target_shape": (3, 2)}, {"target_shape": (-1, 3)}]),
    "Resizing": (
        IMAGE,
        [{"height": 4, "width": 6}, {"height": 9, "width": 9, "interpolation": "nearest"}],
    ),
    "SeparableConv1D": (SEQUENCE, [{"filters": 3, "kernel_size": 2}]),
    "SeparableConv2D": (
        IMAGE,
        [{"filters": 3, "kernel_size": 3}, {"filters": 2, "kernel_size": 2, "depth_multiplier": 2}],
    ),
    "SimpleRNN": (
        SEQUENCE,
        [{"units": 3}, {"units": 3, "return_sequences": True, "activation": "relu"}],
    ),
    "Softmax": (SEQUENCE, [{}, {"axis": 1}]),
    "SpatialDropout1D": (SEQUENCE, [{"rate": 0.3}]),
    "SpatialDropout2D": (IMAGE, [{"rate": 0.3}]),
    "SpatialDropout3D": (VOLUME, [{"rate": 0.3}]),
    "ThresholdedReLU": (VECTOR, [{}, {"theta": 0.5}]),
    "UnitNormalization": (SEQUENCE, [{}, {"axis": 1}]),
    "UpSampling1D": (SEQUENCE, [{}]),
    "UpSampling2D": (IMAGE, [{}, {"size": (2, 3), "interpolation": "bilinear"}]),
    "UpSampling3D": (VOLUME, [{}]),
    "ZeroPadding1D": (SEQUENCE, [{}]),
    "ZeroPadding2D": (IMAGE, [{"padding": ((1, 0), (2, 1))}]),
    "ZeroPadding3D": (VOLUME, [{}]),
}


def layer_model(kind, shape, settings):
    def build(k):
        return stack(k, shape, getattr(k.layers, kind)(**settings))

    return build


for _key, (_shape, _variants) in LAYERS.items():
    _kind = _key.split(":")[0]
    _random = any(part in _kind for part in RANDOM_LAYERS)
    for _index, _settings in enumerate(_variants):
        _name = "layer/{}/{}".format(_key.replace(":", "_"), _index)
        model(_name, random=_random)(layer_model(_kind, _shape, _settings))

# Layers that combine several tensors.
MERGING = {
    "Add": {},
    "Average": {},
    "Concatenate": {"axis": 1},
    "Dot": {"axes": 2, "normalize": True},
    "Maximum": {},
    "Minimum": {},
    "Multiply": {},
    "Subtract": {},
    "Attention": {"use_scale": True},
    "AdditiveAttention": {},
}


def merging_model(kind, settings):
    def build(k):
        inputs = [k.Input(SEQUENCE), k.Input(SEQUENCE)]
        return compiled(k.Model(inputs, getattr(k.layers, kind)(**settings)(inputs)), "sgd", "mse")

    return build


for _kind, _settings in MERGING.items():
    model("layer/" + _kind)(merging_model(_kind, _settings))


@model("layer/MultiHeadAttention")
def _multi_head_attention(k):
    x, y = k.Input(SEQUENCE), k.Input((3, 4))
    attention = k.layers.MultiHeadAttention(2, 3, value_dim=2, output_shape=5)
    return compiled(k.Model([x, y], attention(x, y)))


@model("layer/Embedding")
def _embedding(k):
    layers = [k.layers.Embedding(12, 3, mask_zero=True), k.layers.LSTM(2)]
    return stack(k, (4,), *layers, dtype="int32")


@model("layer/Embedding_with_length")
def _embedding_with_length(k):
    layers = [
        k.layers.Embedding(12, 3, input_length=4, embeddings_regularizer="l2"),
        k.layers.Flatten(),
        k.layers.Dense(1),
    ]
    return compiled(k.Sequential(layers))


@model("layer/IntegerLookup")
def _integer_lookup(k):
    layers = [
        k.layers.IntegerLookup(vocabulary=[3, 5, 7]),
        k.layers.Embedding(5, 2),
        k.layers.Flatten(),
    ]
    return stack(k, (4,), *layers, k.layers.Dense(1), dtype="int64")


@model("layer/Hashing")
def _hashing(k):
    layers = [k.layers.Hashing(7, salt=3), k.layers.Embedding(7, 2), k.layers.Flatten()]
    return stack(k, (4,), *layers, k.layers.Dense(1), dtype="int64")


@model("layer/HashedCrossing")
def _hashed_crossing(k):
    inputs = [k.Input((1,), dtype="int64"), k.Input((1,), dtype="int64")]
    crossed = k.layers.HashedCrossing(6, output_mode="one_hot")(inputs)
    return compiled(k.Model(inputs, k.layers.Dense(2)(crossed)))


WORDS = "a bird can sing the song of a tree".split()


@model("layer/StringLookup")
def _string_lookup(k):
    lookup = k.layers.StringLookup(num_oov_indices=2)
    lookup.adapt(WORDS)
    layers = [k.layers.Dense(3, use_bias=False), k.layers.Dense(1)]
    x = k.Input((4,), dtype="string")
    embedded = k.layers.Embedding(12, 2)(lookup(x))
    return compiled(k.Model(x, layers[1](layers[0](k.layers.Flatten()(embedded)))), "sgd", "mse")


@model("layer/TextVectorization")
def _text_vectorization(k):
    vectorize = k.layers.TextVectorization(output_mode="tf_idf")
    vectorize.adapt([" ".join(WORDS), "a bird", "the tree"])
    x = k.Input((1,), dtype="string")
    return compiled(k.Model(x, k.layers.Dense(2)(vectorize(x))), "sgd", "mse")


@model("layer/Normalization_adapted")
def _normalization_adapted(k):
    layer = k.layers.Normalization()
    layer.adapt([[float(row * column) for column in range(6)] for row in range(5)])
    return stack(k, VECTOR, layer, k.layers.Dense(2))


@model("layer/SpectralNormalization")
def _spectral_normalization(k):
    return stack(k, VECTOR, k.layers.SpectralNormalization(k.layers.Dense(3)))


@model("layer/TimeDistributed")
def _time_distributed(k):
    return stack(k, SEQUENCE, k.layers.TimeDistributed(k.layers.Dense(3, activation="relu")))


@model("layer/TimeDistributed_of_model")
def _time_distributed_model(k):
    inner = k.Sequential([k.layers.Conv2D(2, 3, input_shape=IMAGE), k.layers.Flatten()])
    return stack(k, (2,) + IMAGE, k.layers.TimeDistributed(inner))


RECURRENT = {
    "Bidirectional_LSTM": lambda k: k.layers.Bidirectional(k.layers.LSTM(2)),
    "Bidirectional_GRU_sum": lambda k: k.layers.Bidirectional(
        k.layers.GRU(2, return_sequences=True), merge_mode="sum"
    ),
    "Bidirectional_two_layers": lambda k: k.layers.Bidirectional(
        k.layers.LSTM(2), backward_layer=k.layers.LSTM(2, go_backwards=True, activation="relu")
    ),
    "RNN_LSTMCell": lambda k: k.layers.RNN(k.layers.LSTMCell(3)),
    "RNN_GRUCell": lambda k: k.layers.RNN(k.layers.GRUCell(3), return_sequences=True),
    "RNN_SimpleRNNCell": lambda k: k.layers.RNN(k.layers.SimpleRNNCell(3)),
    "RNN_stacked": lambda k: k.layers.RNN([k.layers.LSTMCell(2), k.layers.GRUCell(3)]),
    "RNN_StackedRNNCells": lambda k: k.layers.RNN(
        k.layers.StackedRNNCells([k.layers.GRUCell(2), k.layers.SimpleRNNCell(2)])
    ),
}


def recurrent_model(build_layer):
    return lambda k: stack(k, SEQUENCE, build_layer(k))


for _name, _build in RECURRENT.items():
    model("layer/" + _name)(recurrent_model(_build))

# Parts of layers ----------------------------------------------------------------------------------

ACTIVATIONS = (
    "elu exponential gelu hard_sigmoid linear mish relu selu sigmoid softmax softplus softsign"
    " swish tanh"
).split()
INITIALIZERS = {
    "Constant": {"value": 0.3},
    "GlorotNormal": {"seed": 1},
    "GlorotUniform": {},
    "HeNormal": {"seed": 2},
    "HeUniform": {},
    "Identity": {"gain": 0.5},
    "LecunNormal": {},
    "LecunUniform": {},
    "Ones": {},
    "Orthogonal": {"gain": 0.7},
    "RandomNormal": {"stddev": 0.2},
    "RandomUniform": {"minval": -0.2, "maxval": 0.3},
    "TruncatedNormal": {"mean": 0.1},
    "VarianceScaling": {"scale": 2.0, "mode": "fan_avg", "distribution": "uniform"},
    "Zeros": {},
}
REGULARIZERS = {
    "L1": {"l1": 0.02},
    "L2": {"l2": 0.03},
    "L1L2": {"l1": 0.01, "l2": 0.02},
    "OrthogonalRegularizer": {"factor": 0.02, "mode": "columns"},
}
CONSTRAINTS = {
    "MaxNorm": {"max_value": 0.5},
    "MinMaxNorm": {"min_value": 0.2, "max_value": 0.6, "rate": 0.9},
    "NonNeg": {},
    "RadialConstraint": {},
    "UnitNorm": {"axis": 1},
}


def part_model(argument, module, kind, settings):
    def build(k):
        part = find(k, f"{module}.{kind}")(**settings)
        if kind == "RadialConstraint":
            return stack(k, IMAGE, k.layers.Conv2D(2, 3, **{argument: part}))
        return stack(k, VECTOR, k.layers.Dense(4, **{argument: part}))

    return build


for _name in ACTIVATIONS:
    model("activation/" + _name)(
        lambda k, name=_name: stack(k, VECTOR, k.layers.Dense(3, activation=name))
    )
for _argument, _module, _table in (
    ("kernel_initializer", "initializers", INITIALIZERS),
    ("kernel_regularizer", "regularizers", REGULARIZERS),
    ("kernel_constraint", "constraints", CONSTRAINTS),
):
    for _kind, _settings in _table.items():
        model("{}/{}".format(_argument.split("_")[1], _kind))(
            part_model(_argument, _module, _kind, _settings)
        )

# Compile settings ---------------------------------------------------------------------------------

OPTIMIZERS = {
    "SGD": [{}, {"momentum": 0.9}, {"momentum": 0.8, "nesterov": True, "clipvalue": 0.1}],
    "RMSprop": [{}, {"momentum": 0.9, "centered": True}],
    "Adam": [{}, {"amsgrad": True}, {"beta_1": 0.8, "clipnorm": 1.0}, {"use_ema": True}],
    "AdamW": [{"weight_decay": 0.01}],
    "Adamax": [{}],
    "Nadam": [{}, {"global_clipnorm": 0.5}],
    "Adagrad": [{}, {"initial_accumulator_value": 0.2}],
    "Adadelta": [{}],
    "Adafactor": [{}],
    "Ftrl": [{}, {"l1_regularization_strength": 0.01}],
    "Lion": [{}],
    "legacy.SGD": [{}, {"momentum": 0.9, "nesterov": True, "decay": 0.01}],
    "legacy.RMSprop": [{}, {"momentum": 0.9, "centered": True}],
    "legacy.Adam": [{}, {"amsgrad": True, "clipnorm": 1.0}],
    "legacy.Adamax": [{}],
    "legacy.Nadam": [{}],
    "legacy.Adagrad": [{}],
    "legacy.Adadelta": [{}],
    "legacy.Ftrl": [{}],
}
SCHEDULES = {
    "CosineDecay": {"initial_learning_rate": 0.1, "decay_steps": 10, "alpha": 0.1},
    "CosineDecayRestarts": {"initial_learning_rate": 0.1, "first_decay_steps": 3},
    "ExponentialDecay": {
        "initial_learning_rate": 0.1,
        "decay_steps": 2,
        "decay_rate": 0.5,
        "staircase": True,
    },
    "InverseTimeDecay": {"initial_learning_rate": 0.1, "decay_steps": 2, "decay_rate": 0.5},
    "PiecewiseConstantDecay": {"boundaries": [1, 2], "values": [0.1, 0.01, 0.001]},
    "PolynomialDecay": {
        "initial_learning_rate": 0.1,
        "decay_steps": 5,
        "power": 2.0,
        "cycle": True,
    },
}


def optimizer_model(kind, settings):
    def build(k):
        optimizer = find(k, "optimizers." + kind)(learning_rate=0.05, **settings)
        return dense_net(k, optimizer=optimizer)

    return build


for _kind, _variants in OPTIMIZERS.items():
    for _index, _settings in enumerate(_variants):
        model(f"optimizer/{_kind}/{_index}")(optimizer_model(_kind, _settings))

for _kind, _settings in SCHEDULES.items():

    @model("schedule/" + _kind)
    def _with_schedule(k, kind=_kind, settings=_settings):
        schedule = getattr(k.optimizers.schedules, kind)(**settings)
        return dense_net(k, optimizer=k.optimizers.Adam(schedule))


# Loss: number of outputs, last activation, arguments.
LOSSES = {
    "BinaryCrossentropy": (2, "sigmoid", {"label_smoothing": 0.1}),
    "BinaryFocalCrossentropy": (2, "sigmoid", {"gamma": 1.5}),
    "CategoricalCrossentropy": (3, "softmax", {"label_smoothing": 0.1}),
    "CategoricalFocalCrossentropy": (3, "softmax", {"gamma": 1.5}),
    "CategoricalHinge": (3, None, {}),
    "CosineSimilarity": (3, None, {"axis": 1}),
    "Hinge": (1, None, {}),
    "Huber": (2, None, {"delta": 0.5}),
    "KLDivergence": (3, "softmax", {}),
    "LogCosh": (2, None, {}),
    "MeanAbsoluteError": (2, None, {"name": "my_error"}),
    "MeanAbsolutePercentageError": (2, None, {}),
    "MeanSquaredError": (2, None, {"reduction": "sum"}),
    "MeanSquaredLogarithmicError": (2, "sigmoid", {}),
    "Poisson": (2, "softplus", {}),
    "SparseCategoricalCrossentropy": (3, "softmax", {}),
    "SquaredHinge": (1, None, {}),
}
LOSS_NAMES = {
    "mae": (2, None),
    "mape": (2, None),
    "msle": (2, "sigmoid"),
    "binary_crossentropy": (2, "sigmoid"),
    "binary_focal_crossentropy": (2, "sigmoid"),
    "categorical_crossentropy": (3, "softmax"),
    "categorical_hinge": (3, None),
    "cosine_similarity": (3, None),
    "hinge": (1, None),
    "huber": (2, None),
    "kl_divergence": (3, "softmax"),
    "log_cosh": (2, None),
    "poisson": (2, "softplus"),
    "sparse_categorical_crossentropy": (3, "softmax"),
    "squared_hinge": (1, None),
}


def loss_model(kind, units, activation, settings):
    def build(k):
        loss = kind if settings is None else getattr(k.losses, kind)(**settings)
        return dense_net(k, units, activation, optimizer="adam", loss=loss)

    return build


for _kind, (_units, _activation, _settings) in LOSSES.items():
    model("loss/" + _kind)(loss_model(_kind, _units, _activation, _settings))
for _kind, (_units, _activation) in LOSS_NAMES.items():
    model("loss/" + _kind)(loss_model(_kind, _units, _activation, None))

METRICS = {
    "Accuracy": {},
    "AUC": {"num_thresholds": 20, "curve": "PR"},
    "BinaryAccuracy": {"threshold": 0.4},
    "BinaryCrossentropy": {},
    "BinaryIoU": {"target_class_ids": [1]},
    "CategoricalAccuracy": {},
    "CategoricalCrossentropy": {"label_smoothing": 0.1},
    "CategoricalHinge": {},
    "CosineSimilarity": {"axis": 1},
    "F1Score": {"average": "macro"},
    "FalseNegatives": {},
    "FalsePositives": {"thresholds": [0.2, 0.6]},
    "FBetaScore": {"beta": 2.0, "average": "micro"},
    "Hinge": {},
    "KLDivergence": {},
    "LogCoshError": {},
    "MeanAbsoluteError": {},
    "MeanAbsolutePercentageError": {},
    "MeanIoU": {"num_classes": 2},
    "MeanRelativeError": {"normalizer": [1.0, 2.0, 3.0]},
    "MeanSquaredError": {"name": "squares"},
    "MeanSquaredLogarithmicError": {},
    "OneHotIoU": {"num_classes": 3, "target_class_ids": [0, 2]},
    "OneHotMeanIoU": {"num_classes": 3},
    "Poisson": {},
    "Precision": {"thresholds": 0.4, "class_id": 1},
    "PrecisionAtRecall": {"recall": 0.5},
    "R2Score": {},
    "Recall": {"top_k": 2},
    "RecallAtPrecision": {"precision": 0.5},
    "RootMeanSquaredError": {},
    "SensitivityAtSpecificity": {"specificity": 0.5},
    "SpecificityAtSensitivity": {"sensitivity": 0.5},
    "SquaredHinge": {},
    "TopKCategoricalAccuracy": {"k": 2},
    "TrueNegatives": {},
    "TruePositives": {},
}
METRIC_NAMES = (
    "accuracy acc binary_accuracy categorical_accuracy mae mse AUC crossentropy Precision".split()
)


def metric_model(kind, settings, weighted):
    def build(k):
        metric = kind if settings is None else getattr(k.metrics, kind)(**settings)
        key = "weighted_metrics" if weighted else "metrics"
        loss = "categorical_crossentropy"
        return dense_net(k, 3, "softmax", optimizer="adam", loss=loss, **{key: [metric]})

    return build


for _index, (_kind, _settings) in enumerate(METRICS.items()):
    model("metric/" + _kind)(metric_model(_kind, _settings, weighted=_index % 4 == 3))
for _kind in METRIC_NAMES:
    model("metric_name/" + _kind)(metric_model(_kind, None, weighted=False))


@model("metric/sparse")
def _sparse_metrics(k):
    metrics = [
        "accuracy",
        k.metrics.SparseTopKCategoricalAccuracy(2),
        "sparse_categorical_crossentropy",
    ]
    loss = "sparse_categorical_crossentropy"
    return dense_net(k, 3, "softmax", optimizer="adam", loss=loss, metrics=metrics)


# Structures ---------------------------------------------------------------------------------------


@model("structure/shared_layer")
def _shared_layer(k):
    a, b = k.Input(VECTOR, name="a"), k.Input(VECTOR, name="b")
    shared = k.layers.Dense(3, activation="tanh", name="shared")
    joined = k.layers.Concatenate()([shared(a), shared(b), shared(k.layers.Add()([a, b]))])
    return compiled(k.Model([a, b], k.layers.Dense(1)(joined)), "adam", "mse")


@model("structure/nested")
def _nested(k):
    inner = k.Sequential(
        [k.layers.Dense(4, input_shape=VECTOR), k.layers.BatchNormalization()], name="inner"
    )
    x = k.Input(VECTOR)
    middle = k.Model(x, k.layers.Dense(3)(inner(x)), name="middle")
    z = k.Input(VECTOR)
    return compiled(k.Model(z, k.layers.Dense(2)(middle(z))), "adam", "mse")


@model("structure/nested_twice_used")
def _nested_twice_used(k):
    inner = k.Sequential([k.layers.Dense(3, input_shape=VECTOR), k.layers.ReLU()], name="twin")
    a, b = k.Input(VECTOR), k.Input(VECTOR)
    both = k.layers.Subtract()([inner(a), inner(b)])
    return compiled(k.Model([a, b], k.layers.Dense(1)(both)), "rmsprop", "mse")


@model("structure/nested_frozen")
def _nested_frozen(k):
    inner = k.Sequential(
        [k.layers.Dense(4, input_shape=VECTOR), k.layers.BatchNormalization()], name="base"
    )
    inner.trainable = False
    return compiled(k.Sequential([k.Input(VECTOR), inner, k.layers.Dense(2)]), "adam", "mse")


@model("structure/nested_sequentials")
def _nested_sequentials(k):
    first = k.Sequential([k.layers.Dense(4, input_shape=VECTOR), k.layers.Dense(3)])
    second = k.Sequential([k.layers.Dense(3, input_shape=(3,)), k.layers.Dense(2)])
    return compiled(k.Sequential([first, second, k.layers.Dense(1)]), "sgd", "mse")


@model("structure/frozen")
def _frozen(k):
    network = k.Sequential([k.Input(VECTOR)] + [k.layers.Dense(4) for _ in range(3)])
    network.layers[1].trainable = False
    return compiled(network, "adam", "mse")


@model("structure/two_outputs")
def _two_outputs(k):
    x = k.Input(VECTOR, name="x")
    hidden = k.layers.Dense(4, activation="relu")(x)
    outputs = [
        k.layers.Dense(1, name="number")(hidden),
        k.layers.Dense(3, activation="softmax", name="kind")(hidden),
    ]
    return compiled(
        k.Model(x, outputs),
        "adam",
        {"number": "mse", "kind": "categorical_crossentropy"},
        loss_weights={"number": 0.5, "kind": 2.0},
        metrics={"number": ["mae"], "kind": ["accuracy"]},
    )


@model("structure/two_outputs_by_list")
def _two_outputs_by_list(k):
    x = k.Input(VECTOR)
    outputs = [k.layers.Dense(2)(x), k.layers.Dense(3)(x)]
    metrics = [["mae"], [k.metrics.MeanSquaredError(), "mae"]]
    return compiled(k.Model(x, outputs), "sgd", ["mse", k.losses.Huber()], metrics=metrics)


@model("structure/dict_outputs")
def _dict_outputs(k):
    x = k.Input(VECTOR)
    outputs = {"one": k.layers.Dense(1, name="one")(x), "two": k.layers.Dense(2, name="two")(x)}
    return compiled(k.Model(x, outputs), "sgd", {"one": "mse", "two": "mae"})


@model("structure/dict_inputs")
def _dict_inputs(k):
    inputs = {"left": k.Input(VECTOR, name="left"), "right": k.Input((3,), name="right")}
    joined = k.layers.Concatenate()([inputs["left"], inputs["right"]])
    return compiled(k.Model(inputs, k.layers.Dense(2)(joined)), "sgd", "mse")


@model("structure/residual_network")
def _residual_network(k):
    x = k.Input(IMAGE)
    y = k.layers.Conv2D(4, 3, padding="same", use_bias=False)(x)
    for _ in range(2):
        z = k.layers.BatchNormalization()(y)
        z = k.layers.Activation("relu")(z)
        z = k.layers.Conv2D(4, 3, padding="same")(z)
        y = k.layers.Add()([y, z])
    y = k.layers.GlobalAveragePooling2D()(y)
    return compiled(k.Model(x, k.layers.Dense(3, "softmax")(y)), "adam", "categorical_crossentropy")


@model("structure/encoder_decoder")
def _encoder_decoder(k):
    source, target = k.Input(SEQUENCE), k.Input((None, 4))
    _, h, c = k.layers.LSTM(3, return_state=True)(source)
    decoded = k.layers.LSTM(3, return_sequences=True)(target, initial_state=[h, c])
    return compiled(k.Model([source, target], k.layers.Dense(2)(decoded)), "adam", "mse")


@model("structure/stateful")
def _stateful(k):
    x = k.Input(batch_shape=(8, 5, 4))
    return compiled(k.Model(x, k.layers.GRU(3, stateful=True)(x)), "sgd", "mse")


@model("structure/attention_block")
def _attention_block(k):
    x = k.Input(SEQUENCE)
    y = k.layers.MultiHeadAttention(2, 2, dropout=0.0)(x, x)
    y = k.layers.LayerNormalization()(k.layers.Add()([x, y]))
    return compiled(k.Model(x, k.layers.GlobalAveragePooling1D()(y)), "adam", "mse")


@model("structure/masked")
def _masked(k):
    layers = [
        k.layers.Masking(),
        k.layers.Bidirectional(k.layers.LSTM(2, return_sequences=True)),
        k.layers.TimeDistributed(k.layers.Dense(2)),
    ]
    return stack(k, SEQUENCE, *layers)


@model("structure/operators")
def _operators(k):
    x = k.Input(VECTOR)
    y = k.layers.Dense(4)(x)
    return compiled(k.Model(x, (2.0 * y + 1.0) / 3.0 - y * y))


@model("structure/slices")
def _slices(k):
    x = k.Input(SEQUENCE)
    y = k.layers.Dense(4)(x)
    return compiled(k.Model(x, y[:, 1:, :2]))


@model("structure/built_by_data")
def _built_by_data(k):
    network = k.Sequential([k.layers.Dense(4, activation="gelu"), k.layers.Dense(1)])
    network.build((None, 6))
    return compiled(network, "adam", "mse")


@model("structure/regularized")
def _regularized(k):
    l2 = k.regularizers.L2(0.01)
    layers = [
        k.layers.Dense(4, kernel_regularizer=l2, activity_regularizer="l1"),
        k.layers.Dense(2, kernel_regularizer=l2),
    ]
    return stack(k, VECTOR, *layers)


@model("structure/mixed_float16")
def _mixed_float16(k):
    layers = [k.layers.Dense(4, dtype="mixed_float16"), k.layers.Dense(2, dtype="float32")]
    return stack(k, VECTOR, *layers)


@model("structure/mixed_bfloat16")
def _mixed_bfloat16(k):
    layers = [k.layers.Dense(4, dtype="mixed_bfloat16"), k.layers.Dense(2, dtype="float32")]
    return stack(k, VECTOR, *layers)


@model("structure/loss_scale")
def _loss_scale(k):
    optimizer = k.mixed_precision.LossScaleOptimizer(k.optimizers.Adam(0.01), initial_scale=64.0)
    return dense_net(k, optimizer=optimizer)


@model("structure/float64")
def _float64(k):
    return stack(k, VECTOR, k.layers.Dense(3, dtype="float64"), dtype="float64")


@model("structure/many_inputs")
def _many_inputs(k):
    inputs = [k.Input((2,), name=f"in_{index}") for index in range(5)]
    return compiled(
        k.Model(inputs, k.layers.Dense(2)(k.layers.Concatenate()(inputs))), "sgd", "mse"
    )


@model("structure/u_net")
def _u_net(k):
    x = k.Input(IMAGE)
    down = k.layers.Conv2D(3, 3, padding="same", activation="relu")(x)
    low = k.layers.Conv2D(4, 3, padding="same", activation="relu")(k.layers.MaxPooling2D()(down))
    up = k.layers.Conv2DTranspose(3, 2, strides=2)(low)
    joined = k.layers.Concatenate()([down, up])
    return compiled(k.Model(x, k.layers.Conv2D(1, 1, activation="sigmoid")(joined)), "adam", "mse")


@model("structure/wide_and_deep")
def _wide_and_deep(k):
    wide, deep = k.Input((3,), name="wide"), k.Input(VECTOR, name="deep")
    hidden = k.layers.Dense(4, activation="relu")(deep)
    joined = k.layers.Concatenate()([wide, hidden])
    network = k.Model([wide, deep], k.layers.Dense(1, activation="sigmoid")(joined))
    return compiled(
        network, k.optimizers.Ftrl(0.01), "binary_crossentropy", metrics=["AUC", "accuracy"]
    )


@model("structure/mobile_block")
def _mobile_block(k):
    x = k.Input(IMAGE)
    y = k.layers.Conv2D(6, 1, use_bias=False)(x)
    y = k.layers.ReLU(6.0)(k.layers.BatchNormalization(momentum=0.9)(y))
    y = k.layers.DepthwiseConv2D(3, padding="same", use_bias=False)(k.layers.ZeroPadding2D(1)(y))
    y = k.layers.GlobalAveragePooling2D(keepdims=True)(y)
    return compiled(k.Model(x, k.layers.Flatten()(y)), k.optimizers.RMSprop(0.01), "mse")


@model("structure/preprocessing", random=True)
def _preprocessing(k):
    layers = [
        k.layers.Rescaling(0.1),
        k.layers.RandomFlip("horizontal"),
        k.layers.RandomRotation(0.1),
        k.layers.Conv2D(2, 3),
        k.layers.Dropout(0.2),
        k.layers.GlobalMaxPooling2D(),
    ]
    return stack(k, IMAGE, *layers)


@model("structure/deep")
def _deep(k):
    return stack(k, VECTOR, *[k.layers.Dense(4, activation="tanh") for _ in range(12)])


@model("structure/many_settings")
def _many_settings(k):
    return dense_net(
        k, optimizer="adam", steps_per_execution=2, jit_compile=False, run_eagerly=False
    )


@model("structure/names_of_all_kinds")
def _names_of_all_kinds(k):
    names = ["with.dot", "with-dash", "With_Capitals", "with_0_digits"]
    return stack(k, VECTOR, *[k.layers.Dense(3, name=name) for name in names])


@model("structure/shared_regularizer_and_initializer")
def _shared_parts(k):
    parts = {
        "kernel_initializer": k.initializers.HeNormal(seed=3),
        "kernel_regularizer": k.regularizers.L1L2(0.01, 0.02),
        "kernel_constraint": k.constraints.MaxNorm(1.0),
    }
    return stack(k, VECTOR, k.layers.Dense(4, **parts), k.layers.Dense(4, **parts))


@model("structure/weighted_losses_by_name")
def _weighted_losses_by_name(k):
    x = k.Input(VECTOR)
    outputs = [k.layers.Dense(2, name=name)(x) for name in ("left", "middle", "right")]
    losses = {"left": "mse", "middle": k.losses.Huber(), "right": "mae"}
    weights = {"left": 1.0, "middle": 0.5, "right": 0.1}
    metrics = {"left": [k.metrics.MeanAbsoluteError(name="error")], "right": "mse"}
    return compiled(k.Model(x, outputs), "adam", losses, loss_weights=weights, metrics=metrics)


@model("structure/not_compiled")
def _not_compiled(k):
    return k.Sequential([k.Input(VECTOR), k.layers.Dense(2)])
