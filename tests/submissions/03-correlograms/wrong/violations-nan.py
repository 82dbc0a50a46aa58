# breaks: refractory_violations
# why: the mean of nothing is NaN for fewer than two spikes
# feedback: the share of a train of 0 spikes
# %% refractory_violations
def refractory_violations(t, tau):
    return np.mean(np.diff(t) < tau)
