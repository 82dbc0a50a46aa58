# style: a function for mean and contrast, gradients smoothed as arrays, records as pairs; float64 comes back
# %% generate_mei
def generate_mei(model, neuron, image0, steps=300, sigma=3.0, mean=0.5, contrast=0.2, step_size=1.0):
    model.eval()
    project = lambda z: mean + contrast * (z - z.mean()) / ((z - z.mean()) ** 2).mean().sqrt()
    x = torch.tensor(image0, dtype=torch.float32)
    history = []
    for width in np.linspace(sigma, 0.01, steps):
        leaf = x.clone().detach().requires_grad_(True)
        out = model(leaf[None, None])
        g = torch.autograd.grad(out[0, neuron], leaf)[0]
        g = smooth_gradient(g.numpy())
        g = g / np.abs(g).mean()
        x = project(torch.tensor(gaussian_filter(x.numpy() + step_size * g, width, truncate=3), dtype=torch.float32))
        history.append((model(x[None, None])[0, neuron].item(), float(((x - x.mean()) ** 2).mean() ** 0.5)))
    responses, contrasts = np.array(history).T
    return x.numpy().astype(float), responses, contrasts


# %% masked_luminance
def masked_luminance(image, mask):
    return np.average(image, weights=mask)


# %% masked_contrast
def masked_contrast(image, mask):
    return np.std(np.extract(mask, image))
