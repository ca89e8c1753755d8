"""Checks of the arguments of `compile`, and consequences of the dtype policy."""

import tensorflow as tf

from tfk.engine.training.steps import MODES
from tfk.optimizers.loss_scale import LossScaleOptimizer
from tfk.utils.checks import check_positive_int, describe
from tfk.utils.overrides import is_overridden
from tfk.utils.replicas import parameter_servers
from tfk.utils.suggestions import did_you_mean
from tfk.utils.tensorflow_internals import has_partitioner

IGNORED = {"cloning", "experimental_run_tf_function", "sample_weight_mode", "from_serialized"}
ARGUMENTS = (
    "optimizer", "loss", "metrics", "loss_weights", "weighted_metrics", "run_eagerly",
    "steps_per_execution", "jit_compile", "validate_data",
)  # fmt: skip
REMOVED = {
    "distribute": "Create the model inside `with strategy.scope():` instead.",
    "target_tensors": "Pass the targets to fit.",
}


def check_compile_arguments(
    model,
    optimizer,
    metrics,
    weighted_metrics,
    run_eagerly,
    steps_per_execution,
    jit_compile,
    validate_data,
    kwargs,
):
    """Raise TypeError or ValueError for invalid arguments of `compile`."""
    owner = describe(model)
    for name, advice in REMOVED.items():
        if kwargs.pop(name, None) is not None:
            raise ValueError(f"{owner}: compile no longer takes {name}. {advice}")
    unknown = sorted(set(kwargs) - IGNORED)
    if unknown:
        raise TypeError(
            f"{owner}: compile got unknown arguments {unknown}."
            f" {did_you_mean(unknown[0], ARGUMENTS, 'arguments')}"
        )
    _check_no_classes(owner, optimizer, [metrics, weighted_metrics])
    if not any(
        validate_data is choice or validate_data == choice for choice in (True, False, "finite")
    ):
        raise ValueError(
            f'{owner}: expected validate_data to be True, False or "finite", got {validate_data!r}.'
        )
    if steps_per_execution not in (None, "auto"):
        check_positive_int(model, "steps_per_execution", steps_per_execution)
    if jit_compile and (run_eagerly or model.dynamic):
        raise ValueError(
            f"{owner}: jit_compile=True compiles what run_eagerly=True runs as Python: choose one"
            " of them."
        )
    if parameter_servers(model.distribute_strategy):
        _check_for_servers(model, owner, run_eagerly, jit_compile)
    replicas = model.distribute_strategy.num_replicas_in_sync
    if jit_compile and replicas > 1:
        raise ValueError(
            f"{owner}: jit_compile=True is not supported with {replicas} replicas: XLA compiles for"
            " one device, and their exchange of gradients is part of the step. Leave jit_compile"
            " out."
        )
    _check_strategy(model, optimizer, [metrics, weighted_metrics], owner)


def _check_no_classes(owner, optimizer, metrics):
    """Raises ValueError for a class in the place of an object."""
    for what, written, given in (
        ("optimizer", "optimizer={}()", optimizer),
        ("metric", "{}()", metrics),
    ):
        for cls in tf.nest.flatten(given):
            if isinstance(cls, type):
                raise ValueError(
                    f"{owner}: compile got the class {cls.__name__} as {what}; expected an object."
                    f" Pass {written.format(cls.__name__)}."
                )


def _check_for_servers(model, owner, run_eagerly, jit_compile):
    """Reject arguments that steps on workers of a ParameterServerStrategy do not support."""
    if run_eagerly or jit_compile:
        raise ValueError(
            f"{owner}: under ParameterServerStrategy steps run as graphs on the workers, with"
            " variables that are stored on servers:"
            f" {'run_eagerly' if run_eagerly else 'jit_compile'}=True is not supported. Leave it"
            " out."
        )
    own = [
        f"make_{mode}_function" for mode in MODES if is_overridden(model, f"make_{mode}_function")
    ]
    if own:
        raise ValueError(
            f"{owner}: {own[0]} is overridden, but under ParameterServerStrategy a coordinator"
            " hands steps to the workers. Override train_step, test_step or predict_step instead."
        )
    if has_partitioner(model.distribute_strategy):
        raise ValueError(
            f"{owner}: variable_partitioner is not supported: layers and optimizers need variables"
            " in one piece. Create the ParameterServerStrategy without it; variables are then"
            " spread over the servers as a whole."
        )


def _check_strategy(model, optimizer, metrics, owner):
    """Raise unless variables were created in the scope of the model's strategy."""
    extended = model.distribute_strategy.extended
    if tf.distribute.has_strategy() and model.built:
        foreign = [
            v.name
            for v in model.variables
            if not tf.distribute.get_strategy().extended.variable_created_in_scope(v)
        ]
        if foreign:
            raise ValueError(
                f"{owner}: compile is called inside the scope of a strategy in which the variable"
                f" {foreign[0]} was not created. Create the model inside `with strategy.scope():`"
                " too."
            )
    optimizers = (one for one in tf.nest.flatten(optimizer) if hasattr(one, "iterations"))
    parts = [("optimizer", one, [one.iterations]) for one in optimizers]
    parts += [("metric", one, getattr(one, "variables", ())) for one in tf.nest.flatten(metrics)]
    for kind, one, variables in parts:
        if not all(map(extended.variable_created_in_scope, variables)):
            raise ValueError(
                f"{owner}: the {kind} {one.name!r} was created outside the strategy's scope in"
                " which the model was made. Create it inside `with strategy.scope():`, or pass its"
                " name."
            )


def scaled_for_float16(model, optimizer):
    """Return the optimizer, wrapped in loss scaling if the model computes in float16."""
    if model.dtype_policy.name != "mixed_float16":
        return optimizer
    return optimizer if isinstance(optimizer, LossScaleOptimizer) else LossScaleOptimizer(optimizer)
