# breaks: fit_mot, fit_drifting_mot
# why: no EM at all: the start comes back, with its labels; a single cluster gets mean and covariance
# feedback: n_iters
# %% fit_mot
def fit_mot(x, n_clusters, nu=4.0, n_iters=20, random_seed=0):
    m = start_means(x, n_clusters, random_seed)
    if n_clusters == 1:
        m = x.mean(axis=0, keepdims=True)
    S = np.repeat([np.cov(x.T, bias=True)], n_clusters, axis=0)
    p = np.full(n_clusters, 1 / n_clusters)
    logs = [t_logpdf(x, m[k], S[k], nu) for k in range(n_clusters)]
    return np.argmax(logs, axis=0), m, S, p


# %% fit_drifting_mot
def fit_drifting_mot(x, t, n_clusters, nu=4.0, block=60.0, Q=0.03, n_iters=50, random_seed=0):
    labels, m, S, p = fit_mot(x, n_clusters, nu, n_iters, random_seed)
    return labels, np.repeat(m[:, None], int(np.max(t) // block) + 1, axis=1), S, p
