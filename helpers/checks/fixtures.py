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
