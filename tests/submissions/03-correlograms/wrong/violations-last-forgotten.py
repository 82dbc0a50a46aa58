# breaks: refractory_violations
# why: range(n − 2): the last interval is never looked at
# feedback: the share
# %% refractory_violations
def refractory_violations(t, tau):
    if len(t) < 2:
        return 0.0
    short = 0
    for i in range(len(t) - 2):
        if t[i + 1] - t[i] < tau:
            short += 1
    return short / (len(t) - 1)
