"""Writes tensors of every type that is imported, as the safetensors library does, and what they are in
single precision by NumPy.

    pip install numpy ml_dtypes safetensors; python make_fixtures.py

Each file NAME.safetensors has a twin NAME_expected.safetensors of type F32. The numbers are bit patterns
spread over the whole type, subnormals, zeros of both signs and infinities among them, and no NaN.
inexact.safetensors holds a double that single precision does not have.
"""

import ml_dtypes
import numpy as np
from safetensors.numpy import save_file


def numbers(bits, scalar, extremes):
    values = np.concatenate([bits.view(scalar), np.array(extremes, scalar)])
    return values[~np.isnan(values)]


def write(name, values):
    tensors = {"spread": values, "one": values[:1].reshape(()), "matrix": values[:6].reshape(2, 3)}
    save_file(tensors, f"{name}.safetensors")
    with np.errstate(over="raise"):
        expected = {key: value.astype(np.float32) for key, value in tensors.items()}
    save_file(expected, f"{name}_expected.safetensors")


patterns = np.arange(0, 65_536, 61, dtype=np.uint16)
half = np.finfo(np.float16)
write(
    "half",
    numbers(
        patterns,
        np.float16,
        [0.0, -0.0, half.smallest_subnormal, -half.tiny, half.max, np.inf, -np.inf],
    ),
)
brain = ml_dtypes.finfo(ml_dtypes.bfloat16)
write(
    "bfloat",
    numbers(
        patterns,
        ml_dtypes.bfloat16,
        [0.0, -0.0, brain.smallest_subnormal, -brain.tiny, brain.max, np.inf, -np.inf],
    ),
)
single = np.arange(0, 2**32, 4_194_301, dtype=np.uint32).view(np.float32)
single = single[~np.isnan(single)]
write("double", single.astype(np.float64))
save_file({"x": np.array([0.5, 0.1])}, "inexact.safetensors")
