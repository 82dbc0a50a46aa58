# breaks: smooth_gradient
# carries: generate_mei
# why: a tensor comes back as an array
# feedback: no tensor came back
# %% smooth_gradient
def smooth_gradient(grad, factor=0.25):
    height, width = grad.shape
    f_y, f_x = np.fft.fftfreq(height) * height, np.fft.fftfreq(width) * width
    mask = np.maximum(1, np.hypot(f_y[:, None], f_x)) ** -factor
    mask = mask / mask.mean()
    if isinstance(grad, torch.Tensor):
        grad = grad.numpy()
    return np.fft.ifft2(np.fft.fft2(grad) * mask).real
