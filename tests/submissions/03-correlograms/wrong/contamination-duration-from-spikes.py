# breaks: contamination
# why: the time from the first spike to the last in place of the recording's duration
# feedback: first spike to the last
# %% contamination
def contamination(t, tau, duration):
    if len(t) < 2:
        return 0.0
    N = len(t)
    n = np.sum(np.searchsorted(t, t + tau) - np.arange(N) - 1)
    T = t[-1] - t[0]
    return 1 - np.sqrt(max(0, 1 - n * T / (N**2 * tau)))
