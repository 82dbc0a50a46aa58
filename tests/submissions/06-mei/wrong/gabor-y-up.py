# breaks: create_gabor
# why: y points up
# feedback: counts rows downwards
# %% create_gabor
def create_gabor(shape, phase, wavelength, orientation, sigma, dy=0.0, dx=0.0):
    height, width = shape
    y = np.arange(height)[:, None] - (height - 1) / 2 - dy * height
    x = np.arange(width) - (width - 1) / 2 - dx * width
    theta = np.deg2rad(orientation)
    wave = 2 * np.pi * (x * np.sin(theta) - y * np.cos(theta)) / wavelength + np.deg2rad(phase)
    return np.exp(-(y**2 + x**2) / (2 * sigma**2)) * np.sin(wave)
