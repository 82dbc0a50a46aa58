# breaks: smooth_gradient
# why: an array comes back as a tensor
# feedback: a tensor came back
# %% smooth_gradient
def smooth_gradient(grad, factor=0.25):
    grad = torch.as_tensor(grad)
    height, width = grad.shape
    f_y, f_x = np.fft.fftfreq(height) * height, np.fft.fftfreq(width) * width
    mask = np.maximum(1, np.hypot(f_y[:, None], f_x)) ** -factor
    mask = mask / mask.mean()
    if isinstance(grad, torch.Tensor):
        mask = torch.as_tensor(mask, dtype=grad.dtype)
        return torch.fft.ifft2(torch.fft.fft2(grad) * mask).real
    return np.fft.ifft2(np.fft.fft2(grad) * mask).real
