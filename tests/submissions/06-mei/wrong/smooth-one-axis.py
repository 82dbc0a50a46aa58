# breaks: smooth_gradient
# why: the transform of the rows alone
# feedback: wave
# %% smooth_gradient
def smooth_gradient(grad, factor=0.25):
    height, width = grad.shape
    f_y, f_x = np.fft.fftfreq(height) * height, np.fft.fftfreq(width) * width
    mask = np.maximum(1, np.hypot(f_y[:, None], f_x)) ** -factor
    mask = mask / mask.mean()
    if isinstance(grad, torch.Tensor):
        mask = torch.as_tensor(mask, dtype=grad.dtype)
        return torch.fft.ifft(torch.fft.fft(grad) * mask).real
    return np.fft.ifft(np.fft.fft(grad) * mask).real
