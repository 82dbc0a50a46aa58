"""Neurons whose true response to any image is known: a black box for lab 06, parameters and all.

Every neuron looks at the image x (0 black … 1 white) through one filter h, a patch of a wave

    h(p) = exp(−u²/2a² − v²/2b²) · exp(i(2πu/λ + φ)),   u = u₀ + κv²/2,   made free of its mean, scaled

with u₀ across and v along its bars (px from its centre), and κ their curvature. L = h·x is its drive,
scaled to standard deviation 1 over pictures with a 1/f spectrum and contrast .16. The rates, in
spikes for each image, are

    simple           b + g·log(1 + exp(k(L − θ)))/k          L of the real part of h
    centre-surround  the same, with h a difference of Gaussians (on or off)
    complex          b + g·(√(1 + E) − 1)                      E = |L|², real and imaginary part
    normalised       b + g·E/(s² + C²)                         C local contrast, scaled like L
    untuned          b

Sources: Movshon, Thompson and Tolhurst 1978, J Physiol 283:53 (simple cells); Adelson and Bergen
1985, J Opt Soc Am A 2:284 (energy); Heeger 1992, Vis Neurosci 9:181 (normalisation); Enroth-Cugell
and Robson 1966, J Physiol 187:517 (difference of Gaussians).
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

KINDS = ("simple", "centre-surround", "complex", "normalised", "untuned")
SHAPE = (60, 96)
CONTRAST = 0.16  # standard deviation over the pixels of a typical scene
SHARPNESS = 2.0  # k, of the simple cells' threshold


@dataclass(eq=False)
class TrueNeurons:
    """Simulated neurons: their parameters, filters and noise-free responses.

    Attributes
    ----------
    table : list of dict
        One entry per neuron. `kind`, `centre` (row, column; px), `base` b and `gain` g (spikes per image);
        where the kind has it `orientation` (degrees, 0 = horizontal bars), `wavelength` λ, `across` a,
        `along` b, `centre_size`, `surround_size` (px), `curvature` κ (1/px), `phase` φ (degrees),
        `threshold` θ, `semi_saturation` s, `pool_size` (px), `sign`.
    shape : tuple
        Rows and columns of the images.
    """

    table: list
    shape: tuple = SHAPE

    def __len__(self):
        return len(self.table)

    @cached_property
    def kinds(self):
        """Kind of each neuron, (n_neurons,) array of str."""
        return np.array([entry["kind"] for entry in self.table])

    @cached_property
    def _filters(self):
        return [_filter(entry, self.shape) for entry in self.table]

    def filter(self, neuron):
        """Return a neuron's filter: (H, W); complex where there are two phases, zero if untuned."""
        return self._filters[neuron].reshape(self.shape).copy()

    def respond(self, images):
        """Return the noise-free responses of all neurons.

        Parameters
        ----------
        images : (n, H, W) array
            0 black … 1 white; values outside are fine.

        Returns
        -------
        (n, n_neurons) array
            Spikes per image.

        Raises
        ------
        ValueError
            If the images have another size, or are uint8.
        """
        return np.stack([self.response(neuron, images) for neuron in range(len(self))], axis=1)

    def response(self, neuron, images):
        """Return one neuron's noise-free responses, as `respond` does: (n,)."""
        if getattr(images, "dtype", None) == np.uint8:
            raise ValueError("images should be from 0 to 1, but are uint8: divide them by 255.")
        x = np.asarray(images, float)
        if x.ndim != 3 or x.shape[1:] != tuple(self.shape):
            height, width = self.shape
            raise ValueError(f"images have shape {x.shape}, but should be (n, {height}, {width}).")
        if not 0 <= neuron < len(self):
            raise ValueError(f"There is no neuron {neuron}: they are 0 … {len(self) - 1}.")
        entry, x = self.table[neuron], x.reshape(len(x), -1)
        rate = np.full(len(x), float(entry["base"]))
        if entry["kind"] == "untuned":
            return rate
        drive = _product(x, self._filters[neuron])
        return rate + entry["gain"] * _nonlinearity(entry, drive, x, self.shape)


