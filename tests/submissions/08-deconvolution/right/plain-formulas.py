# style: loops, lists and definitions written out
# %% update_waveform
def update_waveform(R, a):
    total = np.zeros(len(R))
    for t in range(len(a)):
        total += a[t] * R[:, t]
    return (total / np.sqrt(np.sum(total**2))).tolist()


# %% update_amplitudes
def update_amplitudes(R, w, lam, sigma):
    return [max(0.0, float(R[:, t] @ w) - lam * sigma**2) for t in range(R.shape[1])]


# %% log_joint
def log_joint(X, W, A, lam, sigma):
    from scipy import stats

    likelihood = stats.norm(W @ A.T, sigma).logpdf(X).sum()
    return likelihood + stats.expon(scale=1 / lam).logpdf(A).sum()


# %% score_templates
def score_templates(R, templates):
    K, N, D = templates.shape
    scores = np.zeros((K, R.shape[1] - D + 1))
    for k in range(K):
        for n in range(N):
            scores[k] += np.correlate(R[n], templates[k, n], "valid")
    return scores


# %% update_template
def update_template(target, rank):
    U, s, V = np.linalg.svd(target, full_matrices=False)
    W = sum(s[i] * np.outer(U[:, i], V[i]) for i in range(min(rank, len(s))))
    return W / np.linalg.norm(W)
