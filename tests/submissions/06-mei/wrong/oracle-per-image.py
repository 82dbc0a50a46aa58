# breaks: oracle_correlation
# why: correlates the means of even and odd trials
# feedback: oracle
# %% oracle_correlation
def oracle_correlation(responses):
    a, b = np.nanmean(responses[:, ::2], axis=1), np.nanmean(responses[:, 1::2], axis=1)
    result = []
    for i in range(responses.shape[2]):
        ok = np.isfinite(a[:, i]) & np.isfinite(b[:, i])
        result.append(np.corrcoef(a[ok, i], b[ok, i])[0, 1])
    return np.array(result)
