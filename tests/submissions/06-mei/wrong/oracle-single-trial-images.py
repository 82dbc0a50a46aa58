# breaks: oracle_correlation
# why: an image with one trial is paired with itself
# feedback: oracle
# %% oracle_correlation
def oracle_correlation(responses):
    n_images, n_trials, n_neurons = responses.shape
    valid = np.isfinite(responses)
    n = valid.sum(axis=1, keepdims=True)
    n = np.maximum(n, 2)
    others = (np.nansum(responses, axis=1, keepdims=True) - responses) / np.maximum(n - 1, 1)
    use = valid
    return np.array([np.corrcoef(responses[..., i][use[..., i]], others[..., i][use[..., i]])[0, 1] for i in range(n_neurons)])
