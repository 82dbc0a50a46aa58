# style: torch for everything; tensors come back; the mask is not normalised
# %% smooth_gradient
def smooth_gradient(grad, factor=0.25):
    is_array = isinstance(grad, np.ndarray)
    g = torch.as_tensor(grad)
    h, w = g.shape
    ky = torch.fft.fftfreq(h, d=1 / h)
    kx = torch.fft.fftfreq(w, d=1 / w)
    radius = torch.sqrt(ky[:, None] ** 2 + kx[None, :] ** 2)
    radius[0, 0] = 1
    out = torch.fft.ifft2(torch.fft.fft2(g) * radius ** (-factor)).real
    return out.numpy() if is_array else out.to(grad.dtype)


# %% generate_mei
def generate_mei(model, neuron, image0, steps=300, sigma=3.0, mean=0.5, contrast=0.2, step_size=1.0):
    model = model.eval()
    for p in model.parameters():
        p.requires_grad_(False)
    image = torch.tensor(image0).float()[None, None].requires_grad_(True)
    responses, contrasts = [], []
    for t in range(steps):
        r = model(image)[:, neuron].sum()
        r.backward()
        with torch.no_grad():
            g = smooth_gradient(image.grad[0, 0])
            g = g / torch.abs(g).mean()
            image += step_size * g
            s = sigma + (0.01 - sigma) * t / (steps - 1)
            reach = max(1, int(3 * s + 1))
            d = torch.arange(-reach, reach + 1).float()
            kernel = torch.exp(-(d**2) / (2 * s**2))
            kernel = kernel / kernel.sum()
            padded = torch.nn.functional.pad(image, (reach, reach, reach, reach), mode="replicate")
            padded = torch.nn.functional.conv2d(padded, kernel.view(1, 1, 1, -1))
            padded = torch.nn.functional.conv2d(padded, kernel.view(1, 1, -1, 1))
            image.copy_(padded)
            image -= image.mean()
            image *= contrast / torch.sqrt((image**2).mean())
            image += mean
            image.grad.zero_()
            responses.append(model(image)[0, neuron])
            contrasts.append(image.var(unbiased=False).sqrt())
    return image[0, 0], torch.stack(responses), torch.stack(contrasts)


# %% start_similarity
def start_similarity(image_a, image_b):
    pixels = torch.stack([torch.as_tensor(image_a).flatten(), torch.as_tensor(image_b).flatten()])
    return torch.corrcoef(pixels)[0, 1]


# %% masked_luminance
def masked_luminance(image, mask):
    return torch.as_tensor(image)[torch.as_tensor(mask)].mean()


# %% masked_contrast
def masked_contrast(image, mask):
    return torch.as_tensor(image)[torch.as_tensor(mask)].std(correction=0)
