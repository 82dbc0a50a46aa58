"""The linear-nonlinear-Poisson (LNP) neuron: samples, likelihood, fast fits and error bars.

A neuron with receptive field w counts c_t spikes in bin t of a stimulus with columns s_t:

    c_t ~ Poisson(r_t),   r_t = exp(w·s_t) dt R,

so that −log p(c | w) = Σ_t r_t − c_t log r_t + log c_t! is convex, with the gradient
Σ_t (r_t − c_t) s_t and the Hessian Σ_t r_t s_t s_tᵀ, which is also the observed information.

In all functions w is (D²,), a (D, D) field in row-major order; s (D², nT), one column per bin;
c (nT,) counts per bin; dt the length of a bin (s) and R the rate at w·s = 0 (Hz). Arguments that
cannot be used raise a ValueError that says why.

A maximum of the likelihood may be infinitely far away: with fewer bins than pixels, or so few
spikes that some change of w lowers the rate of empty bins alone. `fit_lnp` says so instead of
returning the place where it stopped; a small `ridge` makes every problem well-posed. Pixels that
are always zero keep the weight zero, and pixels that are always equal share.

Sources: Chichilnisky 2001, Network 12:199 (LNP and its STA); Paninski 2004, Network 15:243
(maximum likelihood, convexity); Nocedal and Wright, Numerical Optimization, 2006, chapter 7
(Newton's method with conjugate gradients).
"""

from dataclasses import dataclass

import numpy as np
from scipy import linalg, optimize

SMALL = 1 << 20  # numbers of a stimulus that may be copied: four million bytes
ROUGH = 1e-5  # relative gradient down to which single precision leads
PATIENCE = 40  # steps of conjugate gradients; a Hessian costs about as much as these
LOW = -5.0  # log of r / (dt R) in empty bins: so low, is it on its way to −∞?


@dataclass(frozen=True)
class Fit:
    """A fit and how well it converged: w, ‖gradient‖∞ over that at w = 0, and the work it took."""

    w: np.ndarray
    gradient: float
    iterations: int
    converged: bool
    finite: bool  # False: the likelihood goes on rising as w grows without end


def gen_gauss_rf(D, width, center=(0, 0)):
    """Return a Gaussian receptive field (D, D) that sums to 1.

    It is exp(−(x² + y²) / width) with x and y counted in pixels from a peak that is center =
    (rows, columns) away from the middle of the field.
    """
    x = np.arange(D) - (D - 1) / 2
    w = np.exp(-((x[:, None] - center[0]) ** 2 + (x - center[1]) ** 2) / width)
    return w / w.sum()


def sample_lnp(w, nT, dt, R, s_i, random_seed=10):
    """Draw nT bins of a binary stimulus, ±s_i / 2 with equal odds, and the counts they evoke.

    Returns c (nT,) int, r (nT,) expected counts per bin, and s (D², nT).
    """
    w = np.ravel(np.asarray(w, dtype=float))
    rng = np.random.default_rng(random_seed)
    s = (rng.integers(0, 2, size=(len(w), nT)) - 0.5) * s_i
    r = np.exp(w @ s) * (dt * R)
    return rng.poisson(r), r, s


def negloglike_lnp(w, c, s, dt=0.1, R=50):
    """Return Σ_t r_t − c_t log r_t: −log p(c | w) without the term log c_t! that w cannot change."""
    w, c, s = _problem(c, s, dt * R, w)
    drive = w @ s
    return float(np.exp(drive).sum() * (dt * R) - c @ (drive + np.log(dt * R)))


def deriv_negloglike_lnp(w, c, s, dt=0.1, R=50):
    """Return the gradient (D²,) of the negative log-likelihood, Σ_t (r_t − c_t) s_t."""
    w, c, s = _problem(c, s, dt * R, w)
    return s @ (np.exp(w @ s) * (dt * R) - c)


def observed_information(w, s, dt=0.1, R=50):
    """Return the Hessian (D², D²) of the negative log-likelihood, Σ_t r_t s_t s_tᵀ."""
    s = np.asarray(s, dtype=float)
    return weighted_gram(s, np.exp(np.ravel(w) @ s) * (dt * R))


def standard_errors(w, s, dt=0.1, R=50):
    """Return the standard error (D²,) of every weight: √ of the diagonal of information⁻¹.

    Raises a ValueError where the stimulus does not tell all weights apart.
    """
    information = observed_information(w, s, dt, R)
    try:
        root = linalg.cholesky(information, lower=True)
    except linalg.LinAlgError:
        raise ValueError("The information is singular: some pixels never differ.") from None
    half = linalg.solve_triangular(root, np.eye(len(root)), lower=True)
    return np.sqrt((half**2).sum(axis=0))


