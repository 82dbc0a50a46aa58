# breaks: select_neurons
# why: the defaults are swapped
# feedback: defaults are swapped
# %% select_neurons
def select_neurons(oracle, variance, oracle_quantile=0.5, variance_quantile=0.6):
    good = (oracle > np.nanquantile(oracle, oracle_quantile)) & (variance > np.nanquantile(variance, variance_quantile))
    return np.flatnonzero(good)
