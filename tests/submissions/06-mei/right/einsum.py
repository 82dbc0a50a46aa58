# style: einsum, np.cov, digitize
# %% oracle_correlation
def oracle_correlation(responses):
    ok = ~np.isnan(responses)
    ok = ok & (ok.sum(1, keepdims=True) >= 2)
    r = np.where(ok, responses, 0.0)
    count = ok.sum(1)[:, None, :]
    loo = np.where(ok, (np.einsum("itn->in", r)[:, None, :] - r) / np.where(count > 1, count - 1, 1), 0.0)
    n = ok.sum((0, 1))
    mr, ml = r.sum((0, 1)) / n, loo.sum((0, 1)) / n
    cov = np.einsum("itn,itn->n", r, loo) / n - mr * ml
    return cov / np.sqrt((np.einsum("itn,itn->n", r, r) / n - mr**2) * (np.einsum("itn,itn->n", loo, loo) / n - ml**2))


# %% select_neurons
def select_neurons(oracle, variance, oracle_quantile=0.6, variance_quantile=0.5):
    keep = np.stack([oracle > np.nanquantile(oracle, oracle_quantile), variance > np.nanquantile(variance, variance_quantile)])
    return np.arange(oracle.size)[keep.all(axis=0)]


# %% start_similarity
def start_similarity(image_a, image_b):
    C = np.cov(np.reshape(image_a, -1), np.reshape(image_b, -1))
    return np.array([C[0, 1] / np.sqrt(C[0, 0] * C[1, 1])])


# %% symmetry_index
def symmetry_index(image, n, bin_size=np.pi / 16):
    P = abs(np.fft.fft2(image - image.mean())).ravel() ** 2
    f = np.array(np.meshgrid(np.fft.fftfreq(image.shape[1]), np.fft.fftfreq(image.shape[0]))).reshape(2, -1)
    theta = np.arctan2(f[1], f[0])[1:] % np.pi
    K = round(np.pi / bin_size)
    edges = (np.arange(K + 1) - 0.5) * bin_size
    k = np.digitize(theta, edges) - 1
    k[k == K] = 0
    mean = np.bincount(k, P[1:], K) / np.bincount(k, minlength=K)
    return abs(mean @ np.exp(2j * n * np.arange(K) * bin_size)) / mean.sum()


# %% compare_on_truth
def compare_on_truth(respond, meis, gabors):
    r = [np.einsum("ii->i", np.asarray(respond(x))) for x in (meis, gabors)]
    return r[0], r[1], np.count_nonzero(r[0] > r[1])
