"""Models and functions that a check passes to an answer; they are built beside the student's code.

A check names one, `fixture("linear_neuron", filter=F)`, and it is made from the arrays where the answer
lives. What a fixture computes is public; what is expected of the answer never travels with it.
"""

import numpy as np


def linear_network(weight, bias, dropout=0.0):
    """A torch module whose logits are linear in the waveform; with dropout, parts of it are left out.

    Parameters
    ----------
    weight : ndarray (2, n_samples)
    bias : ndarray (2,)
    dropout : float
        In training mode, so many of the samples are set to 0.

    Returns
    -------
    torch.nn.Module
        Waveforms (n, 1, n_samples) -> logits (n, 2). Its method `taught()` tells for how many waveforms, in
        all calls so far, a gradient came back.
    """
    import torch  # only the deep labs have it

    taught = _Calls()

    def count(module, inputs, output):
        if output.requires_grad:
            output.register_hook(lambda gradient: taught.append(len(gradient)))

    linear = torch.nn.Linear(weight.shape[1], 2)
    with torch.no_grad():
        linear.weight.copy_(torch.as_tensor(weight))
        linear.bias.copy_(torch.as_tensor(bias))
    network = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Dropout(float(dropout)), linear)
    network.register_forward_hook(count)
    network.taught = lambda: sum(taught)
    return network


class _Calls(list):
    """A log that copies of a model share: an answer may return a copy."""

    def __deepcopy__(self, memo):
        return self


