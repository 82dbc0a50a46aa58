# breaks: best_gabor
# why: the mean is not subtracted
# feedback: shown to respond
# %% best_gabor
def best_gabor(respond, shape, mean, contrast):
    def show(tries):
        images = np.stack([create_gabor(shape, *params) for params in tries])
        images = mean + contrast * images / images.std(axis=(1, 2), keepdims=True)
        responses = respond(images)
        i = responses.argmax()
        return responses[i], tries[i], images[i]

    best = (-np.inf, None, None)
    for wavelength in (5, 7.5, 11, 16, 24):
        for sigma in (2, 3.5, 6, 10):
            tries = [
                (phase, wavelength, orientation, sigma, dy, dx)
                for phase in (0, 90, 180, 270)
                for orientation in np.arange(0, 180, 22.5)
                for dy in (-0.2, -0.1, 0, 0.1, 0.2)
                for dx in (-0.24, -0.16, -0.08, 0, 0.08, 0.16, 0.24)
            ]
            best = max(best, show(tries), key=lambda found: found[0])
    rng = np.random.default_rng(0)
    for scale in np.geomspace(1, 0.05, 20):
        steps = scale * rng.normal(size=(30, 6)) * (30, 0.2 * best[1][1], 10, 0.2 * best[1][3], 0.03, 0.03)
        tries = [tuple(row) for row in np.array(best[1]) + steps if row[1] > 2 - best[1][1] and row[3] > 1 - best[1][3]]
        best = max(best, show(tries), key=lambda found: found[0])
    response, params, image = best
    names = ("phase", "wavelength", "orientation", "sigma", "dy", "dx")
    return dict(zip(names, params)), image, response
