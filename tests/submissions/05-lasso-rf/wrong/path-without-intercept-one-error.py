# breaks: lasso_path
# why: the prediction of the left-out block lacks b
# feedback: b was left out
# %% lasso_path
def lasso_path(stim, counts, lags, alphas):
    W = [[fit_lasso_rf(stim, counts, lag, alpha) for alpha in alphas] for lag in lags]
    gain = np.zeros((5, len(alphas)))
    for lag in lags:
        c = np.asarray(counts)[lag:]
        S = stim[:, : len(c)]
        for k, test in enumerate(np.array_split(np.arange(len(c)), 5)):
            train = np.delete(np.arange(len(c)), test)
            constant = deviance(np.log(c[train].mean()), c[test])
            for j, alpha in enumerate(alphas):
                w = fit_lasso_rf(S[:, train], c[train], 0, alpha)
                b = 0
                gain[k, j] += constant - deviance(w @ S[:, test] + b, c[test])
    mean, error = gain.mean(axis=0), gain.std(axis=0, ddof=1) / np.sqrt(5)
    best = np.argmax(mean)
    good = mean >= mean[best] - error[best]
    return np.moveaxis(np.array(W), 2, 0), np.max(np.asarray(alphas)[good])


def deviance(eta, c):
    return 2 * np.mean(np.exp(eta) - c * eta)
