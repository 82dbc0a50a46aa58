# style: loops over neurons, images and trials; lists come back
# %% oracle_correlation
def oracle_correlation(responses):
    n_images, n_trials, n_neurons = responses.shape
    result = []
    for k in range(n_neurons):
        a, b = [], []
        for i in range(n_images):
            trials = responses[i, :, k]
            trials = trials[~np.isnan(trials)]
            if len(trials) < 2:
                continue
            total = sum(trials)
            for trial in trials:
                a.append(trial)
                b.append((total - trial) / (len(trials) - 1))
        result.append(np.corrcoef(a, b)[0][1])
    return result


# %% select_neurons
def select_neurons(oracle, variance, oracle_quantile=0.6, variance_quantile=0.5):
    chosen = []
    q_oracle = np.quantile(oracle[~np.isnan(oracle)], oracle_quantile)
    q_variance = np.quantile(variance, variance_quantile)
    for i in range(len(oracle)):
        if oracle[i] > q_oracle and variance[i] > q_variance:
            chosen.append(i)
    return chosen


# %% create_gabor
def create_gabor(shape, phase, wavelength, orientation, sigma, dy=0.0, dx=0.0):
    H, W = shape
    image = np.zeros(shape)
    t, p = np.radians(orientation), np.radians(phase)
    x = np.arange(W) - W / 2 - dx * W
    for i in range(H):
        y = i - H / 2 - dy * H
        u = y * np.cos(t) + x * np.sin(t)
        image[i] = np.exp(-(y * y + x * x) / 2 / sigma**2) * np.sin(2 * np.pi * u / wavelength + p)
    return image


# %% masked_luminance
def masked_luminance(image, mask):
    total, n = 0.0, 0
    for pixel, inside in zip(image.ravel(), mask.ravel()):
        if inside:
            total += pixel
            n += 1
    return total / n


# %% masked_contrast
def masked_contrast(image, mask):
    return np.sqrt(sum((pixel - image[mask].mean()) ** 2 for pixel in image[mask]) / mask.sum())


# %% compare_on_truth
def compare_on_truth(respond, meis, gabors):
    r_mei, r_gabor, wins = [], [], 0
    for i in range(len(meis)):
        r_mei.append(respond(meis[i : i + 1])[0, i])
        r_gabor.append(respond(gabors[i : i + 1])[0, i])
        if r_mei[i] > r_gabor[i]:
            wins += 1
    return r_mei, r_gabor, wins
