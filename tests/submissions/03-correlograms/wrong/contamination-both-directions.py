# breaks: contamination
# why: each close pair is counted from both of its spikes
# feedback: counted twice
# %% contamination
def contamination(t, tau, duration):
    if len(t) < 2:
        return 0.0
    N = len(t)
    n = np.sum(np.searchsorted(t, t + tau) - np.arange(N) - 1)
    n = 2 * n
    return 1 - np.sqrt(max(0, 1 - n * duration / (N**2 * tau)))
