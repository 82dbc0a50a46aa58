# style: a grid of Gabors without refinement; cosine instead of sine
# %% create_gabor
def create_gabor(shape, phase, wavelength, orientation, sigma, dy=0.0, dx=0.0):
    y, x = np.mgrid[: shape[0], : shape[1]].astype(float)
    y -= shape[0] * (0.5 + dy)
    x -= shape[1] * (0.5 + dx)
    theta = orientation / 180 * np.pi
    return np.exp(-0.5 * np.hypot(y, x) ** 2 / sigma**2) * np.cos(
        2 * np.pi / wavelength * (np.cos(theta) * y + np.sin(theta) * x) + phase / 180 * np.pi
    )


# %% best_gabor
def best_gabor(respond, shape, mean, contrast):
    best = None
    for wavelength in (6, 8, 11, 15):
        for sigma in (3.5, 5, 7):
            for orientation in np.arange(0, 180, 22.5):
                for dy in np.linspace(-0.2, 0.2, 6):
                    params, images = [], []
                    for phase in (0, 90, 180, 270):
                        for dx in np.linspace(-0.2, 0.2, 8):
                            gabor = create_gabor(shape, phase, wavelength, orientation, sigma, dy, dx)
                            gabor = gabor - gabor.mean()
                            images.append(mean + gabor / gabor.std() * contrast)
                            params.append((phase, wavelength, orientation, sigma, dy, dx))
                    r = respond(np.array(images))
                    i = np.argmax(r)
                    if best is None or r[i] > best[2]:
                        best = params[i], images[i], r[i]
    keys = ["phase", "wavelength", "orientation", "sigma", "dy", "dx"]
    return dict(zip(keys, best[0])), best[1], best[2]


# %% symmetry_index
def symmetry_index(image, n, bin_size=np.pi / 16):
    P = np.abs(np.fft.fft2(image)) ** 2
    fy, fx = np.meshgrid(np.fft.fftfreq(image.shape[0]), np.fft.fftfreq(image.shape[1]), indexing="ij")
    keep = (fy != 0) | (fx != 0)
    theta = np.mod(np.arctan2(fy, fx), np.pi)[keep]
    K = int(round(np.pi / bin_size))
    k = np.rint(theta / bin_size) % K
    power = np.array([P[keep][k == j].mean() for j in range(K)])
    angles = np.arange(K) * bin_size
    return np.hypot((power * np.cos(2 * n * angles)).sum(), (power * np.sin(2 * n * angles)).sum()) / power.sum()
