# breaks: oracle_correlation
# why: missing trials count as zeros
# feedback: count as zeros
# %% oracle_correlation
def oracle_correlation(responses):
    responses = np.nan_to_num(responses)
    n_images, n_trials, n_neurons = responses.shape
    others = (responses.sum(axis=1, keepdims=True) - responses) / (n_trials - 1)
    return np.array([np.corrcoef(responses[..., i].ravel(), others[..., i].ravel())[0, 1] for i in range(n_neurons)])