def fit_lnp(c, s, dt=0.1, R=50, ridge=0.0):
    """Return ŵ (D²,), the minimum of negloglike_lnp(w) + ½ ridge ‖w‖².

    Raises a ValueError where there is no finite minimum.
    """
    fit = fit_lnp_details(c, s, dt, R, ridge)
    if not fit.finite:
        raise ValueError(
            "The likelihood has no finite maximum: some w lowers the rate of bins without spikes "
            "and of no others, without end. Give more bins, or a small ridge."
        )
    return fit.w


def fit_lnp_details(c, s, dt=0.1, R=50, ridge=0.0, tol=1e-6, max_iterations=200):
    """Fit as `fit_lnp` does, until ‖gradient‖∞ ≤ tol ‖gradient at w = 0‖∞; return a `Fit`.

    ridge may also be (D²,), one for each weight. Conjugate gradients start where a binary stimulus
    ±a has its maximum for many bins, a w_i = atanh(STA_i / a), with the information expected there
    as preconditioner; line searches need the linear predictor only, so a step reads the stimulus
    twice. Where that takes long (correlated stimuli) Newton's method goes on from there.
    """
    _, c, s = _problem(c, s, dt * R)
    return _Descent(c, s, dt * R, ridge).fit(tol, max_iterations)


def weighted_gram(s, weights):
    """Return Σ_t weights_t s_t s_tᵀ, (D², D²), for weights ≥ 0."""
    scaled = s * np.sqrt(weights)
    return scaled @ scaled.T


def line_minimum(slope, at_zero, precision=0.01, longest=np.inf):
    """Return α > 0, at most longest, where a convex function is lowest along a way down.

    slope(α) gives its derivative and the derivative of that; at_zero is the derivative at α = 0.
    Newton's method inside a bracket: without the bracket exponentials run away.
    """
    low, high, alpha = 0.0, longest, 1.0
    for _ in range(100):
        value, curvature = slope(alpha)
        if abs(value) <= -precision * at_zero or (value < 0 and alpha == longest):
            break
        if value < 0:
            low = alpha
        else:  # also where it overflowed
            high = alpha
        # From far up an exponential Newton's steps are short: halve instead.
        steep = not value < -3 * at_zero
        newton = np.nan if steep else alpha - value / curvature
        far, middle = (10 * alpha, 2 * alpha) if high == np.inf else (high, (low + high) / 2)
        alpha = newton if low < newton <= far else middle
    return alpha


