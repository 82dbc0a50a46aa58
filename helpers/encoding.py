"""An encoding model: a convolutional network that predicts what neurons respond to images.

One core for all neurons, three blocks of convolution, batch normalisation and ELU, with an average
pool after the first. Each block sees what all blocks before it found, and all three are read out:
each neuron looks at one learned point of the Laplacian pyramid of these maps and adds what it finds
there, with weights w ≥ 0 over maps c and levels l,

    ŷ = ELU( Σ_cl w_cl P_l[F_c](point) + b ) + 1   spikes per image.

The pyramid splits a map into what is fine and what is coarse: lo = smooth and take every other pixel,
hi = map − upsampled lo, and again with lo. Nothing is lost: added up again, the levels are the map.
The coarse levels reach far, so that a point feels from afar where it should go.

Training minimises the Poisson loss mean(ŷ − y log ŷ) plus penalties that keep the first filters
smooth and switch off kernels of the others, and stops when predictions of left-out images no longer
get better.

Sources: Walker et al. 2019, Nat Neurosci 22:2060 (core, pyramid readout, penalties); Sinz et al.
2018, NeurIPS 31:7199 (point readout); Burt and Adelson 1983, IEEE Transactions on Communications
31:532 (pyramid).
"""

import argparse
import math
import os
import sys
import time
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

import numpy as np

try:
    import torch
    import torch.nn.functional as F
    from torch import nn
except ImportError:
    raise ImportError(
        "The encoding model needs PyTorch: install it with `pip install torch safetensors`"
        " (in the course's own folder: `make deep`)."
    ) from None

from helpers.data import data_folder, load_scenes
from helpers.training import (
    fingerprint,
    load_checkpoint,
    safetensors,
    save_checkpoint,
    save_weights,
    show_epoch,
)

WEIGHTS = "encoding.safetensors"
SHAPE = (60, 96)
CHANNELS = (16, 32, 32)
KERNELS = (9, 5, 5)  # px of the maps they work on: image, half, half
LEVELS = 3  # of the pyramid
SMOOTHING = (0.05, 0.25, 0.4, 0.25, 0.05)  # Burt and Adelson's five taps
TINY = 1e-12
VALIDATION = 0.1  # part of the images


# ---- the model


