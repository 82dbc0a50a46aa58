"""Models and functions that a check passes to an answer; they are built beside the student's code.

A check names one, `fixture("linear_neuron", filter=F)`, and it is made from the arrays where the answer
lives. What a fixture computes is public; what is expected of the answer never travels with it.
"""

import numpy as np


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
