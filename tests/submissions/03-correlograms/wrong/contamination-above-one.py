# breaks: contamination
# why: the linear estimate without a limit
# feedback: between 0.5 and 1
# %% contamination
def contamination(t, tau, duration):
    if len(t) < 2:
        return 0.0
    N = len(t)
    n = np.sum(np.searchsorted(t, t + tau) - np.arange(N) - 1)
    return n * duration / (2 * N**2 * tau)
