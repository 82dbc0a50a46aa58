# breaks: oracle_correlation
# why: the trial itself is in the mean it is compared with
# feedback: the trial itself
# %% oracle_correlation
def oracle_correlation(responses):
    n_neurons = responses.shape[2]
    means = np.nanmean(responses, axis=1, keepdims=True) + 0 * responses
    valid = np.isfinite(responses) & (np.isfinite(responses).sum(axis=1, keepdims=True) > 1)
    return np.array([
        np.corrcoef(responses[..., i][valid[..., i]], means[..., i][valid[..., i]])[0, 1] for i in range(n_neurons)
    ])
