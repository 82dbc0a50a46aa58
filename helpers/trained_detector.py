"""The trained networks of lab 09 as plain functions of waveforms: for comparison, not to be trained.

The weights that ship are read from safetensors, numbers only, and applied with NumPy: nothing here
is a torch module, has gradients, or can learn. Waveforms are standardised, float, (n, 42).
"""

import numpy as np

from helpers.data import data_folder


def trained_classifier(kind):
    """Return the trained "cnn" or "gru": a function of waveforms (n, 42) that gives classes (n,)."""
    apply, w = {"cnn": _cnn, "gru": _gru}[kind], _weights(kind)
    return lambda x: apply(np.asarray(x, dtype=np.float32), w).argmax(axis=1)


def _weights(kind):
    try:
        import safetensors.numpy
    except ImportError:
        raise ImportError(
            "Trained weights need safetensors: install it with `pip install safetensors` (in the"
            " course's own folder: `make deep`)."
        ) from None
    path = data_folder() / f"detector_{kind}.safetensors"
    try:
        return safetensors.numpy.load(path.read_bytes())
    except FileNotFoundError:
        raise ValueError(
            f"{path} is missing: keep the lab's folder together as you received it."
        ) from None


def _linear(x, w, name):
    return x @ w[f"{name}.weight"].T + w[f"{name}.bias"]


def _cnn(x, w):
    maps = x[:, None]
    for convolution, norm in ((0, 1), (4, 5)):
        padded = np.pad(maps, ((0, 0), (0, 0), (2, 2)))
        seen = np.lib.stride_tricks.sliding_window_view(padded, 5, axis=2)
        maps = np.einsum("nctk,dck->ndt", seen, w[f"{convolution}.weight"], optimize=True)
        maps += w[f"{convolution}.bias"][:, None]
        scale = w[f"{norm}.weight"] / np.sqrt(w[f"{norm}.running_var"] + 1e-5)
        maps = (maps - w[f"{norm}.running_mean"][:, None]) * scale[:, None]
        maps = np.maximum(maps + w[f"{norm}.bias"][:, None], 0)
        half = maps.shape[2] // 2
        maps = maps[:, :, : 2 * half].reshape(*maps.shape[:2], half, 2).max(axis=3)
    hidden = np.maximum(_linear(maps.reshape(len(maps), -1), w, "9"), 0)
    return _linear(hidden, w, "11")


def _gru(x, w):
    h = np.zeros((len(x), w["gru.weight_hh_l0"].shape[1]), dtype=np.float32)
    for sample in x.T[:, :, None]:
        from_x = sample @ w["gru.weight_ih_l0"].T + w["gru.bias_ih_l0"]
        from_h = h @ w["gru.weight_hh_l0"].T + w["gru.bias_hh_l0"]
        (a, b, c), (d, e, f) = (np.split(part, 3, axis=1) for part in (from_x, from_h))
        reset, update = (1 / (1 + np.exp(-part)) for part in (a + d, b + e))
        h = (1 - update) * np.tanh(c + reset * f) + update * h
    return _linear(h, w, "head")
