# breaks: select_neurons
# why: the 40 % with the highest oracle
# feedback: 40 % with the highest oracle
# %% select_neurons
def select_neurons(oracle, variance, oracle_quantile=0.6, variance_quantile=0.5):
    return np.flatnonzero(oracle > np.nanquantile(oracle, 0.6))
