# breaks: select_neurons
# why: the oracle's quantile is that of the lively neurons alone
# feedback: quantile of the oracle was taken over the neurons that passed
# %% select_neurons
def select_neurons(oracle, variance, oracle_quantile=0.6, variance_quantile=0.5):
    lively = np.flatnonzero(variance > np.nanquantile(variance, variance_quantile))
    return lively[oracle[lively] > np.nanquantile(oracle[lively], oracle_quantile)]
