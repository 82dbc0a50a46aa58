# breaks: smooth_gradient
# why: the factor is not used
# feedback: is not used
# %% smooth_gradient
def smooth_gradient(grad, factor=0.25):
    k_y, k_x = (np.fft.fftfreq(n) * n for n in grad.shape)
    mask = np.maximum(1, np.hypot(k_y[:, np.newaxis], k_x)) ** -0.25
    smooth = np.fft.ifft2(np.fft.fft2(np.asarray(grad)) * mask).real
    return torch.as_tensor(smooth, dtype=grad.dtype) if torch.is_tensor(grad) else smooth
