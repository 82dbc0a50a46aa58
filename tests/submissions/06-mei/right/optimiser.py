# style: x as a parameter of torch.optim.SGD; the response is recorded with the next gradient
# %% generate_mei
def generate_mei(model, neuron, image0, steps=300, sigma=3.0, mean=0.5, contrast=0.2, step_size=1.0):
    was_training = model.training
    model.eval()
    x = torch.nn.Parameter(torch.tensor(np.array(image0), dtype=torch.float32))
    optimiser = torch.optim.SGD([x], lr=step_size)
    responses = np.empty(steps)
    contrasts = np.empty(steps)
    for t, width in enumerate(np.linspace(sigma, 0.01, steps)):
        optimiser.zero_grad()
        loss = -model(x.expand(1, 1, -1, -1))[0, neuron]
        loss.backward()
        if t > 0:
            responses[t - 1] = -loss.item()
        g = smooth_gradient(x.grad)
        x.grad = g / g.abs().mean()
        optimiser.step()
        blurred = gaussian_filter(x.detach().numpy(), width, mode="wrap")
        blurred = blurred - blurred.mean()
        blurred = mean + contrast * blurred / blurred.std()
        contrasts[t] = blurred.std()
        x.data = torch.tensor(blurred)
    with torch.no_grad():
        responses[-1] = model(x[None, None])[0, neuron]
    model.train(was_training)
    return x.detach().numpy(), responses, contrasts
