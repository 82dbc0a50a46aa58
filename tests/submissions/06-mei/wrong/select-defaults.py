# breaks: select_neurons
# why: other default quantiles
# feedback: is .5
# %% select_neurons
def select_neurons(oracle, variance, oracle_quantile=0.5, variance_quantile=0.5):
    a = oracle > np.nanquantile(oracle, oracle_quantile)
    b = variance > np.quantile(variance, variance_quantile)
    return np.flatnonzero(a & b)
