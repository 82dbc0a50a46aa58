# breaks: oracle_correlation
# why: the sum of the others is divided by T
# feedback: the trial itself counted
# %% oracle_correlation
def oracle_correlation(responses):
    valid = np.isfinite(responses)
    n = valid.sum(axis=1, keepdims=True)
    valid &= n > 1
    total = np.where(valid, responses, 0).sum(axis=1, keepdims=True)
    others = (total - responses) / np.maximum(n, 1)
    found = []
    for k in range(responses.shape[2]):
        v = valid[:, :, k]
        found.append(np.corrcoef(responses[:, :, k][v], others[:, :, k][v])[0, 1])
    return np.array(found)
