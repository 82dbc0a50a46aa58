# breaks: refractory_violations
# why: intervals in ms, tau in s
# feedback: both in seconds
# %% refractory_violations
def refractory_violations(t, tau):
    if len(t) < 2:
        return 0.0
    isi = np.diff(t) * 1000
    return np.mean(isi < tau)
