"""Tensors of every sort as arrays, without importing PyTorch for it."""

from typing import Any

import numpy as np


class NoNumbers(ValueError):
    """A tensor that holds no numbers to read; the message says why."""


class Tensor(np.ndarray):
    """A tensor's numbers, as they come to where PyTorch is not imported."""

    requires_grad = False

    def detach(self) -> "Tensor":
        return self


def away(array: np.ndarray, requires_grad: bool) -> Tensor:
    """An array as what it was elsewhere: a tensor."""
    tensor = array.view(Tensor)
    tensor.requires_grad = requires_grad
    return tensor


def is_tensor(value: Any) -> bool:
    return hasattr(value, "detach") and hasattr(value, "requires_grad")


def plain(value: Any) -> np.ndarray:
    """A tensor, or whatever else, as an array; without NumPy's warnings.

    NumPy warns of how PyTorch gives it a tensor, as if the learner did.
    """
    return as_array(value) if is_tensor(value) else np.asarray(value)


def as_array(tensor: Any) -> np.ndarray:
    """The numbers of a tensor. NoNumbers: it has none.

    Sparse and quantised ones are read as what they stand for.
    """
    if isinstance(tensor, Tensor):
        return tensor.view(np.ndarray)
    try:
        if getattr(tensor, "is_nested", False):
            raise NoNumbers("a nested tensor: its rows are of several lengths")
        if tensor.is_meta:
            raise NoNumbers("a tensor on the device 'meta', without numbers")
        plain = tensor.detach()
        if plain.is_quantized:
            plain = plain.dequantize()
        if str(plain.layout) != "torch.strided":
            plain = plain.to_dense()
        plain = plain.cpu().resolve_conj().resolve_neg()
        try:
            return np.asarray(plain.numpy())
        except TypeError:  # bfloat16 and the like
            return np.asarray(plain.double().numpy())
    except NoNumbers:
        raise
    except Exception as error:
        raise NoNumbers(f"a tensor that cannot be read ({error})") from None
