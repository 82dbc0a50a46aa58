# breaks: refractory_violations
# why: in percent
# feedback: percent
# %% refractory_violations
def refractory_violations(t, tau):
    if len(t) < 2:
        return 0.0
    return 100 * np.mean(np.diff(t) < tau)