def _nonlinearity(entry, drive, x, shape):
    """What a kind makes of its drive (n,); the same equations as in the head of this module."""
    if entry["kind"] in ("simple", "centre-surround"):
        return np.logaddexp(0, SHARPNESS * (drive - entry["threshold"])) / SHARPNESS
    energy = np.abs(drive) ** 2
    if entry["kind"] == "complex":
        return np.sqrt(1 + energy) - 1
    return energy / (entry["semi_saturation"] ** 2 + _local_contrast(entry, x, shape))


def _product(x, h):
    """x @ h, for a real or a complex filter."""
    if np.isrealobj(h):
        return x @ h
    real, imaginary = (x @ np.stack([h.real, h.imag], axis=1)).T
    return real + 1j * imaginary


def _local_contrast(entry, x, shape):
    """C²: the variance of the pixels around the centre, relative to that of a typical scene; (n,)."""
    dy, dx = _offsets(entry, shape)
    weight = np.exp(-(dy**2 + dx**2) / (2 * entry["pool_size"] ** 2)).ravel()
    weight /= weight.sum()
    mean = x @ weight
    # in two passes: the difference of two large squares would lose digits
    return ((x - mean[:, None]) ** 2 @ weight) / CONTRAST**2


def _offsets(entry, shape):
    """Rows down (H, 1) and columns right (W,) from a neuron's centre, px."""
    row, column = entry["centre"]
    return np.arange(shape[0])[:, None] - row, np.arange(shape[1]) - column


def _filter(entry, shape):
    """A neuron's filter, flat, scaled so that its drive has standard deviation 1 over 1/f pictures."""
    if entry["kind"] == "untuned":
        return np.zeros(shape).ravel()
    dy, dx = _offsets(entry, shape)
    draw = _difference_of_gaussians if entry["kind"] == "centre-surround" else _wave
    h = draw(entry, dy, dx)
    if entry["kind"] == "simple":
        h = h.real
    return (h / typical_drive(h)).ravel()


def _wave(entry, dy, dx):
    """A patch of a wave whose bars bend, real and imaginary part in quadrature."""
    turn = np.deg2rad(entry["orientation"])
    v = dx * np.cos(turn) - dy * np.sin(turn)
    u = dy * np.cos(turn) + dx * np.sin(turn) + entry["curvature"] * v**2 / 2
    envelope = np.exp(-((u / entry["across"]) ** 2 + (v / entry["along"]) ** 2) / 2)
    wave = 2 * np.pi * u / entry["wavelength"] + np.deg2rad(entry["phase"])
    h = envelope * np.exp(1j * wave)
    # no answer to mean luminance: taking it away under the envelope leaves nothing far outside
    return h - envelope * (h.sum() / envelope.sum())


def _difference_of_gaussians(entry, dy, dx):
    square = dy**2 + dx**2
    centre = np.exp(-square / (2 * entry["centre_size"] ** 2))
    surround = np.exp(-square / (2 * entry["surround_size"] ** 2))
    return entry["sign"] * (centre / centre.sum() - surround / surround.sum())


def typical_drive(h):
    """Return the standard deviation of h·x over pictures x of CONTRAST with power ∝ 1/f².

    For a complex filter, the root mean square of the two parts' standard deviations.

    Parameters
    ----------
    h : (H, W) array
        Real or complex.

    Returns
    -------
    float
    """
    f2 = np.fft.fftfreq(h.shape[0])[:, None] ** 2 + np.fft.fftfreq(h.shape[1]) ** 2
    f2[0, 0] = np.inf
    power = CONTRAST**2 / f2 / np.sum(1 / f2)  # of each frequency: they add up to the variance
    variance = np.sum(np.abs(np.fft.fft2(h)) ** 2 * power)
    return float(np.sqrt(variance / (2 if np.iscomplexobj(h) else 1)))
