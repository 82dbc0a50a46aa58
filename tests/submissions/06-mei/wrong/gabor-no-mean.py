# breaks: create_gabor
# why: the mean is subtracted
# feedback: mean was subtracted
# %% create_gabor
def create_gabor(shape, phase, wavelength, orientation, sigma, dy=0.0, dx=0.0):
    height, width = shape
    y = np.arange(height)[:, np.newaxis] - (height - 1) / 2 - dy * height
    x = np.arange(width) - (width - 1) / 2 - dx * width
    theta = np.deg2rad(orientation)
    along = 2 * np.pi * (y * np.cos(theta) + x * np.sin(theta)) / wavelength
    gabor = np.exp(-(y**2 + x**2) / (2 * sigma**2)) * np.sin(along + np.deg2rad(phase))
    return gabor - gabor.mean()
