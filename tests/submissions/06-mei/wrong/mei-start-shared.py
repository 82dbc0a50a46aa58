# breaks: generate_mei
# why: a tensor that shares memory with the start is changed in place
# feedback: changed image0 in place
# %% generate_mei
def generate_mei(model, neuron, image0, steps=300, sigma=3.0, mean=0.5, contrast=0.2, step_size=1.0):
    model.eval()
    shared = torch.from_numpy(image0)
    responses, contrasts = np.zeros(steps), np.zeros(steps)
    for t, width in enumerate(np.linspace(sigma, 0.01, steps)):
        x = shared.float().requires_grad_()
        (g,) = torch.autograd.grad(model(x[None, None])[0, neuron], x)
        g = smooth_gradient(g)
        x = x.detach() + step_size * g / g.abs().mean()
        x = torch.from_numpy(gaussian_filter(x.numpy(), width))
        x = x - x.mean()
        x = mean + contrast * x / x.std(correction=0)
        shared.copy_(x)
        with torch.no_grad():
            responses[t] = model(x[None, None])[0, neuron]
        contrasts[t] = x.std(correction=0)
    return x.numpy(), responses, contrasts
