# breaks: lasso_path
# why: alphas from large to small, whatever the order given
# feedback: keep the order
# %% lasso_path
def lasso_path(stim, counts, lags, alphas):
    alphas = sorted(alphas, reverse=True)
    W = np.zeros((len(stim), len(lags), len(alphas)))
    score = np.zeros(len(alphas))
    for i, lag in enumerate(lags):
        n = len(counts) - lag
        s, c = stim[:, :n], np.asarray(counts[lag:])
        for j, alpha in enumerate(alphas):
            W[:, i, j] = fit_lasso_rf(stim, counts, lag, alpha)
            for test in np.array_split(np.arange(n), 5):
                train = np.delete(np.arange(n), test)
                w = fit_lasso_rf(s[:, train], c[train], 0, alpha)
                b = np.log(c[train].sum() / np.exp(w @ s[:, train]).sum())
                eta = w @ s[:, test] + b
                score[j] += np.mean(np.exp(eta) - c[test] * eta)
    return W, alphas[np.argmin(score)]
