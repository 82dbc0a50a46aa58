# breaks: smooth_gradient
# why: arange(w - 1, -1, -1) for the horizontal frequencies
# feedback: arange(w − 1, −1, −1)
# %% smooth_gradient
def smooth_gradient(grad, factor=0.25):
    height, width = grad.shape
    f_y, f_x = np.fft.fftfreq(height) * height, np.arange(width - 1, -1, -1)
    mask = np.maximum(1, np.hypot(f_y[:, None], f_x)) ** -factor
    mask = mask / mask.mean()
    if isinstance(grad, torch.Tensor):
        mask = torch.as_tensor(mask, dtype=grad.dtype)
        return torch.fft.ifft2(torch.fft.fft2(grad) * mask).real
    return np.fft.ifft2(np.fft.fft2(grad) * mask).real
