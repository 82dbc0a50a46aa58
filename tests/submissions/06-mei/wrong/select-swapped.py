# breaks: select_neurons
# why: the quantiles are swapped
# feedback: taken for each other
# %% select_neurons
def select_neurons(oracle, variance, oracle_quantile=0.6, variance_quantile=0.5):
    a = oracle > np.nanquantile(oracle, variance_quantile)
    b = variance > np.quantile(variance, oracle_quantile)
    return np.flatnonzero(a & b)
