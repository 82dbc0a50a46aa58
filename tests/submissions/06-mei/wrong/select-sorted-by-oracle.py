# breaks: select_neurons
# why: best neurons first
# feedback: ascend
# %% select_neurons
def select_neurons(oracle, variance, oracle_quantile=0.6, variance_quantile=0.5):
    a = oracle > np.nanquantile(oracle, oracle_quantile)
    b = variance > np.quantile(variance, variance_quantile)
    i = np.flatnonzero(a & b)
    return i[np.argsort(-oracle[i])]
