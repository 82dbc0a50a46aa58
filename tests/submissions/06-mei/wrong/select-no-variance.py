# breaks: select_neurons
# why: the variance is forgotten
# feedback: variance was not used
# %% select_neurons
def select_neurons(oracle, variance, oracle_quantile=0.6, variance_quantile=0.5):
    a = oracle > np.nanquantile(oracle, oracle_quantile)
    b = variance > np.quantile(variance, variance_quantile)
    return np.flatnonzero(a)
