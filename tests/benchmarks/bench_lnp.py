"""LNP fits of helpers.lnp against other fits of the same likelihood, to equal gradient norm.

    python tests/benchmarks/bench_lnp.py            five seeds, about five minutes
    python tests/benchmarks/bench_lnp.py --quick    without nemos, which compiles for each fit

The peers are no part of the course. Install them into an environment of their own and run the
script with its interpreter; a peer that is missing is left out, with a sentence:

    python3.11 -m venv peers && peers/bin/pip install numpy scipy scikit-learn nemos

A seed draws the stimulus of lab 04 (225 pixels, ±2.5) and counts. Everybody minimises
Σ_t r_t − c_t log r_t from there to ‖gradient‖∞ ≤ tolerance · ‖gradient at w = 0‖∞, in float64 with
one thread. Ratios of CPU time are peer / ours: above 1 is faster here. Of each side and seed the
fastest of several alternating calls counts; compiling is done before. Beside a ratio stands the
largest difference of any weight, as a share of the largest weight: it must be small, or the fits
are not of the same thing.

- student: scipy's L-BFGS-B from zero with the likelihood and the gradient as the lab has them.
- one function: the same, but both computed together from one product with the stimulus.
- PoissonRegressor: scikit-learn, no penalty, no intercept, counts and tolerance over dt R.
- nemos: its LBFGS. It always has an intercept: its weights are compared with ours for a stimulus
  with one more pixel that is always 1. It gets the loosest tolerance out of a grid that is enough.
"""

import argparse
import importlib.metadata
import os
import sys
import time
import warnings
from pathlib import Path
from statistics import median

for threads in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[threads] = "1"  # has to stand before numpy is imported
os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np  # noqa: E402
from scipy import optimize  # noqa: E402

from helpers.lnp import fit_lnp_details, gen_gauss_rf, sample_lnp  # noqa: E402

DT, R = 0.1, 50
AGREEMENT = 1e-3


def ours(c, s, tol):
    return fit_lnp_details(c, s, DT, R, tol=tol).w


def student(c, s, tol):
    def negloglike(w):
        r = np.exp(w @ s) * DT * R
        return r.sum() - c @ np.log(r)

    return minimise(negloglike, lambda w: s @ (np.exp(w @ s) * DT * R - c), c, s, tol)


def one_function(c, s, tol):
    def both(w):
        drive = w @ s
        r = np.exp(drive) * (DT * R)
        return r.sum() - c @ drive, s @ (r - c)

    return minimise(both, True, c, s, tol)


def minimise(function, jac, c, s, tol):
    options = {"gtol": tol * at_zero(c, s), "ftol": 0, "maxiter": 1000, "maxfun": 2000}
    start = np.zeros(len(s))
    return optimize.minimize(function, start, method="L-BFGS-B", jac=jac, options=options).x


def poisson_regressor(solver):
    def fit(c, s, tol):
        from sklearn.linear_model import PoissonRegressor

        mean = tol * at_zero(c, s) / (len(c) * DT * R)  # its loss is a mean over bins
        model = PoissonRegressor(
            alpha=0, fit_intercept=False, solver=solver, tol=mean, max_iter=1000
        )
        return model.fit(s.T, c / (DT * R)).coef_

    return fit


def nemos(c, s, tol):
    import jax

    jax.config.update("jax_enable_x64", True)
    from nemos.glm import GLM

    model = GLM(solver_name="LBFGS", solver_kwargs={"tol": tol, "maxiter": 1000})
    model.fit(s.T, c.astype(float))
    return np.append(model.coef_, model.intercept_ - np.log(DT * R))


PEERS = {
    "student": ("scipy", student),
    "student, one function": ("scipy", one_function),
    "PoissonRegressor lbfgs": ("scikit-learn", poisson_regressor("lbfgs")),
    "PoissonRegressor newton": ("scikit-learn", poisson_regressor("newton-cholesky")),
    "nemos LBFGS": ("nemos", nemos),
}


def gradient(w, c, s):
    return s @ (np.exp(w @ s) * (DT * R) - c)


