"""Poisson-lasso paths of helpers.receptive_field against skglm and glum, to equal KKT violation.

    python tests/benchmarks/bench_lasso.py            five seeds, about two minutes
    python tests/benchmarks/bench_lasso.py --quick    two seeds

The peers are no part of the course. Install them into an environment of their own and run the
script with its interpreter; a peer that is missing, or does not run, is left out with a sentence:

    python3.11 -m venv peers && peers/bin/pip install numpy scipy skglm glum pyglmnet

A seed draws 300 pixels × 1,488 frames and the counts of a neuron with a field at one lag; a path
has 5 lags × 8 alphas, from the largest alpha_max of any lag down to a thirtieth of it. Once the
stimulus is a binary checkerboard, once smooth noise, whose neighbouring pixels and frames are
correlated. Everybody minimises mean(e^η − c η) + α ‖w‖₁ with a free intercept, in float64 with one
thread, from the largest alpha to the smallest with warm starts, until no gradient misses its
condition by more than 1e-6 alpha_max; each peer gets the loosest tolerance out of a grid that is
enough on that seed. Peers get designs in their own memory order, made before. Ratios of CPU time
are peer / ours: above 1 is faster here. Of each side and seed the fastest of several alternating
calls counts; compiling is done before. Beside a ratio stand the largest KKT violation, as a share
of alpha_max, and the largest excess of an objective over the lowest that anybody found.
"""

import argparse
import importlib.metadata
import os
import sys
import time
import warnings
from pathlib import Path
from statistics import median

for threads in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ[threads] = "1"  # has to stand before numpy is imported
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np  # noqa: E402
from scipy.ndimage import gaussian_filter  # noqa: E402

from helpers.receptive_field import (  # noqa: E402
    alpha_max,
    kkt_violation,
    lagged,
    lasso_objective,
    path,
)

LAGS, TOLERANCE, N_FRAMES = range(5), 1e-6, 1488
AGREEMENT = 1e-5  # nats per frame


def problem(seed, smooth):
    """Draw a stimulus (300, n) and the counts (n,) of a neuron that answers one frame later."""
    rng = np.random.default_rng(seed)
    noise = rng.normal(size=(20, 15, N_FRAMES))
    if smooth:
        noise = gaussian_filter(noise, (1.5, 1.5, 0.7))
        stim = 0.5 * noise / noise.std()
    else:
        stim = np.where(noise > 0, 0.5, -0.5)
    stim = stim.reshape(300, N_FRAMES)
    y, x = np.mgrid[:20, :15]
    square = (y - 12) ** 2 + (x - 4) ** 2
    field = (np.exp(-square / 3) - 0.3 * np.exp(-square / 12)).ravel() * (0.3 if smooth else 1)
    drive = np.zeros(N_FRAMES)
    for lag, weight in enumerate((0.0, 1.0, 0.4, -0.4, -0.1)):
        drive[lag:] += weight * (field @ stim[:, : N_FRAMES - lag])
    rates = np.exp(drive)
    return stim, rng.poisson(3.66 * rates / rates.mean())


def ours(stim, counts, alphas, target):
    def call():
        fits = []
        for lag in LAGS:
            s, c = lagged(stim, counts, lag)
            # Its tolerance is a share of the alpha_max of the lag.
            fits.append(path(s, c, alphas, target / alpha_max(stim, counts, lag)))
        return [[fit.w for fit in of_lag] for of_lag in fits]

    return call


def designs(stim, counts):
    pairs = (lagged(stim, counts, lag) for lag in LAGS)
    return [(np.asfortranarray(s.T), np.ascontiguousarray(c)) for s, c in pairs]


def skglm(stim, counts, alphas, tol):
    from skglm import GeneralizedLinearEstimator
    from skglm.datafits import Poisson
    from skglm.penalties import L1
    from skglm.solvers import ProxNewton

    problems = designs(stim, counts)

    def call():
        weights = []
        for X, y in problems:
            solver = ProxNewton(tol=tol, max_iter=50, fit_intercept=True, warm_start=True)
            model = GeneralizedLinearEstimator(Poisson(), L1(alphas[0]), solver)
            weights.append([])
            for alpha in alphas:
                model.penalty.alpha = alpha
                weights[-1].append(np.array(model.fit(X, y).coef_).ravel())
        return weights

    return call


def glum(stim, counts, alphas, tol):
    from glum import GeneralizedLinearRegressor

    problems = designs(stim, counts)

    def call():
        weights = []
        for X, y in problems:
            model = GeneralizedLinearRegressor(
                family="poisson", l1_ratio=1, solver="irls-cd", gradient_tol=tol, max_iter=500,
                warm_start=True,
            )  # fmt: skip
            weights.append([])
            for alpha in alphas:
                model.alpha = alpha
                weights[-1].append(np.array(model.fit(X, y).coef_))
        return weights

    return call


