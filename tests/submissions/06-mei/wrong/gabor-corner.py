# breaks: create_gabor
# why: counted from the corner
# feedback: corner
# %% create_gabor
def create_gabor(shape, phase, wavelength, orientation, sigma, dy=0.0, dx=0.0):
    height, width = shape
    y = np.arange(height)[:, None] - dy * height
    x = np.arange(width) - dx * width
    theta = np.deg2rad(orientation)
    wave = 2 * np.pi * (y * np.cos(theta) + x * np.sin(theta)) / wavelength + np.deg2rad(phase)
    return np.exp(-(y**2 + x**2) / (2 * sigma**2)) * np.sin(wave)
