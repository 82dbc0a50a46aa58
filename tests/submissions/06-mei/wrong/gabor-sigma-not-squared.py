# breaks: create_gabor
# why: sigma is not squared
# feedback: variance
# %% create_gabor
def create_gabor(shape, phase, wavelength, orientation, sigma, dy=0.0, dx=0.0):
    height, width = shape
    y = np.arange(height)[:, None] - (height - 1) / 2 - dy * height
    x = np.arange(width) - (width - 1) / 2 - dx * width
    theta = np.deg2rad(orientation)
    wave = 2 * np.pi * (y * np.cos(theta) + x * np.sin(theta)) / wavelength + np.deg2rad(phase)
    return np.exp(-(y**2 + x**2) / (2 * sigma)) * np.sin(wave)
