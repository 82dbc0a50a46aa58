"""Receptive fields of a recorded neuron: maximum likelihood, ridge, lasso and spike-triggered mean.

Column k of stim (n_pixels, n_frames) is on the screen from triggers[k] to triggers[k + 1] (s), and
counts[k] are the spikes in that time. Lag L pairs counts[L:] with stim[:, : n_frames − L]: the
frame L frames before. These are views; no design matrix is ever stacked.

The Poisson lasso of one lag minimises, over w (n_pixels,) and an intercept b,

    P(w, b) = mean_t(e^η_t − c_t η_t) + α ‖w‖₁,   η = wᵀs + b.

Given w the best intercept is log Σ c − log Σ e^{wᵀs}. With r = e^η and gradient g = s (r − c) / n a
minimum has g_j = −α sign(w_j) where w_j ≠ 0 and |g_j| ≤ α elsewhere; how far the worst pixel is
from that is the KKT violation. From any w, the counts v = κ r + (1 − κ) c with κ = min(1, α / ‖g‖∞)
bound the optimum from below by mean(v − v log v): P minus that is the duality gap.

Arguments that cannot be used raise a ValueError that says why.

Sources: Chichilnisky 2001, Network 12:199 (STA); Tibshirani 1996 (lasso); Lee, Sun and Saunders
2014, SIAM J Optim 24:1420 (proximal Newton); Lee, Battle, Raina and Ng 2007, NIPS (active signs);
Hastie, Tibshirani and Friedman, The Elements of Statistical Learning, 2009, section 7.10 (one
standard error).
"""

from dataclasses import dataclass

import numpy as np
from scipy import linalg
from scipy.special import xlogy

from helpers.lnp import fit_lnp, fit_lnp_details


@dataclass(frozen=True)
class PoissonFit:
    """A fit, r = exp(wᵀs + b) counts per frame, and how well it converged.

    violation is ‖gradient‖∞ of the ridge or the KKT violation of the lasso, in counts per frame
    times pixel value; gap the duality gap of the lasso (nats per frame).
    """

    w: np.ndarray
    b: float
    violation: float
    iterations: int
    converged: bool
    gap: float = np.nan


# ---- counts and pairs


def bin_spikes(spiketimes, triggers):
    """Count the spikes from each flip (included) to the next (not included).

    spiketimes (n,) and triggers (n_frames + 1,), ascending, in s. Returns (n_frames,) int.
    """
    triggers = _flips(triggers)
    spiketimes = np.sort(np.asarray(spiketimes, dtype=float).ravel())
    return np.diff(np.searchsorted(spiketimes, triggers))


def lagged(stim, counts, lag):
    """Return views of the stimulus (n_pixels, n_frames − lag) and the counts `lag` frames later."""
    stim, counts = np.asarray(stim, dtype=float), np.asarray(counts, dtype=float).ravel()
    if stim.ndim != 2 or stim.shape[1] != len(counts):
        raise ValueError(
            f"stim must be (n_pixels, {len(counts)}), one column per count, but is {stim.shape}."
        )
    n = len(counts)
    if lag != int(lag) or not 0 <= lag < n:
        raise ValueError(f"A lag is a whole number of frames from 0 to {n - 1}, not {lag!r}.")
    return stim[:, : n - int(lag)], counts[int(lag) :]


# ---- maximum likelihood, ridge


def fit_rf(stim, counts, lags, dt, R):
    """Return W (n_pixels, n_lags), the maximum of the likelihood of r = exp(wᵀs) dt R per lag.

    dt (s) per frame and R (Hz), the mean rate. Frames without a past are left out.
    """
    pairs = (lagged(stim, counts, lag) for lag in lags)
    return np.stack([fit_lnp(c, s, dt, R) for s, c in pairs], axis=1)


def ridge_rf(stim, counts, lag, penalty):
    """Return w (n_pixels,) minimising mean(e^η − c η) + ½ penalty ‖w‖², η = wᵀs + b, b free."""
    return poisson_ridge(*lagged(stim, counts, lag), penalty).w


def poisson_ridge(s, c, penalty):
    """Fit w and b as `ridge_rf` does, to frames s and the counts c they evoke: a `PoissonFit`."""
    s, c = lagged(s, c, 0)
    if not c.any():
        return PoissonFit(np.zeros(len(s)), -np.inf, 0.0, 0, True)
    n, mean = len(c), c.mean()
    with_ones = np.vstack([s, np.ones(n)])
    ridge = np.append(np.full(len(s), n * penalty), 0.0)
    fit = fit_lnp_details(c, with_ones, 1.0, mean, ridge, tol=1e-8)
    r = np.exp(fit.w @ with_ones) * mean
    violation = np.abs(with_ones @ (r - c) + ridge * fit.w).max() / n
    b = float(fit.w[-1] + np.log(mean))
    return PoissonFit(fit.w[:-1], b, float(violation), fit.iterations, fit.converged)


