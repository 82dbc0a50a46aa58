# breaks: oracle_correlation
# why: mean and correlation of arrays with NaN
# feedback: NaN|valid
# %% oracle_correlation
def oracle_correlation(responses):
    n_images, n_trials, n_neurons = responses.shape
    total = responses.sum(axis=1, keepdims=True)
    others = (total - responses) / (n_trials - 1)
    return np.array([np.corrcoef(responses[..., i].ravel(), others[..., i].ravel())[0, 1] for i in range(n_neurons)])
