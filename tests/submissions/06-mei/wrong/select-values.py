# breaks: select_neurons
# why: compares with the quantiles themselves
# feedback: stands for a quantile
# %% select_neurons
def select_neurons(oracle, variance, oracle_quantile=0.6, variance_quantile=0.5):
    a = oracle > oracle_quantile
    b = variance > variance_quantile
    return np.flatnonzero(a & b)
