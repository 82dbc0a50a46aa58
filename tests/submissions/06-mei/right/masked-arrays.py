# style: NumPy masked arrays; np.where()[0]; means and sums by hand
# %% oracle_correlation
def oracle_correlation(responses):
    r = np.ma.masked_invalid(responses)
    n = r.count(axis=1)[:, None]
    r = np.ma.masked_where(np.broadcast_to(n < 2, r.shape), r)
    others = (r.sum(axis=1)[:, None] - r) / np.maximum(n - 1, 1)
    a, b = r - r.mean(axis=(0, 1)), others - others.mean(axis=(0, 1))
    rho = (a * b).sum(axis=(0, 1)) / np.ma.sqrt((a * a).sum(axis=(0, 1)) * (b * b).sum(axis=(0, 1)))
    return rho.filled(np.nan)


# %% select_neurons
def select_neurons(oracle, variance, oracle_quantile=0.6, variance_quantile=0.5):
    a = np.nanpercentile(oracle, 100 * oracle_quantile)
    b = np.nanpercentile(variance, 100 * variance_quantile)
    return np.where((oracle > a) * (variance > b))[0]


# %% start_similarity
def start_similarity(image_a, image_b):
    a, b = image_a - image_a.mean(), image_b - image_b.mean()
    return np.sum(a * b) / np.linalg.norm(a) / np.linalg.norm(b)


# %% symmetry_index
def symmetry_index(image, n, bin_size=np.pi / 16):
    F = np.fft.fftshift(np.fft.fft2(image - image.mean()))
    H, W = image.shape
    f_y = np.fft.fftshift(np.fft.fftfreq(H))
    f_x = np.fft.fftshift(np.fft.fftfreq(W))
    sums, counts = {}, {}
    for i in range(H):
        for j in range(W):
            if f_y[i] == 0 and f_x[j] == 0:
                continue
            k = int(np.floor((np.arctan2(f_y[i], f_x[j]) % np.pi) / bin_size + 0.5))
            if k == round(np.pi / bin_size):
                k = 0
            sums[k] = sums.get(k, 0) + abs(F[i, j]) ** 2
            counts[k] = counts.get(k, 0) + 1
    P = {k: sums[k] / counts[k] for k in sums}
    arrows = sum(P[k] * np.exp(1j * 2 * n * k * bin_size) for k in P)
    return abs(arrows) / sum(P.values())