def at_zero(c, s):
    return np.abs(gradient(np.zeros(len(s)), c, s)).max()


def with_ones(s, w):
    """Return the stimulus that w belongs to: with a last pixel that is always 1 for an intercept."""
    return s if len(w) == len(s) else np.vstack([s, np.ones(s.shape[1])])


def reached(w, c, s):
    """Return the gradient norm at w, as a share of that at zero."""
    s = with_ones(s, w)
    return np.abs(gradient(w, c, s)).max() / at_zero(c, s)


def prepared(fit, c, s, tol):
    """Return a call that just reaches the tolerance, and its weights."""
    for factor in (1, 0.1, 0.01) if fit is nemos else (1,):
        w = fit(c, s, factor * tol)
        if reached(w, c, s) <= tol * (1 + 1e-6):
            break
    return (lambda: fit(c, s, factor * tol)), w


def installed():
    """Return the names of the peers that are here, and say which are not."""
    versions = {}
    for package in ("numpy", "scipy", "scikit-learn", "nemos"):
        try:
            versions[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            print(f"{package} is not installed: what needs it is left out.")
    print(", ".join(f"{name} {version}" for name, version in versions.items()))
    return [name for name, (package, _) in PEERS.items() if package in versions]


def cpu_time(call):
    start = time.process_time()
    call()
    return time.process_time() - start


def measure(names, seed, nT, tol, repeats):
    """Return by side: CPU time (s), gradient norm reached, and difference of the weights."""
    w = gen_gauss_rf(15, 7, (1, 1)).ravel()
    c, _, s = sample_lnp(w, nT, DT, R, 5, seed)
    calls, rows = {}, {}
    for name in ("ours", *names):
        fit = ours if name == "ours" else PEERS[name][1]
        calls[name], w = prepared(fit, c, s, tol)
        best = ours(c, with_ones(s, w), 1e-10)
        apart = np.abs(w - best)[: len(s)].max() / np.abs(best).max()
        rows[name] = {"gradient": reached(w, c, s), "apart": apart, "time": np.inf}
    for turn in range(repeats):
        for name, call in calls.items():
            if turn == 0 or name != "nemos LBFGS":  # it takes a second or more
                rows[name]["time"] = min(rows[name]["time"], cpu_time(call))
    return rows


def spread(values, unit=""):
    return f"{median(values):8.2f}{unit} ({min(values):.2f} … {max(values):.2f})"


def report(seeds, tol):
    """Print a line for each side; return whether all converged to the same weights."""
    fine = True
    for name in seeds[0]:
        milliseconds = [1e3 * rows[name]["time"] for rows in seeds]
        ratios = [rows[name]["time"] / rows["ours"]["time"] for rows in seeds]
        apart = max(rows[name]["apart"] for rows in seeds)
        met = sum(rows[name]["gradient"] <= tol * (1 + 1e-6) for rows in seeds)
        fine &= met == len(seeds) and apart <= AGREEMENT
        ratio = "" if name == "ours" else f", ratio {spread(ratios)}"
        print(f"  {name:24}{spread(milliseconds, ' ms')}{ratio}, converged on {met}/{len(seeds)}, "
              f"weights within {apart:.0e}")  # fmt: skip
    return fine


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="without nemos")
    quick = parser.parse_args().quick
    warnings.simplefilter("ignore")  # of the peers, about each other's versions
    names, fine = installed(), True
    for tol in (1e-4, 1e-6):
        for nT, repeats in ((1_000, 20), (10_000, 6), (100_000, 3)):
            slow = quick or tol < 1e-4
            able = [name for name in names if not (slow and name == "nemos LBFGS")]
            print(f"\n{nT:,} bins, gradient norm down to {tol:g}: median (smallest … largest) of "
                  "5 seeds", flush=True)  # fmt: skip
            fine &= report([measure(able, seed, nT, tol, repeats) for seed in range(5)], tol)
    if not fine:
        sys.exit("Somebody did not converge, or the weights differ: those ratios mean nothing.")


if __name__ == "__main__":
    main()