class Core(nn.Module):
    """Three blocks of convolution; maps (n, 96, H/2, W/2) from images (n, 1, H, W)."""

    def __init__(self, channels=CHANNELS, kernels=KERNELS):
        super().__init__()
        seen = [1, *np.cumsum(channels).tolist()]
        self.convolutions = nn.ModuleList(
            nn.Conv2d(n_in, n_out, k, padding=k // 2, bias=False)
            for n_in, n_out, k in zip(seen, channels, kernels, strict=False)
        )
        self.norms = nn.ModuleList(nn.BatchNorm2d(n, momentum=0.1) for n in channels)

    def forward(self, images):
        first = F.elu(self.norms[0](self.convolutions[0](images)), inplace=True)
        maps = F.avg_pool2d(first, 2)
        for convolution, norm in zip(self.convolutions[1:], self.norms[1:], strict=True):
            maps = torch.cat([maps, F.elu(norm(convolution(maps)), inplace=True)], dim=1)
        return maps

    def penalty(self, smooth=1.0, sparse=1.0):
        """γ_in ½ mean((Laplacian ∗ W)²) of the first layer + γ_hid Σ mean √Σ_hw W² of the others."""
        laplacian = torch.tensor([[0.25, 0.5, 0.25], [0.5, -3.0, 0.5], [0.25, 0.5, 0.25]])
        first, *others = (convolution.weight for convolution in self.convolutions)
        rough = F.conv2d(first, laplacian.to(first)[None, None], padding=1)
        groups = (W.square().sum(dim=(2, 3)).add(TINY).sqrt().mean() for W in others)
        return smooth * rough.square().mean() / 2 + sparse * sum(groups)


class Pyramid(nn.Module):
    """Laplacian pyramid of maps (n, c, H, W): a list of finer to coarser maps."""

    def __init__(self, height, width, n_levels=LEVELS):
        super().__init__()
        self.n_levels = n_levels
        for level in range(n_levels - 1):
            for axis, size in zip("yx", (height, width), strict=True):
                down, up = _down(size), _up(size)
                self.register_buffer(f"down_{axis}{level}", down, persistent=False)
                self.register_buffer(f"up_{axis}{level}", up, persistent=False)
            height, width = (height + 1) // 2, (width + 1) // 2

    def forward(self, maps):
        levels = []
        for level in range(self.n_levels - 1):
            coarse = self._resize("down", level, maps)
            levels.append(maps - self._resize("up", level, coarse))
            maps = coarse
        return [*levels, maps]

    def reconstruct(self, levels):
        """Return the maps that the levels were made from."""
        maps = levels[-1]
        for level in reversed(range(self.n_levels - 1)):
            maps = levels[level] + self._resize("up", level, maps)
        return maps

    def _resize(self, way, level, maps):
        rows, columns = (getattr(self, f"{way}_{axis}{level}") for axis in "yx")
        return rows.to(maps.dtype) @ (maps @ columns.to(maps.dtype).T)


def _down(n):
    """The matrix (n/2, n) that smooths and takes every other pixel; edges count only what is there."""
    i = torch.arange(0, n, 2)[:, None] - torch.arange(n) + 2
    taps = torch.tensor(SMOOTHING)[i.clamp(0, 4)] * ((i >= 0) & (i <= 4))
    return taps / taps.sum(dim=1, keepdim=True)


def _up(n):
    """The matrix (n, n/2) that puts zeros between pixels and smooths; a constant stays one."""
    i = torch.arange(n)[:, None] - torch.arange(0, n, 2) + 2
    taps = torch.tensor(SMOOTHING)[i.clamp(0, 4)] * ((i >= 0) & (i <= 4))
    return taps / taps.sum(dim=1, keepdim=True)


class Readout(nn.Module):
    """Each neuron's weights at one point of the pyramid; drive (n, n_neurons) from maps.

    What a level holds at a point is linear in the map: its inner product with a mask, which is what
    the pyramids of unit impulses hold at that point. So no pyramid of a map is ever made.
    """

    def __init__(self, n_neurons, channels, height, width, n_levels=LEVELS):
        super().__init__()
        self.points = nn.Parameter(torch.empty(n_neurons, 2).uniform_(-0.1, 0.1))  # (x, y), −1 … 1
        self.features = nn.Parameter(torch.full((n_neurons, n_levels, channels), 1 / channels))
        self.bias = nn.Parameter(torch.zeros(n_neurons))
        impulses = torch.eye(height * width).reshape(1, -1, height, width)
        for i, level in enumerate(Pyramid(height, width, n_levels)(impulses)):
            self.register_buffer(f"impulses{i}", level, persistent=False)

    @property
    def weights(self):
        """Weights (n_neurons, n_levels, channels) ≥ 0 of levels and maps."""
        return self.features.clamp(min=0)

    def masks(self):
        """Return masks (n_neurons, n_levels, height × width) of the neurons' points."""
        grid = self.points.clamp(-1, 1)[None, None]
        levels = (getattr(self, f"impulses{i}") for i in range(self.features.shape[1]))
        held = [F.grid_sample(level, grid, align_corners=True)[0, :, 0] for level in levels]
        return torch.stack(held).permute(2, 0, 1)

    def forward(self, maps):
        masks = self.masks()
        seen = maps.flatten(2) @ masks.flatten(0, 1).T  # (n, channels, n_neurons · n_levels)
        seen = seen.unflatten(2, masks.shape[:2])
        return torch.einsum("nckl,klc->nk", seen, self.weights) + self.bias


class Encoder(nn.Module):
    """Predicted responses (n, n_neurons), spikes per image, from images (n, 1, H, W) in 0 … 1.

    Parameters
    ----------
    n_neurons : int
    shape : (H, W)
        Even numbers of pixels.
    """

    def __init__(self, n_neurons, shape=SHAPE):
        super().__init__()
        if shape[0] % 2 or shape[1] % 2:
            raise ValueError(f"Images must have even numbers of rows and columns, not {shape}.")
        self.shape = tuple(shape)
        self.core = Core()
        self.readout = Readout(n_neurons, sum(CHANNELS), shape[0] // 2, shape[1] // 2)
        self.register_buffer("size", torch.tensor(shape))
        self.register_buffer("mean", torch.tensor(0.5))
        self.register_buffer("deviation", torch.tensor(0.2))

    def forward(self, images):
        maps = self.core((images - self.mean) / self.deviation)
        return F.elu(self.readout(maps).float()) + 1

    def only(self, neurons):
        """Return a faster function of images (n, 1, H, W): image i as neurons[i] sees it, (n,).

        It is made from the weights as they are now, in evaluation mode; only images get gradients.
        """
        return _Only(self, neurons)


# ---- training


@dataclass
class Settings:
    """What training may be told; the numbers behind the weights that ship."""

    n_epochs: int = 16
    batch: int = 64
    learning_rates: tuple = (5e-3, 1e-3)  # of the first and the last epoch
    smooth: float = 10.0
    sparse: float = 0.05
    patience: int = 10  # epochs without a better validation correlation


def train(
    images,
    responses,
    settings=None,
    random_seed=0,
    progress=None,
    checkpoint=None,
    resume=False,
    bfloat16=True,
):
    """Train an encoder on images that were shown once or a few times.

    Parameters
    ----------
    images : (n, H, W) array
        uint8, or floats in 0 … 1.
    responses : (n, n_trials, n_neurons) array
        Spikes per image; NaN where a trial is missing.
    settings : Settings, optional
    random_seed : int
        Of the weights, of the validation images and of the order of the others.
    progress : callable, optional
        progress(epoch, n_epochs, history) is called after each epoch.
    checkpoint : path, optional
        Written after each epoch.
    resume : bool
        Go on from the checkpoint, if there is one, to the same end as without the interruption.
    bfloat16 : bool
        Convolutions compute with eight significant bits, weights keep 24; about twice as fast.

    Returns
    -------
    model : Encoder
        In evaluation mode, with the weights of the best validation correlation.
    history : list of dict
        Per epoch: loss, validation (mean correlation over neurons), seconds.
    """
    settings = settings or Settings()
    x, y, n = training_tensors(images, responses)
    rng = np.random.default_rng(random_seed)
    held_out, train_on = split(len(x), rng)
    model = new_encoder(x[train_on], y[train_on], n[train_on], random_seed)
    optimiser = torch.optim.Adam(model.parameters(), lr=settings.learning_rates[0])
    of = f"{settings}, seed {random_seed}, {fingerprint(x, y, n)}"
    state = _State(model, optimiser, rng, settings, of)
    if resume and checkpoint and Path(checkpoint).exists():
        state.load(checkpoint)
    while not state.finished:
        begin = time.perf_counter()
        rate = state.set_learning_rate()
        model.train()
        losses = []
        for rows in _batches(rng.permutation(train_on), settings.batch):
            optimiser.zero_grad()
            loss = objective(model, x[rows], y[rows], n[rows], settings, bfloat16)
            loss.backward()
            optimiser.step()
            losses.append(float(loss.detach()))
        if not np.isfinite(losses).all():
            raise ValueError("The loss is not finite: are all responses and images?")
        predicted = torch.as_tensor(predict(model, x[held_out]))
        state.note(
            loss=float(np.mean(losses)),
            validation=float(np.nanmean(correlations(predicted, y[held_out], n[held_out]))),
            rate=rate,
            seconds=time.perf_counter() - begin,
        )
        if checkpoint:
            state.save(checkpoint)
        if progress is not None:
            progress(len(state.history), settings.n_epochs, state.history)
    model.load_state_dict(state.best)
    return model.eval(), state.history


def split(n_images, rng):
    """Return the rows of the validation images and of those to train on."""
    order = rng.permutation(n_images)
    n_held_out = round(VALIDATION * n_images)
    return order[:n_held_out], order[n_held_out:]


def training_tensors(images, responses):
    """Return images (n, 1, H, W) in 0 … 1, mean responses and numbers of trials (n, n_neurons)."""
    responses = np.asarray(responses, dtype=np.float32)
    valid = np.isfinite(responses)
    n = valid.sum(axis=1)
    y = np.where(valid, responses, 0).sum(axis=1) / np.maximum(n, 1)
    y, n = (torch.as_tensor(part, dtype=torch.float32) for part in (y, n))
    return as_images(images), y, n


def as_images(images):
    """Return images (n, H, W) as a float tensor (n, 1, H, W); uint8 become 0 … 1."""
    images = np.asarray(images)
    scale = 255 if images.dtype == np.uint8 else 1
    return torch.as_tensor(images.astype(np.float32) / scale)[:, None]


def new_encoder(x, y, n, random_seed):
    """An untrained encoder that knows mean and contrast of the images and the mean responses."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(random_seed)
        model = Encoder(y.shape[1], x.shape[2:])
    model.mean.fill_(x.mean())
    model.deviation.fill_(x.std())
    mean_response = (y * n).sum(dim=0) / n.sum(dim=0).clamp(min=1)
    model.readout.bias.data = mean_response - 1
    model.readout.points.data = where_images_matter(x, y, n)
    return model


def where_images_matter(x, y, n):
    """Return the points (n_neurons, 2) whose contrast or light goes best with each neuron's response.

    A learned point finds its place by small steps; one that starts there has no long way to go.
    Contrast shows where complex cells look, light against its surround where simple cells do.
    """
    w = n / n.sum(dim=0)
    y = y - (w * y).sum(dim=0)
    fine = x - _blurred(x, 11)
    contrast = _blurred(fine.square(), 9, 2).sqrt()
    light = _blurred(_blurred(x, 3) - _blurred(x, 15), 5, 2)
    height, width = light.shape[2:]
    with_contrast, with_light = (
        (((part - part.mean(dim=0)) / part.std(dim=0)).T @ (w * y)).abs()
        for part in (contrast.flatten(1), light.flatten(1))
    )
    best = torch.maximum(with_contrast, with_light).argmax(dim=0)
    row, column = best // width, best % width
    return torch.stack([2 * column / (width - 1), 2 * row / (height - 1)], dim=1) - 1


def _blurred(x, size, stride=1):
    return F.avg_pool2d(x, size, stride, size // 2, count_include_pad=False)


def objective(model, x, y, n, settings, bfloat16=True):
    """Poisson loss per trial, mean(ŷ − y log ŷ), plus the core's penalties."""
    with torch.autocast("cpu", torch.bfloat16) if bfloat16 else nullcontext():
        predicted = model(x)
    poisson = (n * (predicted - y * torch.log(predicted + TINY))).sum() / n.sum()
    return poisson + model.core.penalty(settings.smooth, settings.sparse)


def _batches(rows, size):
    return np.array_split(rows, max(1, round(len(rows) / size)))


def predict(model, images, batch=64):
    """Return predicted responses (n, n_neurons) to images (n, H, W) or a tensor of them."""
    x = images if torch.is_tensor(images) else as_images(images)
    model.eval()
    with torch.inference_mode():
        return torch.cat(
            [model(part.to(model.mean.device)).cpu() for part in x.split(batch)]
        ).numpy()


def correlations(predicted, y, n):
    """Correlate predictions with mean responses over images that were shown, weighted by trials."""
    w = n / n.sum(dim=0)
    a, b = predicted - (w * predicted).sum(dim=0), y - (w * y).sum(dim=0)
    power = (w * a * a).sum(dim=0) * (w * b * b).sum(dim=0)
    return ((w * a * b).sum(dim=0) / power.sqrt()).numpy()


class _State:
    """Where a training stands: everything that the next epoch depends on."""

    def __init__(self, model, optimiser, rng, settings, of):
        self.model, self.optimiser, self.rng, self.settings = model, optimiser, rng, settings
        self.history, self.best, self.of = [], None, of

    @property
    def finished(self):
        scores = [epoch["validation"] for epoch in self.history]
        waited = len(scores) - 1 - int(np.argmax(scores)) if scores else 0
        return len(scores) >= self.settings.n_epochs or waited >= self.settings.patience

    def set_learning_rate(self):
        first, last = self.settings.learning_rates
        rate = first * (last / first) ** (len(self.history) / max(1, self.settings.n_epochs - 1))
        for group in self.optimiser.param_groups:
            group["lr"] = rate
        return rate

    def note(self, **epoch):
        self.history.append(epoch)
        if epoch["validation"] >= max(past["validation"] for past in self.history):
            self.best = {name: value.clone() for name, value in self.model.state_dict().items()}

    def save(self, path):
        save_checkpoint(path, *self._parts, best=self.best, history=self.history)

    def load(self, path):
        state = load_checkpoint(path, *self._parts)
        self.best, self.history = state["best"], state["history"]

    @property
    def _parts(self):
        return self.model, self.optimiser, self.rng, self.of


# ---- weights in a file


def load_encoder(path=None):
    """Read a model whose weights `save_weights` wrote; those that ship unless a path is given.

    Returns
    -------
    Encoder
        In evaluation mode.

    Raises
    ------
    ValueError
        If the file is missing or holds something else; the message says what to do.
    """
    path, library = Path(path or data_folder() / WEIGHTS), safetensors()
    try:
        weights = library.torch.load(path.read_bytes())
        model = Encoder(len(weights["readout.bias"]), weights["size"].tolist())
        model.load_state_dict(weights)
    except FileNotFoundError:
        raise ValueError(
            f"{path} is missing: copy it there, or make it by `python -m helpers.encoding train`."
        ) from None
    except (KeyError, RuntimeError, library.SafetensorError) as error:
        raise ValueError(
            f"{path} does not hold the weights of an encoder: copy it again."
        ) from error
    return model.eval()


# ---- one neuron, fast


class _Only:
    """What given neurons respond to an image each, with everything that is fixed made ready.

    Batch normalisation is folded into the convolutions. A neuron's masks and weights make one filter
    over the maps, G = Σ_l w_l ⊗ M_l, so that its drive is ⟨G, maps⟩ + b. All of it happens on the part
    of the image that G can see. The first convolution takes the image apart into its four pixels of
    each 2 × 2 square: its gradient for a single channel is several times slower.
    """

    def __init__(self, model, neurons):
        neurons = torch.as_tensor(np.asarray(neurons), device=model.mean.device)
        core, readout = model.core, model.readout
        height, width = (n // 2 for n in model.shape)
        with torch.no_grad():
            self.mean = model.mean.clone()
            folded = [_fold(*pair) for pair in zip(core.convolutions, core.norms, strict=True)]
            (first, bias), *self.others = folded
            self.first = _by_quarters(first / model.deviation), bias.repeat_interleave(4)
            masks = readout.masks()[neurons]
            G = torch.einsum("nlp,nlc->ncp", masks, readout.weights[neurons])
            G = G.unflatten(2, (height, width))
            self.bias = readout.bias[neurons].clone()
            kernels = [convolution.kernel_size[0] // 2 for convolution in core.convolutions]
            reach = math.ceil(kernels[0] / 2) + sum(kernels[1:])
            seen = masks.abs().sum(dim=1).unflatten(1, (height, width)) > 0
            self.rows, self.height = _windows(seen.any(dim=2), reach)
            self.columns, self.width = _windows(seen.any(dim=1), reach)
            self.G = self._cut(G)

    def __call__(self, images):
        x = self._cut(images, 2) - self.mean
        x = F.elu(F.conv2d(F.pixel_unshuffle(x, 2), *self.first, padding="same"), inplace=True)
        maps = x.unflatten(1, (-1, 4)).mean(dim=2)
        for W, b in self.others:
            more = F.elu(F.conv2d(maps, W, b, padding="same"), inplace=True)
            maps = torch.cat([maps, more], dim=1)
        return F.elu((maps * self.G).sum(dim=(1, 2, 3)) + self.bias) + 1

    def _cut(self, images, scale=1):
        height, width = scale * self.height, scale * self.width
        parts = (
            image[:, scale * row : scale * row + height, scale * column : scale * column + width]
            for image, row, column in zip(images, self.rows, self.columns, strict=True)
        )
        return torch.stack([*parts])


def _fold(convolution, norm):
    """Return weights and bias of a convolution with its batch normalisation in them."""
    scale = norm.weight / (norm.running_var + norm.eps).sqrt()
    return convolution.weight * scale[:, None, None, None], norm.bias - norm.running_mean * scale


def _by_quarters(W):
    """Kernels (4 n, 4, …) that find, from the four pixels of 2 × 2 squares, all four results of W."""
    k = W.shape[2]
    reach = math.ceil((k // 2) / 2)
    size = 4 * reach + 2
    quarters = []
    for a in range(2):
        for b in range(2):
            top, left = (2 * reach + shift - k // 2 for shift in (a, b))
            padded = F.pad(W, (left, size - k - left, top, size - k - top))
            quarters.append(F.pixel_unshuffle(padded, 2))
    return torch.stack(quarters, dim=1).flatten(0, 1)


def _windows(seen, reach):
    """Return where windows of one size start, and the size, so that each holds what is seen."""
    n = seen.shape[1]
    first = seen.int().argmax(dim=1) - reach
    last = n - 1 - seen.flip(1).int().argmax(dim=1) + reach
    size = min(n, int((last - first).max()) + 1)
    return first.clamp(0, n - size).tolist(), size


# ---- simpler models to compare with


def pixels(images, size=3):
    """Features of the linear model: images made smaller, (n, H/3 · W/3)."""
    return F.avg_pool2d(as_images(images), size).flatten(1)


def gabor_energies(images, wavelengths=(7.0, 11.0, 16.0), n_orientations=8, step=6):
    """Features of the energy model: amplitudes √(sin² + cos²) of Gabors on a grid, (n, …)."""
    offsets = torch.arange(-15.0, 16.0)
    y, x = offsets[:, None], offsets
    bank = []
    for wavelength in wavelengths:
        envelope = torch.exp(-(y**2 + x**2) / (2 * (0.4 * wavelength) ** 2))
        for k in range(n_orientations):
            angle = math.pi * k / n_orientations
            wave = 2 * math.pi * (y * math.cos(angle) + x * math.sin(angle)) / wavelength
            for gabor in (envelope * wave.sin(), envelope * wave.cos()):
                gabor = gabor - envelope * (gabor.sum() / envelope.sum())
                bank.append(gabor / gabor.norm())
    parts = []
    for part in as_images(images).split(64):
        seen = F.conv2d(part - 0.5, torch.stack(bank)[:, None], stride=step, padding=12)
        parts.append(seen.unflatten(1, (-1, 2)).square().sum(dim=2).sqrt().flatten(1))
    return torch.cat(parts)


def ridge_predictions(features, images, responses, new_images, random_seed=0):
    """Predict responses (n_new, n_neurons) linearly from features, each neuron with its best penalty.

    The penalty is the one whose predictions of the validation images correlate best; these are the
    images that `train` with the same seed sets aside.
    """
    x, y, n = training_tensors(images, responses)
    held_out, train_on = split(len(x), np.random.default_rng(random_seed))
    A, A_new = features(images), features(new_images)
    mean, deviation = A[train_on].mean(dim=0), A[train_on].std(dim=0) + TINY
    A, A_new = (A - mean) / deviation, (A_new - mean) / deviation
    w = n[train_on] / n[train_on].sum(dim=0)
    base = (w * y[train_on]).sum(dim=0)
    target = torch.where(n[train_on] > 0, y[train_on] - base, 0)
    values, vectors = torch.linalg.eigh((A[train_on] @ A[train_on].T).double())
    inner = (vectors.T @ target.double())[None]
    penalties = torch.logspace(-3, 3, 19, dtype=torch.double)[:, None, None] * values.mean()
    duals = (vectors @ (inner / (values.clamp(min=0)[:, None] + penalties))).float()
    weights = A[train_on].T @ duals  # (n_penalties, n_features, n_neurons)
    scores = np.stack([correlations(A[held_out] @ W, y[held_out], n[held_out]) for W in weights])
    best = torch.as_tensor(np.nan_to_num(scores, nan=-1).argmax(axis=0))
    chosen = weights[best, :, torch.arange(len(best))].T
    return (A_new @ chosen + base).numpy()


# ---- the command


def main(arguments=None):
    """Train the encoding model on the scenes, or compare it with simpler models."""
    parser = argparse.ArgumentParser(prog="python -m helpers.encoding", description=main.__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    training = commands.add_parser("train", help="fit the weights")
    training.add_argument("--to", metavar="FILE", default=WEIGHTS, help="where the weights go")
    training.add_argument("--checkpoint", metavar="FILE", help="written after each epoch")
    training.add_argument("--resume", action="store_true", help="go on from the checkpoint")
    training.add_argument("--epochs", type=int, default=Settings.n_epochs)
    training.add_argument("--seed", type=int, default=0)
    comparing = commands.add_parser("compare", help="the oracle, the model and two simpler ones")
    comparing.add_argument("--weights", metavar="FILE", help="others than those that ship")
    for command in (training, comparing):
        command.add_argument("--threads", type=int, default=os.cpu_count())
    options = parser.parse_args(arguments)
    torch.set_num_threads(options.threads)
    scenes = load_scenes()
    try:
        if options.command == "compare":
            return _compare(scenes, load_encoder(options.weights))
        model, _ = train(
            scenes.single,
            scenes.single_responses,
            Settings(n_epochs=options.epochs),
            options.seed,
            progress_bar(),
            options.checkpoint,
            options.resume,
        )
    except (ValueError, ImportError) as error:
        sys.exit(str(error))
    save_weights(model, options.to)
    print(f"The weights are in {options.to}.")


def _compare(scenes, model):
    from helpers.mei import relative_to_oracle  # not in a student's folder, as it solves the lab

    data = scenes.single, scenes.single_responses, scenes.repeated
    print("correlation with single trials, relative to the oracle's (95 % interval)")
    for name, predicted in (
        ("linear, pixels", ridge_predictions(pixels, *data)),
        ("Gabor energies", ridge_predictions(gabor_energies, *data)),
        ("encoding model", predict(model, scenes.repeated)),
    ):
        share, low, high, _ = relative_to_oracle(predicted, scenes.repeated_responses)
        print(f"  {name:15} {share:.3f} ({low:.3f} … {high:.3f})")


def progress_bar(stream=None):
    """Return a `progress` for `train`: a bar with the time left on a terminal, lines elsewhere."""

    def show(epoch, n_epochs, history):
        left = (n_epochs - epoch) * np.mean([past["seconds"] for past in history])
        said = (
            f"loss {history[-1]['loss']:.3f}, validation {history[-1]['validation']:.3f},"
            f" at most {left:.0f} s left"
        )
        show_epoch(epoch, n_epochs, said, stream)

    return show


if __name__ == "__main__":
    main()
