# breaks: symmetry_index
# why: the sum without its size
# feedback: complex|SI
# %% symmetry_index
def symmetry_index(image, n, bin_size=np.pi / 16):
    power = np.abs(np.fft.fft2(image - image.mean())) ** 2
    f_y, f_x = np.fft.fftfreq(image.shape[0])[:, None], np.fft.fftfreq(image.shape[1])
    theta = np.arctan2(f_y, f_x) % np.pi
    n_bins = round(np.pi / bin_size)
    bins = np.round(theta / bin_size).astype(int) % n_bins
    bins[0, 0] = -1
    P = np.array([power[bins == k].mean() for k in range(n_bins)])
    return np.sum(P * np.exp(2j * n * bin_size * np.arange(n_bins))) / P.sum()
