# breaks: refractory_violations
# why: the share of intervals that are long enough
# feedback: long enough were counted
# %% refractory_violations
def refractory_violations(t, tau):
    if len(t) < 2:
        return 0.0
    return np.mean(np.diff(t) >= tau)
