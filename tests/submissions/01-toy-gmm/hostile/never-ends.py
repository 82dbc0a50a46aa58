# zero: select_n_clusters
# why: never returns, ignores the interrupt, and catches what is thrown at it
# %% select_n_clusters
import signal


def select_n_clusters(x, K, n_seeds):
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    while True:
        try:
            while True:
                pass
        except BaseException:
            pass
