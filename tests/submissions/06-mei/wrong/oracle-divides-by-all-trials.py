# breaks: oracle_correlation
# why: divides by all trials less one, also where some are missing
# feedback: missing ones counted
# %% oracle_correlation
def oracle_correlation(responses):
    n_images, n_trials, n_neurons = responses.shape
    valid = np.isfinite(responses)
    n = valid.sum(axis=1, keepdims=True)
    others = (np.nansum(responses, axis=1, keepdims=True) - responses) / (n_trials - 1)
    use = valid & (n > 1)
    return np.array([np.corrcoef(responses[..., i][use[..., i]], others[..., i][use[..., i]])[0, 1] for i in range(n_neurons)])
