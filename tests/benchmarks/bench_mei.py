"""A thousand steps of the search for an MEI against the usual loop, with the model that ships.

    python tests/benchmarks/bench_mei.py            five neurons, about two minutes
    python tests/benchmarks/bench_mei.py --quick    two neurons, 200 steps

The usual loop is what published code does: the image goes to torch and back in each step, the whole
network sees the whole image, `backward` also fills the gradients of all weights, Fourier smoothing
and blur are numpy's and scipy's in double precision. The rule of a step is the same, and so is the
image that comes out, to 1e-5 for each pixel. CPU seconds of all threads, one torch thread. Ratios
are usual loop / helpers.mei: above 1 is faster here.
"""

import argparse
import os
import sys
import time
from pathlib import Path
from statistics import median

os.environ.update(OPENBLAS_NUM_THREADS="1", OMP_NUM_THREADS="1", MKL_NUM_THREADS="1")
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np
import torch
from scipy import ndimage

from helpers import encoding, mei

AGREEMENT = 1e-5
FACTOR, SIGMA, MEAN, CONTRAST = 0.25, 3.0, 0.5, 0.2


def usual_loop(model, neuron, image0, steps, step_size):
    """Return the image and its responses (steps,)."""
    f_y, f_x = (np.fft.fftfreq(n) * n for n in image0.shape)
    mask = np.maximum(1, f_y[:, None] ** 2 + f_x**2) ** (-FACTOR / 2)
    mask /= mask.mean()
    image, responses = image0.copy(), []
    _, gradient = response_and_gradient(model, neuron, image)
    for sigma in np.linspace(SIGMA, 0.01, steps):
        gradient = np.fft.ifft2(np.fft.fft2(gradient) * mask).real
        image = image + step_size * gradient / np.abs(gradient).mean()
        image = ndimage.gaussian_filter(image, sigma)
        image = MEAN + CONTRAST * (image - image.mean()) / image.std()
        response, gradient = response_and_gradient(model, neuron, image)
        responses.append(response)
    return image, np.array(responses)


def response_and_gradient(model, neuron, image):
    model.zero_grad()
    x = torch.tensor(image, dtype=torch.float32)[None, None].requires_grad_()
    response = model(x)[0, neuron]
    response.backward()
    return response.item(), x.grad[0, 0].numpy().astype(float)


def timed(search):
    begin = time.process_time()
    found = search()
    return time.process_time() - begin, found


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="two neurons, 200 steps")
    parser.add_argument("--neurons", type=int, default=5)
    parser.add_argument("--steps", type=int, default=1000)
    parser.add_argument("--step-size", type=float, default=1.0)
    options = parser.parse_args()
    n, steps = (2, 200) if options.quick else (options.neurons, options.steps)
    torch.set_num_threads(1)
    model, image0 = encoding.load_encoder(), np.full(encoding.SHAPE, MEAN)
    predicted = encoding.predict(model, encoding.load_scenes().repeated)
    neurons = np.argsort(-predicted.std(axis=0))[:n].tolist()  # those that care about images
    step_size, ratios, agreed = options.step_size, [], True
    timed(lambda: mei.generate_mei(model, 0, image0, steps=5))
    timed(lambda: usual_loop(model, 0, image0, 5, step_size))
    print(f"{steps} steps for one neuron: CPU seconds, largest difference of a pixel")
    for neuron in neurons:
        usual, (slow, _) = timed(lambda k=neuron: usual_loop(model, k, image0, steps, step_size))
        ours, (fast, *_) = timed(
            lambda k=neuron: mei.generate_mei(
                model, k, image0, steps, SIGMA, MEAN, CONTRAST, step_size
            )
        )
        apart = np.abs(slow - fast).max()
        ratios.append(usual / ours)
        agreed &= bool(apart <= AGREEMENT)
        print(f"  neuron {neuron:2}  usual {usual:6.2f}  helpers {ours:6.2f}  "
              f"ratio {ratios[-1]:5.2f}  apart {apart:.1e}", flush=True)  # fmt: skip
    print(f"ratio: median {median(ratios):.2f} ({min(ratios):.2f} … {max(ratios):.2f})")
    together, _ = timed(
        lambda: mei.generate_meis(
            model, neurons, image0[None], steps, SIGMA, MEAN, CONTRAST, step_size
        )
    )
    print(f"all {n} in one batch: {together / n:.2f} CPU seconds each")
    if not agreed:
        sys.exit(f"The two sides' images differ by more than {AGREEMENT}: see above.")


if __name__ == "__main__":
    main()
