# breaks: refractory_violations
# why: a count instead of a share
# feedback: count
# %% refractory_violations
def refractory_violations(t, tau):
    if len(t) < 2:
        return 0.0
    return np.sum(np.diff(t) < tau)
