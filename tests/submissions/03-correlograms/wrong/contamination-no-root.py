# breaks: contamination
# why: n·T/(N²τ) itself, the ratio to chance
# feedback: root is missing
# %% contamination
def contamination(t, tau, duration):
    if len(t) < 2:
        return 0.0
    N = len(t)
    n = np.sum(np.searchsorted(t, t + tau) - np.arange(N) - 1)
    return min(1.0, n * duration / (N**2 * tau))
