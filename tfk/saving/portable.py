"""Configs in a form that every release of Keras 2 since 2.12 reads.

Some settings are younger than those releases, some classes moved, and one argument of optimizers is
rejected by all of them. Omitted entries have their default values, so nothing is lost.
"""

from tfk.saving.configs import is_object_config
from tfk.saving.optimizer_configs import PRESENT

# Settings that not all releases know, by class, with the value that need not be stated.
YOUNG_SETTINGS = {
    "InputLayer": {"optional": False},
    "MultiHeadAttention": {"softmax_robust_masking": False},
}
DECAY = "decay"


def portable(nest):
    """Return the nest of configs with every object in its portable form."""
    if isinstance(nest, (list, tuple)):
        return type(nest)(portable(item) for item in nest)
    if not isinstance(nest, dict):
        return nest
    result = {key: portable(value) for key, value in nest.items()}
    if not is_object_config(result) or not isinstance(result["config"], dict):
        return result
    module, name, config = result.get("module"), result["class_name"], result["config"]
    if name in YOUNG_SETTINGS and _is_built_in(result):
        return {**result, "config": _without(config, YOUNG_SETTINGS[name])}
    if name == "Functional" and module is not None:
        # No release has a public module for it, but all of them read it as a Model.
        return {**result, "module": "keras", "class_name": "Model", "registered_name": None}
    if module == PRESENT and config.get("decay"):
        return {**result, "config": decay_as_schedule(config)}
    return result


def _is_built_in(config):
    return not config.get("registered_name") and ">" not in config["class_name"]


def _without(config, defaults):
    return {
        key: value for key, value in config.items() if key not in defaults or value != defaults[key]
    }


def decay_as_schedule(config):
    """Return the config of an optimizer whose `decay` is a schedule for the learning rate.

    Optimizers of Keras 2.11 and later reject the argument; the schedule yields the same numbers.
    """
    rate = config["learning_rate"]
    if isinstance(rate, dict):
        return config
    settings = {
        "initial_learning_rate": rate,
        "decay_steps": 1,
        "decay_rate": config[DECAY],
        "staircase": False,
        "name": DECAY,
    }
    schedule = {
        "module": f"{PRESENT}.schedules",
        "class_name": "InverseTimeDecay",
        "config": settings,
        "registered_name": None,
    }
    return {
        **{key: value for key, value in config.items() if key != DECAY},
        "learning_rate": schedule,
    }


def schedule_as_decay(config):
    """Return the inverse of `decay_as_schedule`; other configs come back as they are."""
    rate = config.get("learning_rate")
    is_schedule = isinstance(rate, dict) and rate.get("class_name") == "InverseTimeDecay"
    settings = rate.get("config") if is_schedule else None
    if not isinstance(settings, dict) or settings.get("name") != DECAY:
        return config
    return {
        **config,
        "learning_rate": settings.get("initial_learning_rate"),
        DECAY: settings.get("decay_rate"),
    }
