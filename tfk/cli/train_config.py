"""Configs of `tfk train`: checked, then turned into a model and callbacks."""

import inspect
import json
import pathlib

import tfk
from tfk.callbacks.saved_paths import is_numbered
from tfk.cli.errors import CommandError
from tfk.saving.json_format import parse
from tfk.saving.load_scopes import safe_mode_scope
from tfk.utils.suggestions import did_you_mean

SECTIONS = {"seed": 1, "data": None, "model": None, "compile": None, "fit": {}, "callbacks": []}
MODEL_KINDS = {
    "layers": (),
    "config": (),
    "file": (),
    "application": ("arguments", "trainable", "head"),
}
FIT_ARGUMENTS = (
    "batch_size", "class_weight", "epochs", "initial_epoch", "shuffle", "steps_per_epoch",
    "validation_batch_size", "validation_freq", "validation_split", "validation_steps",
)  # fmt: skip
# Arguments of callbacks that are paths, or dicts of paths; all of them are in the run's folder.
_PATHS = (
    "filepath", "filename", "log_dir", "backup_dir", "embeddings_metadata", "export_filepath",
    "checkpoint_filepath",
)  # fmt: skip
_NETWORK = ("RemoteMonitor",)  # callbacks that send what they see to an address


def load_config(path):
    """Return the config in a JSON file, with defaults filled in.

    Raises: CommandError for a file that is not JSON, a section that is missing or unknown.
    """
    try:
        config = parse(pathlib.Path(path).read_text("utf-8"), "the config")
    except OSError as error:
        raise CommandError(f"cannot read {path}: {error.strerror}") from None
    except ValueError as error:
        raise CommandError(f"{path} is not JSON: {error}") from None
    check_keys(str(path), config, SECTIONS)
    missing = [name for name, default in SECTIONS.items() if default is None and name not in config]
    if missing:
        raise CommandError(f"{path} lacks {', '.join(missing)}")
    config = {**SECTIONS, **config}
    check_keys("fit", config["fit"], FIT_ARGUMENTS)
    check_keys("compile", config["compile"], inspect.signature(tfk.Model.compile).parameters)
    if not isinstance(config["callbacks"], list):
        raise CommandError(f'"callbacks" must be a list, got {config["callbacks"]!r}')
    return config


def check_keys(where, given, known):
    """Raise CommandError unless `given` is a dict with only known keys."""
    if not isinstance(given, dict):
        raise CommandError(f"{where}: expected an object with {', '.join(known)}; got {given!r}")
    for key in given:
        if key not in known:
            raise CommandError(
                f"{where}: unknown key {key!r}. {did_you_mean(key, known, 'keys')}".rstrip()
            )


def kind_of(where, section, kinds):
    """Return the one key of `kinds` that a section has; check its other keys."""
    if not isinstance(section, dict):
        raise CommandError(
            f'"{where}" must be an object with one of {", ".join(kinds)}; got {section!r}'
        )
    found = [kind for kind in kinds if kind in section]
    if len(found) != 1:
        raise CommandError(
            f'"{where}" needs exactly one of {", ".join(kinds)}; it has'
            f" {', '.join(section) or 'none'}"
        )
    check_keys(where, section, (found[0], *kinds[found[0]]))
    return found[0]


def build_model(section, train, base):
    """Return the model of a config's `model` section.

    Args:
        section: The section.
        train: `(x, y)` or `(dataset,)`, from which a list of layers gets its input shape.
        base: Folder that relative paths start from.
    """
    kind = kind_of("model", section, MODEL_KINDS)
    if kind == "layers":
        return tfk.Sequential([tfk.Input(_input_shape(train)), *build_layers(section["layers"])])
    if kind == "file":
        return tfk.models.load_model(base / section["file"], compile=False)
    if kind == "config":
        config = section["config"]
        if isinstance(config, str):
            return tfk.models.model_from_json((base / config).read_text("utf-8"))
        return tfk.models.model_from_config(config)
    return _application(section)


def _application(section):
    name = section["application"]
    factory = getattr(tfk.applications, name, None)
    if not inspect.isfunction(factory):
        known = [known for known in dir(tfk.applications) if known[0].isupper()]
        raise CommandError(
            f"model: unknown application {name!r}. {did_you_mean(name, known)}".rstrip()
        )
    arguments = section.get("arguments", {})
    if "://" in str(arguments.get("weights")):  # TensorFlow would look there over the network
        raise CommandError(f"model: weights={arguments['weights']!r} is an address; give a path")
    body = factory(**arguments)
    body.trainable = section.get("trainable", True)
    if not section.get("head"):
        return body
    # Frozen batch normalization stays in inference mode, as fine-tuning wants it.
    x = body(body.input, training=None if body.trainable else False)
    for layer in build_layers(section["head"]):
        x = layer(x)
    return tfk.Model(body.input, x)


