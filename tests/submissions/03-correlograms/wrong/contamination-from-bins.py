# breaks: contamination
# why: pairs taken from the bins of a correlogram, which reach half a bin beyond tau
# feedback: further apart than τ | bins
# %% contamination
def contamination(t, tau, duration):
    N = len(t)
    if N < 2:
        return 0.0
    h, c = correlogram(t, t, 0.001, tau, auto=True)
    n = h[c >= 0].sum()
    return 1 - np.sqrt(max(0.0, 1 - n * duration / (N**2 * tau)))
