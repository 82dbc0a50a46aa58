# breaks: contamination
# why: N in place of N²
# feedback: squared
# %% contamination
def contamination(t, tau, duration):
    if len(t) < 2:
        return 0.0
    N = len(t)
    n = np.sum(np.searchsorted(t, t + tau) - np.arange(N) - 1)
    return 1 - np.sqrt(max(0, 1 - n * duration / (N * tau)))
