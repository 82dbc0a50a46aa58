# style: a small grid, then scipy.optimize.minimize
# %% create_gabor
def create_gabor(shape, phase, wavelength, orientation, sigma, dy=0.0, dx=0.0):
    y = np.linspace(-0.5, 0.5, shape[0], endpoint=False)[:, np.newaxis] * shape[0] - dy * shape[0]
    x = np.linspace(-0.5, 0.5, shape[1], endpoint=False)[np.newaxis, :] * shape[1] - dx * shape[1]
    wave = np.exp(1j * (2 * np.pi * (y * np.cos(np.deg2rad(orientation)) + x * np.sin(np.deg2rad(orientation))) / wavelength + np.deg2rad(phase)))
    return np.exp(-(y**2) / (2 * sigma**2)) * np.exp(-(x**2) / (2 * sigma**2)) * wave.imag


# %% best_gabor
def best_gabor(respond, shape, mean, contrast):
    from itertools import product
    from scipy.optimize import minimize

    def image_of(p):
        g = create_gabor(shape, *p)
        return mean + contrast * (g - np.mean(g)) / np.std(g)

    def cost(p):
        if p[1] < 3 or p[3] < 1 or abs(p[4]) > 0.4 or abs(p[5]) > 0.4:
            return 1e6
        return -float(respond(image_of(p)[np.newaxis])[0])

    start, best = None, np.inf
    for p in product((0, 90, 180, 270), (7, 10, 15), range(0, 180, 30), (5,), (-0.2, -0.1, 0, 0.1, 0.2), (-0.2, -0.1, 0, 0.1, 0.2)):
        c = cost(p)
        if c < best:
            start, best = p, c
    simplex = np.array([start] + [np.array(start) + d for d in np.diag((30, 2, 10, 1, 0.04, 0.04))], float)
    p = minimize(cost, start, method="Nelder-Mead", options={"initial_simplex": simplex, "maxiter": 600}).x
    names = ("phase", "wavelength", "orientation", "sigma", "dy", "dx")
    return {name: value for name, value in zip(names, p)}, image_of(p), -cost(p)
