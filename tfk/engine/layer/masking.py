"""Masks of a layer: read from its inputs, passed to `call`, attached to its outputs."""

import tensorflow as tf

from tfk.engine.layer import scratch
from tfk.engine.layer.connections import _NodesMixin
from tfk.engine.layer.input_spec import layer_title
from tfk.typing import TensorLike
from tfk.utils.masks import get_mask, set_mask
from tfk.utils.user_values import as_tensors


class _MaskingMixin(_NodesMixin):
    """Mixin that propagates masks.

    A mask is a boolean tensor, True for valid time steps; it is attached to the tensor it belongs
    to.
    """

    _UNTRACKED = frozenset(("_supports_masking",))

    _supports_masking: bool = False

    # Set by layers that create masks for inputs without one (only checked for built-in
    # layers only).
    makes_masks = False

    @property
    def supports_masking(self):
        """Whether the input mask is passed on; True if `compute_mask` is overridden."""
        return self._supports_masking

    @supports_masking.setter
    def supports_masking(self, value):
        self._supports_masking = bool(value)
        self.renew_version()

    def _pass_masks(self, signature, inputs, args, kwargs):
        """Return the mask of the inputs, adding it to `kwargs` if `call` accepts it and it was not
        given.
        """
        place = signature.position("mask")
        if place is not None and len(args) > place:
            return args[place]
        given = kwargs.get("mask")
        if given is not None and signature.by_library:
            given = kwargs["mask"] = as_tensors(given)
        if given is not None or not (signature.takes_mask or self._supports_masking):
            if not signature.takes_mask:
                kwargs.pop("mask", None)
            return given
        masks = _masks_of(inputs)
        if masks is not None and signature.takes_mask:
            kwargs["mask"] = masks
        return masks

    def _mask_outputs(self, inputs, outputs, masks):
        if not self._supports_masking:
            return
        flat = tf.nest.flatten(outputs)
        if all(get_mask(output) is not None for output in flat):
            return
        computed = self.compute_mask(inputs, masks)
        if computed is None:
            return
        computed = tf.nest.flatten(computed)
        for output, mask in zip(
            flat, computed if len(computed) > 1 or len(flat) == 1 else computed * len(flat)
        ):
            if mask is not None:
                set_mask(output, mask)

    def compute_mask(self, inputs: TensorLike, mask: TensorLike = None):
        """Return the output mask for an input mask: the same if `supports_masking`, else None."""
        if self._supports_masking:
            return mask
        if any(m is not None for m in tf.nest.flatten(mask)):
            raise TypeError(f"{layer_title(self)} does not support masking, but got a mask.")
        return None

    def _note_masks(self, inputs, outputs):
        """Determine which outputs will carry masks, for later layers that accept masks in
        `call`.
        """
        if not self._supports_masking:
            return
        masked = any(value.mask_spec is not None for value in tf.nest.flatten(inputs))
        if not masked and not self.makes_masks:
            return
        masks = scratch.output_specs(
            lambda values: self.compute_mask(values, _masks_of(values)), inputs
        )
        flat = tf.nest.flatten(outputs)
        for output, mask in zip(flat, _for_each(masks, flat)):
            output.mask_spec = mask


def _masks_of(inputs):
    if tf.is_tensor(inputs):
        return get_mask(inputs)
    masks = tf.nest.map_structure(get_mask, inputs)
    return None if all(mask is None for mask in tf.nest.flatten(masks)) else masks


def _for_each(masks, outputs):
    """Return the masks as a list, one per output; a single mask applies to all."""
    masks = tf.nest.flatten(masks)
    return masks * len(outputs) if len(masks) == 1 else masks
