# breaks: oracle_correlation
# why: a trial missing for one neuron is left out for all
# feedback: left out for all
# %% oracle_correlation
def oracle_correlation(responses):
    n_images, n_trials, n_neurons = responses.shape
    valid = np.isfinite(responses)
    n = valid.sum(axis=1, keepdims=True)
    others = (np.nansum(responses, axis=1, keepdims=True) - responses) / np.maximum(n - 1, 1)
    valid = valid & valid.all(axis=2, keepdims=True)
    use = valid & (n > 1)
    return np.array([np.corrcoef(responses[..., i][use[..., i]], others[..., i][use[..., i]])[0, 1] for i in range(n_neurons)])
