# breaks: lasso_path
# why: pairs that are lined up already are shifted again
# feedback: 
# %% lasso_path
def lasso_path(stim, counts, lags, alphas):
    W = np.zeros((len(stim), len(lags), len(alphas)))
    score = np.zeros(len(alphas))
    for i, lag in enumerate(lags):
        n = len(counts) - lag
        s, c = stim[:, :n], np.asarray(counts[lag:])
        for j, alpha in enumerate(alphas):
            W[:, i, j] = fit_lasso_rf(s, c, lag, alpha)
            for test in np.array_split(np.arange(n), 5):
                train = np.delete(np.arange(n), test)
                w = fit_lasso_rf(s[:, train], c[train], lag, alpha)
                b = np.log(c[train].sum() / np.exp(w @ s[:, train]).sum())
                eta = w @ s[:, test] + b
                score[j] += np.mean(np.exp(eta) - c[test] * eta)
    return W, alphas[np.argmin(score)]
