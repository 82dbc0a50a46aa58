# breaks: smooth_gradient
# carries: generate_mei
# why: the mask is negative
# feedback: negative
# %% smooth_gradient
def smooth_gradient(grad, factor=0.25):
    height, width = grad.shape
    f_y, f_x = np.fft.fftfreq(height) * height, np.fft.fftfreq(width) * width
    mask = np.maximum(1, np.hypot(f_y[:, None], f_x)) ** -factor
    mask = -mask
    if isinstance(grad, torch.Tensor):
        mask = torch.as_tensor(mask, dtype=grad.dtype)
        return torch.fft.ifft2(torch.fft.fft2(grad) * mask).real
    return np.fft.ifft2(np.fft.fft2(grad) * mask).real
