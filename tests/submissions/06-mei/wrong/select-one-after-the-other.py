# breaks: select_neurons
# why: the quantile of the variance is that of the reliable neurons alone
# feedback: over the neurons that passed the oracle
# %% select_neurons
def select_neurons(oracle, variance, oracle_quantile=0.6, variance_quantile=0.5):
    a = oracle > np.nanquantile(oracle, oracle_quantile)
    b = variance > np.quantile(variance[a], variance_quantile)
    return np.flatnonzero(a & b)