# ---- lasso


def fit_lasso_rf(stim, counts, lag, alpha):
    """Return w (n_pixels,) of the Poisson lasso at one lag; zeros where there are no spikes."""
    return poisson_lasso(*lagged(stim, counts, lag), alpha).w


def lasso_path(stim, counts, lags, alphas, n_blocks=5):
    """Fit the lasso for all lags and alphas and choose one alpha for all lags.

    Returns W (n_pixels, n_lags, n_alphas) and best_alpha, the largest alpha whose deviance on
    held-out blocks is within one standard error of the smallest (`one_standard_error`).
    """
    paths = [path(*lagged(stim, counts, lag), alphas) for lag in lags]
    W = np.array([[fit.w for fit in fits] for fits in paths]).transpose(2, 0, 1)
    deviance = cross_validate(stim, counts, lags, alphas, n_blocks)
    return W, one_standard_error(alphas, deviance)


def cross_validate(stim, counts, lags, penalties, n_blocks=5, fit=None):
    """Return the deviance per frame (n_penalties, n_blocks), summed over lags, of held-out blocks.

    The blocks are contiguous in time: neighbouring frames share slow changes. fit : a function
    (s, c, penalty) → `PoissonFit`, as `poisson_ridge`; by default the lasso along its path.
    """
    n = len(np.ravel(counts))
    if not (n_blocks > 1 and max(lags) < n // n_blocks):
        raise ValueError(f"{n} frames cannot be {n_blocks} blocks of more than {max(lags)} frames.")
    edges = np.linspace(0, n, n_blocks + 1).astype(int)
    deviance = np.zeros((len(penalties), n_blocks))
    for lag in lags:
        s, c = lagged(stim, counts, lag)
        for k in range(n_blocks):
            first, last = np.maximum(edges[[k, k + 1]] - lag, 0)
            train = np.r_[:first, last : len(c)]
            past = s[:, train], c[train]
            fits = [fit(*past, p) for p in penalties] if fit else path(*past, penalties)
            for i, one in enumerate(fits):
                r = np.exp(one.w @ s[:, first:last] + one.b)
                deviance[i, k] += poisson_deviance(c[first:last], r) / (last - first)
    return deviance


def one_standard_error(penalties, deviance):
    """Return the largest penalty no worse than the best by more than a standard error.

    Of the difference, block by block: blocks differ in level far more than penalties within one.
    """
    difference = deviance - deviance[deviance.mean(axis=1).argmin()]
    error = difference.std(axis=1, ddof=1) / np.sqrt(deviance.shape[1])
    return np.asarray(penalties)[difference.mean(axis=1) <= error].max()


def alpha_max(stim, counts, lag):
    """Return ‖s (c − mean c)‖∞ / n, the smallest alpha at which all weights are zero."""
    s, c = lagged(stim, counts, lag)
    return float(np.abs(s @ (c - c.mean())).max() / len(c))


def lasso_objective(stim, counts, lag, alpha, w):
    """Return min_b P(w, b), nats per frame."""
    s, c = lagged(stim, counts, lag)
    drive = np.ravel(w) @ s
    drive += best_intercept(drive, c)
    return float(np.mean(np.exp(drive) - c * drive) + alpha * np.abs(w).sum())


def kkt_violation(stim, counts, lag, alpha, w):
    """Return how far w is from the conditions of the lasso's optimum at the worst pixel."""
    (s, c), w = lagged(stim, counts, lag), np.ravel(w)
    gradient = s @ (np.exp(w @ s + best_intercept(w @ s, c)) - c) / len(c)
    return float(kkt_distance(gradient, w, alpha).max())


def best_intercept(drive, c):
    """Return b that makes the mean of e^{drive + b} that of c."""
    top = drive.max()
    with np.errstate(divide="ignore"):
        return float(np.log(c.mean()) - top - np.log(np.exp(drive - top).mean()))


def kkt_distance(gradient, w, alpha):
    """Return how far each −gradient is from the slopes that α |w_j| has at w_j."""
    excess = np.maximum(np.abs(gradient) - alpha, 0)
    return np.where(w == 0, excess, np.abs(gradient + alpha * np.sign(w)))


def poisson_lasso(s, c, alpha, tol=1e-6):
    """Fit w and b by the lasso until the KKT violation is below tol · alpha_max: a `PoissonFit`."""
    return path(s, c, [alpha], tol)[0]


def path(s, c, alphas, tol=1e-6):
    """Fit as `poisson_lasso` does for all alphas, each from the next larger one; in their order."""
    s, c = lagged(s, c, 0)
    alphas = np.asarray(alphas, dtype=float).ravel()
    if not (alphas >= 0).all():
        raise ValueError(f"alpha must be 0 or more, but is {alphas}.")
    if not (c.min() >= 0 and np.isfinite(s.sum() + c.sum())):
        raise ValueError("stim or counts hold NaN or infinite values, or counts below 0.")
    if not c.any():
        return [PoissonFit(np.zeros(len(s)), -np.inf, 0.0, 0, True, 0.0)] * len(alphas)
    lasso, fits = _Lasso(s, c, tol), [None] * len(alphas)
    for i in np.argsort(alphas)[::-1]:
        fits[i] = lasso.fit(alphas[i])
    return fits


class _Lasso:
    """Proximal Newton. Pixels that are not zero or should not be form the working set; there the
    quadratic model with its penalty is solved exactly, and the penalised objective is searched
    along the way to that solution. Each fit starts where the last one ended.
    """

    def __init__(self, s, c, tol):
        self.s, self.c, self.n = s, c, len(c)
        self.w, self.b = np.zeros(len(s)), np.log(c.sum() / len(c))
        self.drive = np.full(len(c), self.b)
        self.look()
        self.target = tol * np.abs(self.gradient).max() + 1e-14 * c.max()

    def look(self):
        """Find the rates and the slopes of the likelihood at the present weights."""
        self.r = np.exp(self.drive)
        self.gradient = self.s @ (self.r - self.c) / self.n
        self.imbalance = (self.r - self.c).sum() / self.n

    def violation(self, alpha):
        return max(kkt_distance(self.gradient, self.w, alpha).max(), abs(self.imbalance))

    def fit(self, alpha, max_iterations=100):
        iteration = 0
        while self.violation(alpha) > self.target and iteration < max_iterations:
            # Single precision finds the way as well; where it takes long something is delicate.
            if not self.step(alpha, np.float32 if iteration < 4 else np.float64) and iteration > 4:
                break
            self.look()
            iteration += 1
        violation = float(self.violation(alpha))
        gap = duality_gap(self.drive, self.c, self.gradient, self.w, alpha)
        converged = bool(violation <= self.target)
        return PoissonFit(self.w.copy(), float(self.b), violation, iteration, converged, gap)

    def step(self, alpha, dtype):
        """Move towards the minimum of the quadratic model; return whether there was a way down."""
        active = np.flatnonzero((self.w != 0) | (np.abs(self.gradient) > alpha))
        x = np.append(self.w[active], self.b)
        slope = np.append(self.gradient[active], self.imbalance)
        penalties = np.append(np.full(len(active), alpha), 0.0)
        goal = lasso_quadratic(self.hessian(active, dtype), slope, x, penalties)
        change = np.zeros(len(self.s))
        change[active] = goal[:-1] - x[:-1]
        along = change @ self.s + (goal[-1] - self.b)
        expected = slope @ (goal - x) + penalties @ (np.abs(goal) - np.abs(x))
        total, linear, t = self.r.sum(), self.c @ along, 1.0
        while t > 1e-10:
            part = x + t * (goal - x) if t < 1 else goal
            with np.errstate(over="ignore"):
                loss = (np.exp(self.drive + t * along).sum() - total - t * linear) / self.n
            gain = loss + penalties @ (np.abs(part) - np.abs(x))
            if gain <= 1e-4 * t * expected + 1e-14 * (1 + total / self.n):
                self.w[active], self.b, self.drive = part[:-1], part[-1], self.drive + t * along
                return True
            t /= 2
        return False

    def hessian(self, active, dtype):
        """Return Σ_t r_t s_t s_tᵀ / n for the active pixels and a last one that is always 1."""
        rows = np.empty((len(active) + 1, self.n), dtype)
        rows[:-1], rows[-1] = self.s[active], 1
        rows *= np.sqrt(self.r / self.n).astype(dtype)
        H = (rows @ rows.T).astype(float)
        H[np.diag_indices(len(H))] *= 1 + 4 * np.finfo(dtype).eps
        return H


def lasso_quadratic(Q, slope, x, penalties, rounds=500):
    """Minimise slope·δ + ½ δᵀQδ + Σ_j penalties_j |x_j + δ_j| and return x + δ.

    With the signs of all weights given, it is a linear system. Where its solution keeps the signs
    it is reached, otherwise the way to it ends at the first weight that becomes zero and leaves.
    Weights at zero whose slope outweighs the penalty enter. Each step lowers the objective.
    """
    x, free = x.copy(), penalties == 0
    q = slope - Q @ x
    signs = np.where(x != 0, np.sign(x), -np.sign(slope))
    tolerance, careful = 1e-10 * (np.abs(slope).max() + penalties.max()), False
    for _ in range(rounds):
        on = np.flatnonzero((signs != 0) | free)
        part = Q if len(on) == len(Q) else Q[np.ix_(on, on)]
        z = _solve(part, -q[on] - penalties[on] * signs[on])
        flips = ~free[on] & (z * signs[on] <= 0)
        if (stuck := flips & (x[on] == 0)).any():
            signs[on[stuck]], careful = 0, True
            continue
        if flips.any():
            ways = x[on[flips]] / (x[on[flips]] - z[flips])
            first = ways.argmin()
            x[on] += ways[first] * (z - x[on])
            gone = on[flips][first]
            x[gone] = signs[gone] = 0
            continue
        x[on] = z
        gradient = Q @ x + q
        excess = np.where((signs == 0) & ~free, np.abs(gradient) - penalties, 0)
        if not (enter := excess > tolerance).any():
            break
        if careful:  # one at a time always moves the right way
            enter = [excess.argmax()]
        signs[enter] = -np.sign(gradient[enter])
    return x


def _solve(Q, right):
    _, z, failed = linalg.lapack.dposv(Q.T, right)
    return linalg.lstsq(Q, right)[0] if failed else z


def duality_gap(drive, c, gradient, w, alpha):
    """Return P minus its lower bound (nats per frame) at weights with the best intercept."""
    largest = np.abs(gradient).max()
    kappa = 1.0 if largest <= alpha else alpha / largest
    r = np.exp(drive)
    v = kappa * r + (1 - kappa) * c
    primal = np.mean(r - c * drive) + alpha * np.abs(w).sum()
    return float(max(primal - np.mean(v - xlogy(v, v)), 0.0))


# ---- space and time


def separate_space_time(W):
    """Return u (n_pixels,), s and v (n_lags,) of the best separable field s u vᵀ.

    The first singular triple of W after each pixel's mean over lags is taken off, so that a
    constant offset is no field; v then sums to zero. The largest |u| is positive.
    """
    W = np.asarray(W, dtype=float)
    U, S, Vt = np.linalg.svd(W - W.mean(axis=1, keepdims=True), full_matrices=False)
    u, v = U[:, 0], Vt[0]
    sign = np.sign(u[np.abs(u).argmax()]) or 1.0
    return sign * u, float(S[0]), sign * v


def sta(stim, spiketimes, triggers, lags_s):
    """Return the mean frame (n_pixels, n_lags) on the screen lags_s seconds before a spike.

    A spike whose past lies before the first flip or after the last is left out for that lag; NaN
    where none is left.
    """
    triggers, stim = _flips(triggers), np.asarray(stim, dtype=float)
    spiketimes = np.asarray(spiketimes, dtype=float).ravel()
    shown = np.stack([bin_spikes(spiketimes - lag, triggers) for lag in lags_s], axis=1)
    with np.errstate(invalid="ignore"):
        return (stim @ shown) / shown.sum(axis=0)


def sta_frames(stim, counts, lags):
    """Return the mean frame (n_pixels, n_lags) `lag` frames before a spike, for whole lags."""
    pairs = (lagged(stim, counts, lag) for lag in lags)
    with np.errstate(invalid="ignore"):
        return np.stack([s @ c / c.sum() for s, c in pairs], axis=1)


# ---- how good is a fit


def poisson_deviance(c, r):
    """Return 2 Σ c log(c / r) − (c − r) for counts c and expected counts r."""
    c, r = np.asarray(c, dtype=float), np.asarray(r, dtype=float)
    with np.errstate(divide="ignore"):
        return float(2 * np.sum(xlogy(c, c) - xlogy(c, r) - c + r))


def bits_per_spike(counts, rates, mean=None):
    """Return how many bits per spike the rates tell beyond a constant rate.

        (log p(c | r) − log p(c | mean)) / (N log 2), N spikes,

    counts and rates (n,) per frame; mean : the constant, by default that of counts.
    """
    c, r = np.asarray(counts, dtype=float), np.asarray(rates, dtype=float)
    mean = c.mean() if mean is None else mean
    gain = poisson_deviance(c, np.full(len(c), mean)) - poisson_deviance(c, r)
    return float(gain / (2 * c.sum() * np.log(2)))


def _flips(triggers):
    triggers = np.asarray(triggers, dtype=float).ravel()
    if len(triggers) < 2 or not (np.diff(triggers) > 0).all():
        raise ValueError("triggers must ascend, and be two or more: frames lie between them.")
    return triggers
