# breaks: select_neurons
# why: np.percentile with fractions
# feedback: percentiles
# %% select_neurons
def select_neurons(oracle, variance, oracle_quantile=0.6, variance_quantile=0.5):
    a = oracle > np.nanpercentile(oracle, oracle_quantile)
    b = variance > np.percentile(variance, variance_quantile)
    return np.flatnonzero(a & b)
