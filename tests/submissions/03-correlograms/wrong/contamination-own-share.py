# breaks: contamination
# why: returns the share of the neuron's own spikes
# feedback: 1 − C
# %% contamination
def contamination(t, tau, duration):
    if len(t) < 2:
        return 0.0
    N = len(t)
    n = np.sum(np.searchsorted(t, t + tau) - np.arange(N) - 1)
    return np.sqrt(max(0, 1 - n * duration / (N**2 * tau)))
