# breaks: oracle_correlation
# why: only the first trial against the others: noisy, and lost where it is missing
# feedback: oracle
# %% oracle_correlation
def oracle_correlation(responses):
    a, b = responses[:, 0], np.nanmean(responses[:, 1:], axis=1)
    result = []
    for i in range(responses.shape[2]):
        ok = np.isfinite(a[:, i]) & np.isfinite(b[:, i])
        result.append(np.corrcoef(a[ok, i], b[ok, i])[0, 1] if ok.sum() > 2 else 0.0)
    return np.array(result)
