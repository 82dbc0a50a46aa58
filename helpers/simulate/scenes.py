"""Scenes made of leaves: natural images in what matters here, with edges, corners and a 1/f spectrum.

Leaves (ellipses and rounded boxes) of random place, turn and size r fall on each other, the later
hide the earlier; their sizes follow p(r) ∝ r⁻³, as objects at all distances do. Occlusion gives edges, and
the sizes give a power that falls with the square of spatial frequency, as in photographs. Each leaf
has its own grey, shading (a slope) and texture (1/f noise).

Sources: Ruderman 1997, Vision Res 37:3385 (occlusion and the 1/f spectrum); Lee, Mumford and Huang
2001, Int J Comput Vis 41:35 (sizes ∝ r⁻³, scale invariance); Field 1987, J Opt Soc Am A 4:2379
(spectra of photographs).
"""

import numpy as np

SHAPE = (60, 96)
N_LEAVES = 350
SIZES = (1.2, 80.0)  # px, smallest and largest radius of a leaf
GREY = 0.2  # standard deviation of the leaves' grey, on a scale from black 0 to white 1
SHADING = 0.0015  # grey per px, standard deviation of each leaf's slopes
TEXTURE = (0.01, 0.1)  # contrast of a leaf's texture
SHARPNESS = 3.0  # an edge is a third of a pixel wide: sharper than what pixels average over
PLANE = 256  # px, side of the periodic noise that the leaves are cut from


def simulate_scenes(n, random_seed=0):
    """Make scenes of leaves; the first ones of a seed are the same however many are asked for.

    Parameters
    ----------
    n, random_seed : int

    Returns
    -------
    (n, 60, 96) uint8 array
        0 black, 255 white; 64 greys, 2, 6, 10 … 254, so that the files are small.
    """
    noise = pink_noise(np.random.default_rng(random_seed))
    streams = (np.random.default_rng([random_seed, i]) for i in range(n))
    scenes = np.empty((n, *SHAPE), np.uint8)
    for i, rng in enumerate(streams):
        scenes[i] = 4 * np.clip(64 * _scene(rng, noise), 0, 63).astype(np.uint8) + 2
    return scenes


def pink_noise(rng):
    """Draw a periodic plane (256, 256) with power ∝ 1/f², mean 0 and standard deviation 1."""
    f = np.hypot(np.fft.fftfreq(PLANE)[:, None], np.fft.rfftfreq(PLANE))
    f[0, 0] = np.inf
    plane = np.fft.irfft2(np.fft.rfft2(rng.standard_normal((PLANE, PLANE))) / f, (PLANE, PLANE))
    return plane / plane.std()


def _scene(rng, noise):
    """Drop leaves on one scene (60, 96); grey may still leave 0…1."""
    height, width = SHAPE
    sizes = _sizes(rng)
    n = len(sizes)
    # a leaf whose centre is outside may still reach in
    y = rng.uniform(-sizes, height + sizes)
    x = rng.uniform(-sizes, width + sizes)
    turn = rng.uniform(0, np.pi, n)
    minor = sizes * rng.uniform(0.45, 1, n)
    corners = np.where(rng.random(n) < 0.5, 2, 8)  # exponent: ellipse or box
    grey = 0.5 + GREY * rng.standard_normal(n)
    slopes = SHADING * rng.standard_normal((n, 2))
    contrast = rng.uniform(*TEXTURE, n)
    cuts = rng.integers(0, PLANE, (n, 2))
    scene = np.full(SHAPE, 0.5)
    for k in range(n):
        reach = 1.42 * sizes[k] + 1  # the corner of a box
        rows = slice(max(0, int(y[k] - reach)), max(0, min(height, int(y[k] + reach) + 2)))
        columns = slice(max(0, int(x[k] - reach)), max(0, min(width, int(x[k] + reach) + 2)))
        dy = np.arange(rows.start, rows.stop)[:, None] - y[k]
        dx = np.arange(columns.start, columns.stop) - x[k]
        if not dy.size or not dx.size:
            continue
        alpha = _cover(dy, dx, turn[k], sizes[k], minor[k], corners[k])
        where = np.ix_(
            (np.arange(rows.start, rows.stop) + cuts[k, 0]) % PLANE,
            (np.arange(columns.start, columns.stop) + cuts[k, 1]) % PLANE,
        )
        leaf = grey[k] + slopes[k, 0] * dy + slopes[k, 1] * dx + contrast[k] * noise[where]
        part = scene[rows, columns]
        part += alpha * (leaf - part)
    return scene


def _sizes(rng):
    """Draw the leaves' radii (px) from p(r) ∝ r⁻³ between the smallest and the largest."""
    low, high = (1 / size**2 for size in SIZES)
    return 1 / np.sqrt(rng.uniform(high, low, N_LEAVES))


def _cover(dy, dx, turn, major, minor, exponent):
    """How much of each pixel a leaf covers, 0…1: its edge is a pixel wide."""
    c, s = np.cos(turn), np.sin(turn)
    u, v = np.abs(c * dx + s * dy) / major, np.abs(c * dy - s * dx) / minor
    inside = 1 - (np.sqrt(u * u + v * v) if exponent == 2 else (u**8 + v**8) ** 0.125)
    return np.clip(0.5 + SHARPNESS * minor * inside, 0, 1)


def spectral_slope(scenes):
    """Return the slope of log power over log frequency, power averaged over scenes and directions.

    Each scene is cut to a square, its mean taken away, its borders tapered (Hann); frequencies from 2
    to 20 cycles per picture, equally many points for each octave.

    Parameters
    ----------
    scenes : (n, H, W) array

    Returns
    -------
    float
        About −2 for natural images.
    """
    side = min(scenes.shape[1:])
    squares = scenes[:, :side, :side].astype(float)
    squares -= squares.mean(axis=(1, 2), keepdims=True)
    taper = np.hanning(side + 2)[1:-1]
    power = np.mean(np.abs(np.fft.fft2(squares * np.outer(taper, taper))) ** 2, axis=0)
    f = np.hypot(np.fft.fftfreq(side)[:, None], np.fft.fftfreq(side))
    edges = np.geomspace(2, side / 3, 12) / side
    ring = np.digitize(f, edges)
    rings = [k for k in range(1, len(edges)) if np.any(ring == k)]
    points = [(np.log(f[ring == k]).mean(), np.log(power[ring == k].mean())) for k in rings]
    return float(np.polyfit(*np.transpose(points), 1)[0])
