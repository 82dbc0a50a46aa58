# breaks: refractory_violations
# why: counts all pairs, not only neighbours
# feedback: all pairs were counted
# %% refractory_violations
def refractory_violations(t, tau):
    if len(t) < 2:
        return 0.0
    n = 0
    for i in range(len(t)):
        n += np.sum((t[i + 1:] - t[i]) < tau)
    return n / (len(t) - 1)
