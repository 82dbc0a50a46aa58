# style: the search in NumPy, with a helper for the gradient; zero-padded blur; double precision
# %% smooth_gradient
def smooth_gradient(grad, factor=0.25):
    if torch.is_tensor(grad):
        return torch.tensor(smooth_gradient(grad.detach().numpy(), factor))
    H, W = grad.shape
    k_y = np.arange(H)
    k_y[k_y > H / 2] -= H
    k_x = np.arange(W)
    k_x[k_x > W / 2] -= W
    r2 = np.maximum(k_y[:, None] ** 2 + k_x[None, :] ** 2, 1)
    mask = r2 ** (-factor / 2.0)
    return np.real(np.fft.ifft2(mask / np.mean(mask) * np.fft.fft2(grad)))


# %% generate_mei
def generate_mei(model, neuron, image0, steps=300, sigma=3.0, mean=0.5, contrast=0.2, step_size=1.0):
    model.eval()

    def gradient(image):
        tensor = torch.tensor(image, dtype=torch.float32).reshape(1, 1, *image.shape)
        tensor.requires_grad = True
        model(tensor)[0, neuron].backward()
        return tensor.grad.numpy()[0, 0]

    def response(image):
        with torch.no_grad():
            return float(model(torch.tensor(image, dtype=torch.float32).reshape(1, 1, *image.shape))[0, neuron])

    image = image0.copy()
    responses, contrasts = [], []
    for t in range(steps):
        g = smooth_gradient(gradient(image))
        image = image + step_size * g / np.mean(np.abs(g))
        image = gaussian_filter(image, max(0.01, sigma * (1 - t / (steps - 1))), mode="nearest")
        image = (image - np.mean(image)) / np.std(image) * contrast + mean
        responses.append(response(image))
        contrasts.append(np.std(image))
    return image, responses, contrasts


# %% compare_on_truth
def compare_on_truth(respond, meis, gabors):
    i = np.arange(len(meis))
    r = np.asarray(respond(np.concatenate([meis, gabors])))
    mei, gabor = r[i, i], r[len(meis) + i, i]
    return [mei, gabor, (mei > gabor).sum()]
