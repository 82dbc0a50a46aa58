# breaks: contamination
# why: divides by zero for an empty train
# feedback: spikes
# %% contamination
def contamination(t, tau, duration):
    N = len(t)
    n = np.sum(np.diff(t) < tau)
    return 1 - np.sqrt(max(0, 1 - n * duration / (N**2 * tau)))
