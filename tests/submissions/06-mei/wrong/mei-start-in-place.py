# breaks: generate_mei
# why: works on the array it was given
# feedback: changed image0 in place
# %% generate_mei
def generate_mei(model, neuron, image0, steps=300, sigma=3.0, mean=0.5, contrast=0.2, step_size=1.0):
    model.eval()
    image = np.asarray(image0)
    responses, contrasts = np.zeros(steps), np.zeros(steps)
    for t, width in enumerate(np.linspace(sigma, 0.01, steps)):
        x = torch.tensor(image, dtype=torch.float32).requires_grad_()
        (g,) = torch.autograd.grad(model(x[None, None])[0, neuron], x)
        g = smooth_gradient(g)
        image += (step_size * g / g.abs().mean()).numpy()
        image[:] = gaussian_filter(image, width)
        image -= image.mean()
        image[:] = mean + contrast * image / image.std()
        x = torch.tensor(image, dtype=torch.float32)
        with torch.no_grad():
            responses[t] = model(x[None, None])[0, neuron]
        contrasts[t] = x.std(correction=0)
    return x.numpy(), responses, contrasts
