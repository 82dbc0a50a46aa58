# style: rfft; the gradient by backward(); results as lists
# %% smooth_gradient
def smooth_gradient(grad, factor=0.25):
    H, W = grad.shape
    k = np.sqrt((np.fft.fftfreq(H) * H)[:, None] ** 2 + (np.fft.rfftfreq(W) * W) ** 2)
    k[0, 0] = 1
    if torch.is_tensor(grad):
        return torch.fft.irfft2(torch.fft.rfft2(grad) * torch.tensor(k**-factor, dtype=grad.dtype), s=(H, W))
    return np.fft.irfft2(np.fft.rfft2(grad) * k**-factor, s=(H, W))


# %% generate_mei
def generate_mei(model, neuron, image0, steps=300, sigma=3.0, mean=0.5, contrast=0.2, step_size=1.0):
    model.eval()
    x = torch.from_numpy(image0).float()
    r, c = torch.zeros(steps), torch.zeros(steps)
    for i, s in enumerate(torch.linspace(sigma, 0.01, steps)):
        x = x.clone().requires_grad_()
        model(x.unsqueeze(0).unsqueeze(0))[0][neuron].backward()
        g = smooth_gradient(x.grad)
        x = x.detach() + g * (step_size / torch.mean(torch.abs(g)))
        x = torch.tensor(gaussian_filter(x.numpy(), float(s)))
        x = (x - x.mean()) / x.std(unbiased=False) * contrast + mean
        r[i] = model(x.unsqueeze(0).unsqueeze(0))[0][neuron].detach()
        c[i] = x.std(unbiased=False)
    return [x.tolist(), r.tolist(), c.tolist()]
