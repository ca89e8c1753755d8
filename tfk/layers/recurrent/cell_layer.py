"""Base class of SimpleRNN, GRU and LSTM, which create their cell from their own arguments."""

from tfk.engine.layer.input_spec import InputSpec
from tfk.layers.core.weight_settings import settings_config
from tfk.layers.recurrent.arguments import cell_arguments, take
from tfk.layers.recurrent.kernels.elementwise import known_name
from tfk.layers.recurrent.rnn import RNN
from tfk.typing import Config, RegularizerLike, TensorLike
from tfk.utils.naming import to_snake_case

_BASE = (
    "name",
    "trainable",
    "dtype",
)  # keys in a cell's config that are not layer arguments


def config_with_cell(layer, config):
    """Return the config of an `RNN` with the arguments of its cell in place of the cell."""
    of_cell = {key: v for key, v in layer.cell.get_config().items() if key not in _BASE}
    of_layer = {key: value for key, value in config.items() if key != "cell"}
    return {**of_layer, **of_cell, **settings_config(layer, "activity_regularizer")}


class CellLayer(RNN):
    """Base class of layers with a cell of class `cell_class`, which takes some of the layer's
    arguments.
    """

    axes_hint = (
        "Inputs are (batch, time, features); a recurrent layer before this one needs"
        " return_sequences=True."
    )

    cell_class = None
    takes_constants = False

    def __init__(self, activity_regularizer: RegularizerLike | None = None, **kwargs):
        kwargs.pop("enable_caching_device", None)  # an option of Keras 2 without effect on results
        cell = self.cell_class(
            **take(kwargs, (*cell_arguments(self.cell_class), "seed")),
            dtype=kwargs.get("dtype"),
            trainable=kwargs.get("trainable", True),
            name=to_snake_case(self.cell_class.__name__),
        )
        super().__init__(cell, activity_regularizer=activity_regularizer, **kwargs)
        self.input_spec = [InputSpec(ndim=3)]

    def call(
        self,
        inputs: TensorLike,
        mask: TensorLike = None,
        training: bool | None = None,
        initial_state: TensorLike = None,
    ):
        return self._run(inputs, mask, training, initial_state, None)

    def _drops_whole_inputs(self):
        """Return whether dropout draws a new mask per time step, as Keras 2 does when cuDNN is
        eligible.
        """
        cell = self.cell
        return (
            cell.gates > 1
            and cell.dropout > 0
            and cell.recurrent_dropout == 0
            and cell.use_bias
            and not self.unroll
            and known_name(cell.activation) == "tanh"
            and known_name(cell.recurrent_activation) == "sigmoid"
        )

    def get_dropout_mask_for_cell(self, inputs: TensorLike, training: bool | None, count: int = 1):
        """Return the cell's mask for the inputs of one step."""
        return self.cell.get_dropout_mask_for_cell(inputs, training, count)

    def get_recurrent_dropout_mask_for_cell(
        self, inputs: TensorLike, training: bool | None, count: int = 1
    ):
        """Return the cell's mask for the state."""
        return self.cell.get_recurrent_dropout_mask_for_cell(inputs, training, count)

    def reset_dropout_mask(self):
        """Make the cell draw a new mask for its inputs."""
        self.cell.reset_dropout_mask()

    def reset_recurrent_dropout_mask(self):
        """Make the cell draw a new mask for its state."""
        self.cell.reset_recurrent_dropout_mask()

    def get_config(self) -> Config:
        return config_with_cell(self, super().get_config())

    @classmethod
    def from_config(cls, config: Config):
        if config.get("implementation") == 0:  # of Keras 1, computed as 1 is
            config = {**config, "implementation": 1}
        return cls(**config)


def cell_property(name):
    """Return a read-only property of a layer that exposes an attribute of its cell."""
    return property(lambda self: getattr(self.cell, name), doc=f"The cell's `{name}`.")


def shows_cell(layer_class):
    """Class decorator: expose every argument of the cell as a read-only property of the layer."""
    for name in cell_arguments(layer_class.cell_class):
        setattr(layer_class, name, cell_property(name))
    return layer_class
