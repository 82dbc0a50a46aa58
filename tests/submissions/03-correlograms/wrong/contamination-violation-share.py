# breaks: contamination
# why: the share of short intervals
# feedback: share of short intervals
# %% contamination
def contamination(t, tau, duration):
    if len(t) < 2:
        return 0.0
    return np.mean(np.diff(t) < tau)
