# style: sums in other orders, FFT and sliding windows
# %% update_waveform
def update_waveform(R, a):
    w = np.einsum("nt,t->n", R, a)
    return w / np.sqrt(w @ w)


# %% update_amplitudes
def update_amplitudes(R, w, lam, sigma):
    return np.clip(w @ R - lam * sigma**2, 0, None)


# %% log_joint
def log_joint(X, W, A, lam, sigma):
    N, T = X.shape
    E = X - W @ A.T
    likelihood = (
        -0.5 * N * T * np.log(2 * np.pi) - N * T * np.log(sigma) - 0.5 * np.sum((E / sigma) ** 2)
    )
    return np.array([likelihood + np.sum(np.log(lam) - lam * A)])


# %% score_templates
def score_templates(R, templates):
    from scipy.signal import fftconvolve

    return np.array([fftconvolve(R, W[::-1, ::-1], "valid")[0] for W in templates])


# %% update_template
def update_template(target, rank):
    values, V = np.linalg.eigh(target.T @ target)
    kept = V[:, -rank:]
    W = target @ kept @ kept.T
    return W / np.linalg.norm(W)
