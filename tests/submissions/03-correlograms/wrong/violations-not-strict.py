# breaks: refractory_violations
# why: ≤: an interval of exactly tau counts
# feedback: <, not ≤
# %% refractory_violations
def refractory_violations(t, tau):
    if len(t) < 2:
        return 0.0
    return np.mean(np.diff(t) <= tau)
