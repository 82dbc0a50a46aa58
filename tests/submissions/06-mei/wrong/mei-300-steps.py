# breaks: generate_mei
# why: always 300 steps
# feedback: shape|steps
# %% generate_mei
def generate_mei(model, neuron, image0, steps=300, sigma=3.0, mean=0.5, contrast=0.2, step_size=1.0):
    steps = 300
    model.eval()
    x = torch.tensor(image0, dtype=torch.float32)
    responses, contrasts = np.zeros(steps), np.zeros(steps)
    for t, width in enumerate(np.linspace(sigma, 0.01, steps)):
        x.requires_grad_()
        (g,) = torch.autograd.grad(model(x[None, None])[0, neuron], x)
        g = smooth_gradient(g)
        x = x.detach() + step_size * g / g.abs().mean()
        x = torch.from_numpy(gaussian_filter(x.numpy(), width))
        x = x - x.mean()
        x = mean + contrast * x / x.std(correction=0)
        with torch.no_grad():
            responses[t] = model(x[None, None])[0, neuron]
        contrasts[t] = x.std(correction=0)
    return x.numpy(), responses, contrasts
