# breaks: select_neurons
# why: NaN counts as the lowest
# feedback: lowest
# %% select_neurons
def select_neurons(oracle, variance, oracle_quantile=0.6, variance_quantile=0.5):
    oracle = np.nan_to_num(oracle, nan=-1.0)
    a = oracle > np.nanquantile(oracle, oracle_quantile)
    b = variance > np.quantile(variance, variance_quantile)
    return np.flatnonzero(a & b)
