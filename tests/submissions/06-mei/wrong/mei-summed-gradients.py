# breaks: generate_mei
# why: gradients add up in x.grad
# feedback: summed up
# %% generate_mei
def generate_mei(model, neuron, image0, steps=300, sigma=3.0, mean=0.5, contrast=0.2, step_size=1.0):
    model.eval()
    x = torch.tensor(image0, dtype=torch.float32).requires_grad_()
    responses, contrasts = np.zeros(steps), np.zeros(steps)
    for t, width in enumerate(np.linspace(sigma, 0.01, steps)):
        model(x[None, None])[0, neuron].backward()
        g = smooth_gradient(x.grad)
        z = x.detach() + step_size * g / g.abs().mean()
        z = torch.from_numpy(gaussian_filter(z.numpy(), width))
        z = z - z.mean()
        x.data = mean + contrast * z / z.std(correction=0)
        with torch.no_grad():
            responses[t] = model(x[None, None])[0, neuron]
        contrasts[t] = x.std(correction=0)
    return x.detach().numpy(), responses, contrasts
