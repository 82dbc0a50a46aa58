# breaks: contamination
# why: no clipping: the root of a negative number
# feedback: NaN
# %% contamination
def contamination(t, tau, duration):
    if len(t) < 2:
        return 0.0
    N = len(t)
    n = np.sum(np.searchsorted(t, t + tau) - np.arange(N) - 1)
    return 1 - np.sqrt(1 - n * duration / (N**2 * tau))
