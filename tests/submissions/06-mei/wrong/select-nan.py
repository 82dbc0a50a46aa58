# breaks: select_neurons
# why: the quantile of an array with NaN
# feedback: nanquantile
# %% select_neurons
def select_neurons(oracle, variance, oracle_quantile=0.6, variance_quantile=0.5):
    a = oracle > np.quantile(oracle, oracle_quantile)
    b = variance > np.quantile(variance, variance_quantile)
    return np.flatnonzero(a & b)
