"""Keras 2's `backend` (K): thin wrappers around TensorFlow functions for older programs.

Nothing else in tfk uses this folder; new programs call TensorFlow itself.
"""

from tfk.activations import elu, hard_sigmoid, relu, sigmoid, softmax, softplus, softsign, tanh
from tfk.backend import experimental
from tfk.backend.contraction import batch_dot, dot, l2_normalize
from tfk.backend.control import foldl, foldr, gradients, map_fn, stop_gradient, switch
from tfk.backend.convolution import (
    bias_add,
    conv1d,
    conv2d,
    conv2d_transpose,
    conv3d,
    depthwise_conv2d,
    pool2d,
    pool3d,
    separable_conv2d,
)
from tfk.backend.crossentropy import (
    binary_crossentropy,
    binary_focal_crossentropy,
    categorical_crossentropy,
    categorical_focal_crossentropy,
    sparse_categorical_crossentropy,
)
from tfk.backend.ctc import ctc_batch_cost, ctc_decode, ctc_label_dense_to_sparse
from tfk.backend.elementwise import (
    abs,
    cast,
    cast_to_floatx,
    clip,
    cos,
    equal,
    exp,
    greater,
    greater_equal,
    less,
    less_equal,
    log,
    maximum,
    minimum,
    not_equal,
    pow,
    round,
    sign,
    sin,
    sqrt,
    square,
)
from tfk.backend.indexing import gather, in_top_k, one_hot
from tfk.backend.local_convolution import local_conv1d, local_conv2d
from tfk.backend.normalization import batch_normalization, normalize_batch_in_training
from tfk.backend.random import (
    dropout,
    random_bernoulli,
    random_binomial,
    random_normal,
    random_normal_variable,
    random_uniform,
    random_uniform_variable,
    truncated_normal,
)
from tfk.backend.reduction import (
    all,
    any,
    argmax,
    argmin,
    cumprod,
    cumsum,
    max,
    mean,
    min,
    prod,
    std,
    sum,
    var,
)
from tfk.backend.session import (
    backend,
    clear_session,
    function,
    get_uid,
    in_test_phase,
    in_train_phase,
    learning_phase,
    learning_phase_scope,
    manual_variable_initialization,
    name_scope,
    placeholder,
    print_tensor,
    reset_uids,
    set_learning_phase,
)
from tfk.backend.shaping import (
    arange,
    batch_flatten,
    concatenate,
    expand_dims,
    flatten,
    permute_dimensions,
    repeat,
    repeat_elements,
    reshape,
    resize_images,
    resize_volumes,
    reverse,
    spatial_2d_padding,
    spatial_3d_padding,
    squeeze,
    stack,
    temporal_padding,
    tile,
    transpose,
)
from tfk.backend.tensors import (
    constant,
    count_params,
    dtype,
    eval,
    eye,
    int_shape,
    is_sparse,
    ndim,
    ones,
    ones_like,
    shape,
    to_dense,
    variable,
    zeros,
    zeros_like,
)
from tfk.backend.values import (
    batch_get_value,
    batch_set_value,
    get_value,
    moving_average_update,
    set_value,
    update,
    update_add,
    update_sub,
)
from tfk.config import (
    epsilon,
    floatx,
    image_data_format,
    set_epsilon,
    set_floatx,
    set_image_data_format,
)
from tfk.engine.layer.symbolic import is_keras_tensor
from tfk.layers.recurrent.scan import rnn
