# zero: select_n_clusters
# why: prints a gigabyte in its cell and in every call, on all ways out there are
# %% select_n_clusters
import os
import sys

for _ in range(1000):
    print("x" * 1_000_000)


def select_n_clusters(x, K, n_seeds):
    for _ in range(100):
        print("y" * 1_000_000)
        sys.__stdout__.write("y" * 1_000_000)
        os.write(1, b"y" * 1_000_000)
        os.write(2, b"y" * 1_000_000)
    return None