def pyglmnet(stim, counts, alphas, tol):
    from pyglmnet import GLM

    problems = designs(stim, counts)

    def call():
        weights = []
        for X, y in problems:
            weights.append([])
            for alpha in alphas:
                model = GLM("poisson", alpha=1, reg_lambda=alpha, tol=tol, max_iter=10_000)
                weights[-1].append(model.fit(X, y).beta_)
        return weights

    return call


PEERS = {"skglm": skglm, "glum": glum, "pyglmnet": pyglmnet}


def installed():
    """Return the names of the peers that are here and run, and say which do not."""
    stim, counts = problem(0, smooth=False)
    names = []
    for name, prepare in PEERS.items():
        try:
            version = importlib.metadata.version(name)
            prepare(stim[:9, :200], counts[:200], [0.1], 1e-3)()
        except importlib.metadata.PackageNotFoundError:
            print(f"{name} is not installed: left out.")
        except Exception as error:  # whatever it is, it cannot be compared
            print(f"{name} {version} does not run and is left out: {type(error).__name__}: {error}")
        else:
            print(f"{name} {version}")
            names.append(name)
    return names


def violation(stim, counts, alphas, weights):
    return max(
        kkt_violation(stim, counts, lag, alpha, w)
        for lag, of_lag in zip(LAGS, weights, strict=True)
        for alpha, w in zip(alphas, of_lag, strict=True)
    )


def objectives(stim, counts, alphas, weights):
    return np.array(
        [
            lasso_objective(stim, counts, lag, alpha, w)
            for lag, of_lag in zip(LAGS, weights, strict=True)
            for alpha, w in zip(alphas, of_lag, strict=True)
        ]
    )


def prepared(prepare, stim, counts, alphas, target):
    """Return a call that just reaches the target, its weights and their violation."""
    for factor in (1000, 100, 10, 3, 1, 0.3, 0.1):
        call = prepare(stim, counts, alphas, factor * target)
        weights = call()
        reached = violation(stim, counts, alphas, weights)
        if reached <= target:
            break
    return call, weights, reached


def cpu_time(call):
    start = time.process_time()
    call()
    return time.process_time() - start


def measure(names, seed, smooth, repeats):
    """Return by side: CPU time (s), violation over alpha_max, and excess of the objective."""
    stim, counts = problem(seed, smooth)
    largest = max(alpha_max(stim, counts, lag) for lag in LAGS)
    alphas, calls, rows, found = largest * np.geomspace(1, 1 / 30, 8), {}, {}, {}
    for name in ("ours", *names):
        call, weights, reached = prepared(
            ours if name == "ours" else PEERS[name], stim, counts, alphas, TOLERANCE * largest
        )
        calls[name], found[name] = call, objectives(stim, counts, alphas, weights)
        rows[name] = {"violation": reached / largest, "time": np.inf}
    best = np.min(list(found.values()), axis=0)
    for name in calls:
        rows[name]["excess"] = (found[name] - best).max()
    for _ in range(repeats):
        for name, call in calls.items():
            rows[name]["time"] = min(rows[name]["time"], cpu_time(call))
    return rows


def spread(values, unit=""):
    return f"{median(values):7.2f}{unit} ({min(values):.2f} … {max(values):.2f})"


def report(seeds):
    """Print a line for each side; return whether all found the same optima."""
    fine = True
    for name in seeds[0]:
        milliseconds = [1e3 * rows[name]["time"] for rows in seeds]
        ratios = [rows[name]["time"] / rows["ours"]["time"] for rows in seeds]
        worst, excess = (max(rows[name][key] for rows in seeds) for key in ("violation", "excess"))
        good = worst <= TOLERANCE and excess <= AGREEMENT
        fine &= good
        ratio = "" if name == "ours" else f", ratio {spread(ratios)}"
        print(f"  {name:9}{spread(milliseconds, ' ms')}{ratio}, violation {worst:.1e}, objective "
              f"within {excess:.0e}{'' if good else ': NOT as asked'}")  # fmt: skip
    return fine


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="two seeds")
    n_seeds = 2 if parser.parse_args().quick else 5
    warnings.simplefilter("ignore")  # of the peers, about each other's versions
    names, fine = installed(), True
    for smooth in (False, True):
        print(f"\n{'smooth noise' if smooth else 'checkerboard'}, 40 fits: median (smallest … "
              f"largest) of {n_seeds} seeds")  # fmt: skip
        fine &= report([measure(names, seed, smooth, 4) for seed in range(n_seeds)])
    if not fine:
        sys.exit("Somebody did not reach the optimum: those ratios mean nothing.")


if __name__ == "__main__":
    main()