def build_layers(specs):
    """Layers from a list of `{"Dense": {"units": 3}}` or `{"class_name": ..., "config": ...}`."""
    if not isinstance(specs, list):
        raise CommandError(f"layers must be a list, got {specs!r}")
    return [_build("layer", spec, tfk.layers, tfk.layers.Layer) for spec in specs]


def build_callbacks(specs, folder, allow_network=False):
    """Callbacks from a list like that of layers.

    Args:
        specs: The list.
        folder: Folder of the run, in which all files of callbacks are.
        allow_network: Whether callbacks may send to the network.

    Raises: CommandError for a path that leaves the folder, or a callback that is not allowed.
    """
    callbacks = []
    for spec in specs:
        name, arguments = _name_and_arguments("callback", spec)
        if name in _NETWORK and not allow_network:
            raise CommandError(
                f"callback {name} sends to the network; pass --allow-network if it should"
            )
        arguments = {**_default_paths(name), **arguments}
        inside = {
            key: _inside(folder, f"{name}.{key}", value) if key in _PATHS else value
            for key, value in arguments.items()
        }
        callbacks.append(_build("callback", {name: inside}, tfk.callbacks, tfk.callbacks.Callback))
    return callbacks


def _default_paths(name):
    """Default values of a callback's paths, such as `log_dir="logs"`."""
    cls = getattr(tfk.callbacks, str(name), None)
    parameters = inspect.signature(cls).parameters if inspect.isclass(cls) else {}
    defaults = {key: parameters[key].default for key in _PATHS if key in parameters}
    return {key: value for key, value in defaults.items() if isinstance(value, str)}


def _inside(folder, where, value):
    """A path of the config, or a dict of them, below the run's folder."""
    if isinstance(value, dict):
        return {key: _inside(folder, where, item) for key, item in value.items()}
    if value is None:
        return None
    path = pathlib.PurePath(check_text(where, value))
    if path.is_absolute() or path.drive or ".." in path.parts or "://" in value:
        raise CommandError(
            f"{where}: {value!r} leaves the folder of the run; give a path relative to it"
        )
    if not is_numbered(value):
        raise CommandError(
            f"{where}: {value!r} has a placeholder that is no plain number, such as {{epoch:02d}}"
        )
    return str(folder / path)


def check_text(where, value):
    """Return `value` if it is a string; raise CommandError otherwise."""
    if not isinstance(value, str) or "\0" in value:
        raise CommandError(f"{where}: expected a string, got {value!r}")
    return value


def compile_model(model, section):
    """Compile the model; classes with arguments are written like layers, losses and metrics with
    `class_name`.
    """
    arguments = dict(section)
    if isinstance(section.get("optimizer"), dict):
        name, config = _name_and_arguments("optimizer", section["optimizer"])
        arguments["optimizer"] = tfk.optimizers.get({"class_name": name, "config": config})
    for key, get in (
        ("loss", tfk.losses.get),
        ("metrics", tfk.metrics.get),
        ("weighted_metrics", tfk.metrics.get),
    ):
        if key in section:
            arguments[key] = _objects(section[key], get)
    model.compile(**arguments)


def _objects(value, get):
    """The value with every `{"class_name", "config"}` in it, also below output names and in lists,
    as an object.
    """
    if isinstance(value, dict):
        return (
            get(value) if "class_name" in value else {k: _objects(v, get) for k, v in value.items()}
        )
    return [_objects(item, get) for item in value] if isinstance(value, list) else value


def _name_and_arguments(what, spec):
    if isinstance(spec, str):
        return spec, {}
    if isinstance(spec, dict) and "class_name" in spec:
        check_keys(what, spec, ("class_name", "config"))
        return spec["class_name"], spec.get("config", {})
    if isinstance(spec, dict) and len(spec) == 1 and isinstance(next(iter(spec.values())), dict):
        return next(iter(spec.items()))
    raise CommandError(
        f'a {what} is written {{"Name": {{"argument": value}}}}; got {json.dumps(spec)}'
    )


def _build(what, spec, module, base):
    """An object of a public class of `module`; its arguments are those of `from_config` or of the
    class.
    """
    name, arguments = _name_and_arguments(what, spec)
    cls = getattr(module, str(name), None)
    if not (inspect.isclass(cls) and issubclass(cls, base)):
        known = [n for n in dir(module) if inspect.isclass(getattr(module, n)) and n[0].isupper()]
        raise CommandError(f"unknown {what} {name!r}. {did_you_mean(name, known)}".rstrip())
    try:
        with safe_mode_scope(True):
            return cls.from_config(arguments) if hasattr(cls, "from_config") else cls(**arguments)
    except TypeError as error:
        raise CommandError(f"{what} {name}: {error}") from None


def _input_shape(train):
    """Shape of one sample."""
    x = train[0]
    shape = x.element_spec[0].shape if hasattr(x, "element_spec") else getattr(x, "shape", None)
    if shape is None:
        raise CommandError(
            '"layers" makes a model with one input; describe others in Python and pass "config"'
        )
    return tuple(shape)[1:]
