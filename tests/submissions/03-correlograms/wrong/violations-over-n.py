# breaks: refractory_violations
# why: divides by the number of spikes
# feedback: n − 1 intervals
# %% refractory_violations
def refractory_violations(t, tau):
    if len(t) < 2:
        return 0.0
    return np.sum(np.diff(t) < tau) / len(t)
