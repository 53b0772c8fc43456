"""Arrays that are none of NumPy's."""

from __future__ import annotations

from typing import Any

import numpy as np


class Lent:
    """An array of another library, which lends its memory by DLPack alone."""

    def __init__(self, values: np.ndarray) -> None:
        self.values = values

    def __dlpack__(self, **options: Any) -> Any:
        return self.values.__dlpack__(**options)

    def __dlpack_device__(self) -> tuple[Any, Any]:
        return self.values.__dlpack_device__()


class Convertible:
    """Has __array__ alone."""

    def __init__(self, values: np.ndarray) -> None:
        self.values = values

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        return self.values


class Tensor:
    """As much of a PyTorch tensor as is relied upon, for machines without PyTorch."""

    def __init__(self, bits: np.ndarray, dtype: str = "torch.bfloat16", grad: bool = True) -> None:
        self.bits, self.dtype, self.grad = bits, dtype, grad

    def detach(self) -> Tensor:
        return Tensor(self.bits, self.dtype, grad=False)

    def view(self, dtype: str) -> Tensor:
        return Tensor(self.bits.view(dtype.removeprefix("torch.")), dtype, self.grad)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        if self.grad or self.dtype == "torch.bfloat16":
            raise RuntimeError("a tensor with a gradient, or of bfloat16, is no NumPy array")
        return self.bits
