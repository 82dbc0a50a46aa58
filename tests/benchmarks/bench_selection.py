"""Model selection of helpers.mixture against scikit-learn: K = 2 … 30 on the spikes that ship.

    python tests/benchmarks/bench_selection.py            three seeds, about ten minutes
    python tests/benchmarks/bench_selection.py --quick    one seed of every eighth spike

Both sides get the same points, one BLAS thread and a process of their own: `select_by_bic` with
three starts, scikit-learn's GaussianMixture with n_init=3 for every K. Ratios of CPU time are
scikit-learn / helpers.mixture: above 1 is faster here. Beside them stand both smallest BICs, each
computed by its own side; whoever did not find one at least as small has answered another question.
"""

import argparse
import json
import os
import subprocess
import sys
import time
import warnings
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parents[2]
K = range(2, 31)


def points(every):
    sys.path.insert(0, str(ROOT))
    from helpers.data import load_session

    return load_session().features[::every]


def ours(x, seed):
    from helpers.mixture import select_by_bic

    best_K, bic, _ = select_by_bic(x, K, 3, seed)
    return best_K, bic.min()


def peer(x, seed):
    from sklearn.mixture import GaussianMixture

    warnings.simplefilter("ignore")  # about fits that did not converge in its 100 rounds
    bic = [GaussianMixture(k, n_init=3, random_state=seed).fit(x).bic(x) for k in K]
    return K[bic.index(min(bic))], min(bic)


def measure(side, seed, every):
    """Return CPU and wall seconds, the chosen number of clusters and its BIC."""
    x = points(every)
    select = {"ours": ours, "peer": peer}[side]
    select(x[:500], 0)  # imports and first calls are not what is compared
    wall, cpu = time.perf_counter(), time.process_time()
    best_K, bic = select(x, seed)
    seconds = {"cpu": time.process_time() - cpu, "wall": time.perf_counter() - wall}
    return seconds | {"n": len(x), "best_K": int(best_K), "bic": float(bic)}


def in_process(side, seed, every):
    threads = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    command = [sys.executable, __file__, "--side", side, "--seed", str(seed), "--every", str(every)]
    done = subprocess.run(command, env=os.environ | threads, stdout=subprocess.PIPE, check=True)
    return json.loads(done.stdout)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="one seed of every eighth spike")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--every", type=int, default=1, help="use only every n-th spike")
    parser.add_argument("--side", choices=("ours", "peer"), help=argparse.SUPPRESS)
    parser.add_argument("--seed", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.side:
        return print(json.dumps(measure(options.side, options.seed, options.every)))
    seeds, every = (1, 8) if options.quick else (options.seeds, options.every)
    ratios, worse = [], []
    for seed in range(seeds):
        mine, theirs = (in_process(side, seed, every) for side in ("ours", "peer"))
        ratios.append(theirs["cpu"] / mine["cpu"])
        worse += [seed] if mine["bic"] > theirs["bic"] else []
        print(f"seed {seed}, {mine['n']:,} spikes: CPU ratio {ratios[-1]:.1f} (wall "
              f"{theirs['wall'] / mine['wall']:.1f})")  # fmt: skip
        for name, side in (("helpers", mine), ("scikit-learn", theirs)):
            print(f"  {name:12} {side['cpu']:7.2f} s CPU   best K {side['best_K']:2}   "
                  f"BIC {side['bic']:,.0f}", flush=True)  # fmt: skip
    print(f"CPU ratio {median(ratios):.1f} ({min(ratios):.1f} … {max(ratios):.1f})")
    if worse:
        sys.exit(f"scikit-learn found a smaller BIC for seeds {worse}: the ratios mean nothing.")


if __name__ == "__main__":
    main()
