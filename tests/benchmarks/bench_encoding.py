"""Training of helpers.encoding: images per second, and how much of the machine it uses.

    python tests/benchmarks/bench_encoding.py            three rounds, about two minutes
    python tests/benchmarks/bench_encoding.py --quick    one short round

The same network, batches, loss and optimiser train in three ways: plain (float32, a pyramid made of
every map and sampled at the neurons' points), float32 with the masks of helpers.encoding, and as
`train` does it, with bfloat16. Ratios are plain / ours, in CPU seconds, one torch thread, and the
three take turns. Beside them: the first loss agrees; and the share of the machine's own rate of
convolution, measured on the network's middle convolution, forward and backward, in each precision.
"""

import argparse
import os
import sys
import time
from contextlib import nullcontext
from pathlib import Path
from statistics import median

os.environ.update(OPENBLAS_NUM_THREADS="1", OMP_NUM_THREADS="1", MKL_NUM_THREADS="1")
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import torch
import torch.nn.functional as F

from helpers import encoding

N_NEURONS, BATCH = 60, 64
AGREEMENT = {"float32, masks": 1e-5, "bfloat16, masks": 1e-2}  # of the first loss, relative


class PlainReadout(encoding.Readout):
    """The same readout, the way its definition says it: make the pyramid, look at the points."""

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.pyramid = encoding.Pyramid(*(n // 2 for n in encoding.SHAPE))

    def forward(self, maps):
        grid = self.points.clamp(-1, 1)[None, None].expand(len(maps), -1, -1, -1)
        seen = torch.stack(
            [
                F.grid_sample(level, grid, align_corners=True)[:, :, 0]
                for level in self.pyramid(maps)
            ],
            dim=1,
        )
        return torch.einsum("nlck,klc->nk", seen, self.weights) + self.bias


def problem():
    """A batch and the encoder that has not seen it yet."""
    generator = torch.Generator().manual_seed(0)
    x = torch.rand(BATCH, 1, *encoding.SHAPE, generator=generator)
    y = 3 * torch.rand(BATCH, N_NEURONS, generator=generator)
    n = torch.ones_like(y)
    return (x, y, n), encoding.new_encoder(x, y, n, 0)


def trainer(bfloat16, plain):
    """Return a function that makes one step and returns the loss before it."""
    batch, model = problem()
    if plain:
        readout = PlainReadout(N_NEURONS, sum(encoding.CHANNELS), *(n // 2 for n in encoding.SHAPE))
        readout.load_state_dict(model.readout.state_dict())
        model.readout = readout
    model.train()
    optimiser = torch.optim.Adam(model.parameters(), lr=1e-3)

    def step():
        optimiser.zero_grad()
        loss = encoding.objective(model, *batch, encoding.Settings(), bfloat16)
        loss.backward()
        optimiser.step()
        return float(loss.detach())

    return step


def seconds_per_call(work, seconds):
    work()
    calls, begin = 0, time.process_time()
    while time.process_time() - begin < seconds:
        work()
        calls += 1
    return (time.process_time() - begin) / calls


def operations():
    """Multiplications and additions of the convolutions for one image, forward and backward."""
    height, width = encoding.SHAPE
    seen, total = 1, 0
    for i, (n, k) in enumerate(zip(encoding.CHANNELS, encoding.KERNELS, strict=True)):
        pixels = height * width if i == 0 else height * width // 4
        passes = 2 if i == 0 else 3  # nobody needs the gradient of the images
        total += 2 * passes * seen * n * k * k * pixels
        seen = n if i == 0 else seen + n
    return total


def convolution_rate(bfloat16, seconds):
    """Operations per second of the middle convolution alone, as fast as this machine does it."""
    n, k = encoding.CHANNELS[1], encoding.KERNELS[1]
    convolution = torch.nn.Conv2d(n, n, k, padding=k // 2, bias=False)
    x = torch.rand(BATCH, n, encoding.SHAPE[0] // 2, encoding.SHAPE[1] // 2, requires_grad=True)

    def work():
        with torch.autocast("cpu", torch.bfloat16) if bfloat16 else nullcontext():
            y = convolution(x)
        y.backward(torch.ones_like(y))

    return 6 * BATCH * (n * k) ** 2 * x[0, 0].numel() / seconds_per_call(work, seconds)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="one short round")
    options = parser.parse_args()
    rounds, seconds = (1, 2.0) if options.quick else (3, 8.0)
    torch.set_num_threads(1)
    ways = {"plain float32": (False, True), "float32, masks": (False, False),
            "bfloat16, masks": (True, False)}  # fmt: skip
    steps = {name: trainer(*way) for name, way in ways.items()}
    first = {name: step() for name, step in steps.items()}
    times = {name: [] for name in ways}
    for _ in range(rounds):
        for name, step in steps.items():
            times[name].append(seconds_per_call(step, seconds) / BATCH)
    print("training, one thread: images per CPU second; median (smallest … largest) ratio")
    plain = times["plain float32"]
    for name, taken in times.items():
        ratios = [a / b for a, b in zip(plain, taken, strict=True)]
        rate = convolution_rate(ways[name][0], seconds / 4)
        share = operations() / median(taken) / rate
        print(f"  {name:16} {1 / median(taken):6.0f} images/s   ratio {median(ratios):.2f}"
              f" ({min(ratios):.2f} … {max(ratios):.2f})   {share:.0%} of {rate / 1e9:.0f} GFLOP/s")  # fmt: skip
    for name, most in AGREEMENT.items():
        apart = abs(first[name] / first["plain float32"] - 1)
        print(f"  first loss of {name}: {apart:.1e} from plain float32's")
        if apart > most:
            sys.exit(f"That is more than {most}: the ways differ, and the ratios mean nothing.")


if __name__ == "__main__":
    main()