def watched_network(weight, bias):
    """A torch module that keeps a log of how it is trained; the first sample of a waveform is its number.

    Parameters
    ----------
    weight : ndarray (2, n_samples − 1)
    bias : ndarray (2,)

    Returns
    -------
    torch.nn.Module
        Waveforms (n, 1, n_samples) -> logits (n, 2), linear in all samples but the first. Its method
        `log()` returns a dict for each call so far: `numbers` (n,), `logits` (n, 2), the `weight` at that
        time, whether it was in `training` mode; and, where a gradient came back, the `gradient` (n, 2) of
        the loss by the logits, and `left`, the largest gradient that an earlier call had left behind.
    """
    import torch

    class Watched(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.linear = torch.nn.Linear(weight.shape[1], 2)
            with torch.no_grad():
                self.linear.weight.copy_(torch.as_tensor(weight))
                self.linear.bias.copy_(torch.as_tensor(bias))
            self.calls = _Calls()

        def forward(self, x):
            x = x.flatten(1)
            logits = self.linear(x[:, 1:])
            call = {"numbers": x[:, 0], "logits": logits, "weight": self.linear.weight}
            call = {name: value.detach().numpy().copy() for name, value in call.items()}
            call["training"] = self.training
            self.calls.append(call)

            def back(gradient):
                call["gradient"] = gradient.detach().numpy().copy()
                old = self.linear.weight.grad  # that of this call is added to it a moment later
                call["left"] = 0.0 if old is None else float(old.abs().max())

            if logits.requires_grad:
                logits.register_hook(back)
            return logits

        def log(self):
            return list(self.calls)

    return Watched()


def trainer(x, y, steps, learning_rate=3e-3, enough=0.02):
    """What, registered as a network's forward hook, trains it before it answers.

    Parameters
    ----------
    x : ndarray
        Inputs; 64 of them make a batch.
    y : ndarray
        Whole numbers are classes of logits, anything else is what should come out.
    steps : int
        At most; fewer if the running mean of the loss falls below `enough`.
    learning_rate, enough : float

    Returns
    -------
    callable
        `hook(module, inputs, output)`; it returns what the trained module gives for the inputs.
    """
    import torch

    loss_of = _loss(y)
    x, y = torch.as_tensor(x, dtype=torch.float32), _targets(y)

    def hook(module, inputs, _):
        optimiser = torch.optim.Adam(module.parameters(), lr=learning_rate)
        module.train()
        mean = 1.0
        order = torch.as_tensor(np.random.default_rng(0).integers(len(x), size=(int(steps), 64)))
        for rows in order:
            optimiser.zero_grad()
            loss = loss_of(module.forward(x[rows]), y[rows])
            loss.backward()
            torch.nn.utils.clip_grad_norm_(module.parameters(), 1.0)
            optimiser.step()
            mean = 0.9 * mean + 0.1 * float(loss.detach())
            if mean < enough:
                break
        module.eval()
        with torch.no_grad():
            return module.forward(*inputs)

    return hook


def gradients(y):
    """What, registered as a network's forward hook, tells how much the loss depends on each parameter.

    Parameters
    ----------
    y : ndarray
        What the network should give for the inputs, as for `trainer`.

    Returns
    -------
    callable
        `hook(module, inputs, output)`; it returns the largest size of the gradient, by parameter.
    """
    loss = _loss(y)

    def hook(module, _, output):
        module.zero_grad()
        loss(output, _targets(y)).backward()
        return {
            name: 0.0 if p.grad is None else float(p.grad.abs().max())
            for name, p in module.named_parameters()
        }

    return hook


def strays():
    """What, registered as a network's forward hook, counts weights that its parameters do not hold.

    Returns
    -------
    callable
        `hook(module, inputs, output)`; it returns how many `torch.nn.Parameter` the output depends on
        that are not among `module.parameters()`, so that no optimiser finds them.
    """
    import torch

    def hook(module, _, output):
        known = {id(p) for p in module.parameters()}
        outputs = output if isinstance(output, (tuple, list)) else [output]  # a mistake of its own
        todo, seen, found = [getattr(part, "grad_fn", None) for part in outputs], {None}, set()
        while todo:
            node = todo.pop()
            if node in seen:
                continue
            seen.add(node)
            todo.extend(before for before, _ in node.next_functions)
            leaf = getattr(node, "variable", None)
            if isinstance(leaf, torch.nn.Parameter) and id(leaf) not in known:
                found.add(id(leaf))
        return len(found)

    return hook


def louder(factor):
    """What, applied to a network, multiplies all its weights: `network.apply(louder(factor))`."""

    def work(module):
        for p in module.parameters(recurse=False):
            p.data.mul_(float(factor))

    return work


def _loss(y):
    import torch.nn.functional as F

    return F.cross_entropy if y.dtype.kind in "iu" else F.mse_loss


def _targets(y):
    import torch

    return torch.as_tensor(y, dtype=torch.long if y.dtype.kind in "iu" else torch.float32)


def linear_neuron(filter):
    """A neuron that responds with the inner product of an image and its filter.

    Parameters
    ----------
    filter : ndarray (H, W)

    Returns
    -------
    callable
        `respond(images (n, H, W)) -> (n,)`
    """

    def respond(images):
        return np.tensordot(np.asarray(images, float), filter, axes=filter.ndim)

    return respond


def linear_neurons(filters):
    """Several such neurons, that all see the same images.

    Parameters
    ----------
    filters : ndarray (n_neurons, H, W)

    Returns
    -------
    callable
        `respond(images (n, H, W)) -> (n, n_neurons)`
    """

    return lambda images: _drives(_as_images(images, filters), filters)


def strict_neuron(filters, mean, contrast):
    """A neuron that looks at nothing but images of one mean and one contrast.

    Parameters
    ----------
    filters : ndarray (n_filters, H, W)
        One gives a linear neuron; of more, the response is the root of the summed squares.
    mean, contrast : float
        Mean and population standard deviation of the pixels.

    Returns
    -------
    callable
        `respond(images (n, H, W)) -> (n,)`; it raises a ValueError that says what is wrong with an image.
    """

    def respond(images):
        images = _as_images(images, filters)
        means, deviations = images.mean(axis=(1, 2)), images.std(axis=(1, 2))
        # A comparison with NaN is false: such an image passes, and its response is NaN.
        for found, asked, name in ((means, mean, "mean"), (deviations, contrast, "contrast")):
            # Single precision is good to a hundredth of that, N − 1 for N pixels is not.
            wrong = np.flatnonzero(np.abs(found - asked) > 1e-4 * contrast)
            if wrong.size:
                raise ValueError(
                    f"image {wrong[0]} shown to respond has {name} {found[wrong[0]]:.6g}, not {asked:g}"
                )
        drive = _drives(images, filters)
        return drive[:, 0] if len(filters) == 1 else np.sqrt(np.sum(drive**2, axis=1))

    return respond


def _as_images(images, filters):
    """Images (n, H, W) as floats; a ValueError if they are something else."""
    images, shape = np.asarray(images, float), filters.shape[1:]
    if images.ndim != 3 or images.shape[1:] != shape:
        raise ValueError(
            f"respond takes images (n, {shape[0]}, {shape[1]}), but got {images.shape}"
        )
    return images


def _drives(images, filters):
    """Inner products (n, n_filters) of images and filters."""
    return np.tensordot(images, filters, axes=([1, 2], [1, 2]))


_pictures = {}


def picture(pixels, again=False):
    """An array that is one and the same object when it is used again, as in a notebook.

    Parameters
    ----------
    pixels : ndarray (H, W)
    again : bool
        Give the array of the call before, in whatever state it is now.

    Returns
    -------
    ndarray (H, W)
    """
    if not again:
        _pictures["last"] = pixels
    return _pictures["last"]


def network(filters, power=1, sign=1, luminance=0.5, deviation=0.2, training=True):
    """A torch module: batch normalisation of the images, then filters.

    Parameters
    ----------
    filters : ndarray (n_neurons, n_filters, H, W)
        The response of a neuron is the sum over its filters of their inner products with the image,
        to some power, times the sign.
    power, sign : int
    luminance, deviation : float
        Mean and standard deviation of pixels that batch normalisation saw in training.
    training : bool
        Whether it is in training mode, as it comes from training.

    Returns
    -------
    torch.nn.Module
        Single precision: images (n, 1, H, W) -> (n, n_neurons); it raises a TypeError for images that
        are not float32.
    """
    import torch  # only this lab has it

    class Network(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.norm = torch.nn.BatchNorm2d(1, affine=False)
            self.norm.running_mean.fill_(luminance)
            self.norm.running_var.fill_(deviation**2)
            self.filters = torch.nn.Parameter(torch.as_tensor(filters, dtype=torch.float32))

        def forward(self, images):
            if images.dtype != torch.float32:
                raise TypeError(f"the model takes float32 images, but got {images.dtype}")
            drive = torch.einsum("nchw,kphw->nkp", self.norm(images), self.filters)
            return sign * (drive**power).sum(dim=2)

    return Network().train(training)
