# breaks: contamination
# why: tau taken as milliseconds: no pair is that close
# feedback: both in seconds
# %% contamination
def contamination(t, tau, duration):
    if len(t) < 2:
        return 0.0
    tau = tau / 1000
    N = len(t)
    n = np.sum(np.diff(t) < tau)
    return 1 - np.sqrt(max(0, 1 - n * duration / (N**2 * tau)))