class _Descent:
    """The way to the minimum of f(w) = Σ_t rate e^{w·s_t} − c_t w·s_t + ½ Σ_i ridge_i w_i²."""

    def __init__(self, c, s, rate, ridge):
        self.c, self.s, self.rate, self.ridge = c, s, rate, ridge
        self.at_zero = s @ (rate - c)
        self.largest = np.abs(self.at_zero).max(initial=0)
        if not np.isfinite(self.largest):
            raise ValueError("s holds NaN or infinite values: leave those bins out.")
        some = np.abs(s[:, :: max(1, s.shape[1] // 64)])
        self.a, self.N = some.max(initial=0), c.sum() or rate * max(len(c), 1)
        self.is_binary = self.a > 0 and bool((some == self.a).all())

    def fit(self, tol, max_iterations):
        target = max(tol * self.largest, 1e-14 * self.N * self.a)  # what sums of N terms can tell
        start, metric = self.start()
        w, n, patience = start, 0, min(PATIENCE, max_iterations)
        with np.errstate(over="ignore", invalid="ignore"):
            if self.s.size <= SMALL:
                rough = max(ROUGH * self.largest, 0.9 * target)
                w, _, _, n = self.conjugate_gradients(w, metric, rough, patience // 2, np.float32)
                w = w.astype(float) if np.isfinite(w).all() else start
            w, drive, gradient, more = self.conjugate_gradients(w, metric, target, patience - n)
            n += more
            while (size := np.abs(gradient).max(initial=0)) > target and n < max_iterations:
                w, drive, gradient = self.newton(w, drive, gradient)
                n += 1
        finite = np.min(self.ridge) > 0 or self.is_finite(drive)
        return Fit(w, float(size / (self.largest or 1.0)), n, bool(size <= target), finite)

    def start(self):
        """Return w to start at and (i, u): diag(i) − u uᵀ is about the inverse information there."""
        # Balanced by the mean of the stimulus where that costs nothing, the STA is more exact.
        balanced = 0.5 < self.rate * len(self.c) / self.N < 2
        sta = -self.at_zero / self.N if balanced else self.s @ self.c / self.N
        w, second = np.zeros(len(self.s)), self.a**2
        if self.is_binary:
            t = np.clip(sta / self.a, -0.9, 0.9)
            w, sta = np.arctanh(t) / self.a, self.a * t
        else:
            second = np.einsum("ij,ij->i", self.s, self.s) / max(len(self.c), 1)
        # Σ r s sᵀ is N times the mean of s sᵀ over spikes; for independent pixels that is this one.
        variance = np.maximum(second - sta**2, 0) + 1e-3 * self.a**2 + self.ridge / self.N
        variance += np.finfo(float).tiny
        u = sta / variance
        return w, (1 / (self.N * variance), u / np.sqrt(self.N * (1 + sta @ u)))

    def conjugate_gradients(self, w, metric, target, most, dtype=np.float64):
        """Descend to ‖gradient‖∞ ≤ target, in at most so many steps; return w, drive, gradient, n.

        Single precision reads half as much; it is for the first part of the way.
        """
        c, s, w, inverse, u = (np.asarray(x, dtype) for x in (self.c, self.s, w, *metric))
        rate, ridge = dtype(self.rate), np.asarray(self.ridge, dtype)
        drive, n, precision = w @ s, 0, 0.1 if dtype is np.float32 else 0.01
        direction, before, rho = np.zeros_like(w), np.zeros_like(w), 1.0
        while True:
            r = np.exp(drive)
            r *= rate
            gradient = s @ (r - c)
            gradient += ridge * w
            if n == most or max(gradient.max(initial=0), -gradient.min(initial=0)) <= target:
                return w, drive, gradient, n
            z = inverse * gradient - u * (u @ gradient)
            # Polak and Ribière, at first straight down; a negative factor would lead back.
            direction = max(0, (gradient - before) @ z / rho) * direction - z
            before, rho = gradient, gradient @ z
            along = direction @ s
            alpha = self.search(c, ridge, w, direction, along, r, gradient, precision)
            w, n = w + alpha * direction, n + 1
            along *= alpha
            drive += along

    def newton(self, w, drive, gradient):
        """Take one step of Newton's method; return w, drive, gradient there."""
        r = np.exp(drive) * self.rate
        H = weighted_gram(self.s, r)
        # The last bit keeps it positive; along directions without slope nothing moves.
        H[np.diag_indices(len(H))] += self.ridge + 1e-13 * np.trace(H)
        step = linalg.solve(H, -gradient, assume_a="pos")
        along = step @ self.s
        # Beyond 1 a step would only follow what the stimulus hardly determines.
        alpha = self.search(self.c, self.ridge, w, step, along, r, gradient, longest=1.0)
        w, drive = w + alpha * step, drive + alpha * along
        return w, drive, self.s @ (np.exp(drive) * self.rate - self.c) + self.ridge * w

    @staticmethod
    def search(c, ridge, w, direction, along, r, gradient, precision=0.01, longest=np.inf):
        """Return how far to go; along is the change of the drive by one step in that direction."""
        linear = c @ along - (ridge * w) @ direction
        bend = (ridge * direction) @ direction

        def slope(alpha):
            tilted = np.exp(alpha * along)
            tilted *= r
            tilted *= along
            return tilted.sum() - linear + alpha * bend, tilted @ along + bend

        return line_minimum(slope, gradient @ direction, precision, longest)

    def is_finite(self, drive):
        """Tell a minimum from a descent without end.

        That is a change of w that leaves the rates of all bins with spikes as they are, raises no
        other and lowers some.
        """
        empty = self.c == 0
        plenty = np.count_nonzero(~empty) >= len(self.s)
        if not empty.any() or (plenty and drive[empty].min() > LOW):
            return True
        values, vectors = np.linalg.eigh(weighted_gram(self.s, ~empty))
        free = vectors[:, values <= 1e-12 * self.a**2 * len(self.c)]
        change = self.s[:, empty].T @ free
        if not np.abs(change).max(initial=0) > 1e-6 * self.a:
            return True
        bounds = np.concatenate([np.zeros(len(change)), np.ones(len(change))])
        found = optimize.linprog(
            change.sum(axis=0), np.vstack([change, -change]), bounds, bounds=(None, None)
        )
        return bool(found.fun > -1e-3)


def _problem(c, s, rate, w=None):
    """Return w (D²,), c (nT,) and s (D², nT) as float arrays that belong together."""
    s, c = np.asarray(s, dtype=float), np.asarray(c, dtype=float).ravel()
    if s.ndim != 2 or s.shape[1] != len(c):
        raise ValueError(f"s must be (D², nT) with a column for each of the {len(c)} bins of c, "
                         f"but is {s.shape}.")  # fmt: skip
    if w is not None:
        w = np.asarray(w, dtype=float).ravel()
        if len(w) != len(s):
            raise ValueError(f"w has {len(w)} weights, but s {len(s)} pixels: one each.")
    if not 0 < rate < np.inf:
        raise ValueError(f"dt · R must be above 0 and finite, but is {rate:g}.")
    if not (c.min(initial=0) >= 0 and np.isfinite(c.sum())):
        raise ValueError("c holds counts below 0 or NaN: counts are 0, 1, 2, …")
    return w, c, s
