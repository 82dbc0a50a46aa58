"""Networks that tell a neuron's spike from background: a CNN, a GRU, an autoencoder; and their scores.

A waveform is 42 samples of voltage around a threshold crossing, standardised with mean and standard
deviation of the training waveforms. Labels are 1 (a neuron's spike) and 0 (background), and they are
unbalanced: training minimises the weighted cross-entropy

    L = −(1/n) Σ_i w_{y_i} log p(y_i | x_i),   w_c = n / (2 n_c),

with p the softmax of a network's two logits, and keeps the epoch whose macro F1 on the validation
waveforms is best. The autoencoder squeezes a waveform through a code of three numbers and minimises
the mean squared error of what comes out; DBSCAN looks for clusters among the codes.

`python -m helpers.spike_detector train --model cnn|gru|autoencoder` trains on the waveforms that
`load_detector_waveforms` finds; `… compare` prints the scores of the weights that ship.

Sources: King and Zeng 2001, Polit Anal 9:137 (weights against imbalance); Sokolova and Lapalme 2009,
Inf Process Manag 45:427 (macro averages); Cho et al. 2014, EMNLP (GRU); Hinton and Salakhutdinov
2006, Science 313:504 (autoencoder); Ester, Kriegel, Sander and Xu 1996, KDD (DBSCAN); Kingma and Ba
2015, ICLR (Adam).
"""

import argparse
import copy
import os
import sys
import time
from functools import partial
from itertools import pairwise
from pathlib import Path

import numpy as np

try:
    import torch
    from torch import nn
    from torch.nn import functional as F
except ImportError:
    raise ImportError(
        "The spike detector needs PyTorch: install it with `pip install torch safetensors`"
        " (in the course's own folder: `make deep`)."
    ) from None

from helpers.data import data_folder, load_detector_waveforms
from helpers.training import (
    fingerprint,
    load_checkpoint,
    safetensors,
    save_checkpoint,
    save_weights,
    show_epoch,
)

N_SAMPLES = 42
KINDS = ("cnn", "gru", "autoencoder")
BATCH = 128  # waveforms per step of training
LEARNING_RATE = 1e-3
CHUNK = 512  # waveforms that are classified at once: their maps stay in the cache


# ---- scores


def class_weights(y):
    """Return weights (2,) of the classes 0 and 1, w_c = n / (2 n_c): their mean over samples is 1.

    Parameters
    ----------
    y : (n,) array of 0 and 1

    Raises
    ------
    ValueError
        If a class is missing.
    """
    n = np.bincount(np.asarray(y, dtype=np.int64), minlength=2)
    if len(n) != 2 or not n.all():
        raise ValueError("y must hold 0 and 1, both at least once.")
    return n.sum() / (2 * n)


def macro_scores(y, predicted):
    """Return accuracy, and precision, recall and F1 averaged over the two classes (macro).

    For class c, with TP_c waveforms that are c and called c,

        P_c = TP_c / #called c,   R_c = TP_c / #c,   F1_c = 2 TP_c / (#called c + #c),

    and 0 where a denominator is 0: a class that is never predicted scores 0.

    Parameters
    ----------
    y, predicted : (n,) arrays of 0 and 1

    Returns
    -------
    dict
        accuracy, precision, recall, f1.
    """
    y, predicted = np.asarray(y).ravel(), np.asarray(predicted).ravel()
    classes = np.arange(2)[:, None]
    true, called = y == classes, predicted == classes
    hits, n_true, n_called = ((true & called).sum(1), true.sum(1), called.sum(1))
    parts = {"precision": (hits, n_called), "recall": (hits, n_true)}
    parts["f1"] = 2 * hits, n_called + n_true
    means = {name: float(np.mean(a / np.maximum(b, 1))) for name, (a, b) in parts.items()}
    return {"accuracy": float(np.mean(y == predicted)), **means}


# ---- networks


def make_cnn(n_samples=N_SAMPLES):
    """Return a convolutional network: (n, 1, n_samples) → logits (n, 2); 13,122 weights for 42.

    Twice convolution, batch normalisation, ReLU and a maximum over pairs, then two linear layers.
    """
    blocks = []
    for n_in, n_out in ((1, 16), (16, 32)):
        convolution = nn.Conv1d(n_in, n_out, 5, padding=2)
        blocks += [convolution, nn.BatchNorm1d(n_out), nn.ReLU(), nn.MaxPool1d(2)]
    head = nn.Linear(32 * (n_samples // 2 // 2), 32), nn.ReLU(), nn.Linear(32, 2)
    return nn.Sequential(*blocks, nn.Flatten(), *head)


class _Gru(nn.Module):
    def __init__(self, n_units):
        super().__init__()
        self.gru = nn.GRU(1, n_units, batch_first=True)
        self.head = nn.Linear(n_units, 2)

    def forward(self, x):
        _, last = self.gru(x.transpose(1, 2))
        return self.head(last[0])


def make_gru(n_samples=N_SAMPLES):
    """Return a recurrent network, a GRU of 32 units: (n, 1, n_samples) → logits (n, 2).

    It reads one sample after the other and answers from its last state, so any length will do.
    """
    return _Gru(32)


class _Autoencoder(nn.Module):
    def __init__(self, n_samples, code):
        super().__init__()
        sizes = n_samples, 32, 16, code
        self.encoder, self.decoder = _layers(sizes), _layers(sizes[::-1])

    def encode(self, x):
        return self.encoder(x)

    def forward(self, x):
        return self.decoder(self.encode(x))


def _layers(sizes):
    """Linear layers with ELU between them: the last one is linear."""
    parts = []
    for n_in, n_out in pairwise(sizes):
        parts += [nn.Linear(n_in, n_out), nn.ELU()]
    return nn.Sequential(*parts[:-1])


def make_autoencoder(n_samples=N_SAMPLES, code=3):
    """Return a module with `encode`: (n, n_samples) → (n, code), and `forward`: → (n, n_samples)."""
    return _Autoencoder(n_samples, code)


# ---- training


def train(
    model,
    x,
    y,
    x_val,
    y_val,
    n_epochs=20,
    random_seed=0,
    progress=None,
    checkpoint=None,
    resume=False,
):
    """Train a classifier and go back to the epoch with the best macro F1 on the validation waveforms.

    Parameters
    ----------
    model : torch.nn.Module
        (n, 1, n_samples) → (n, 2); it is changed.
    x, x_val : (n, 1, n_samples) arrays or tensors
    y, y_val : (n,) arrays or tensors of 0 and 1
    n_epochs, random_seed : int
        The seed decides on the order of the batches.
    progress : callable, optional
        progress(epoch, n_epochs, history) is called after each epoch.
    checkpoint : path, optional
        Written after each epoch.
    resume : bool
        Go on from the checkpoint, if there is one, to the same end as without the interruption.

    Returns
    -------
    model : torch.nn.Module
        The same, in evaluation mode.
    history : dict of lists, one entry per epoch
        loss, val_f1, seconds.
    """
    x, x_val = _floats(x), _floats(x_val)
    y, y_val = (torch.as_tensor(np.asarray(part), dtype=torch.long) for part in (y, y_val))
    weight = torch.as_tensor(class_weights(y), dtype=torch.float32)

    def loss(rows):
        return F.cross_entropy(model(x[rows]), y[rows], weight)

    def score():
        return macro_scores(y_val, predict(model, x_val))["f1"]

    of = f"seed {random_seed}, {fingerprint(x, y, x_val, y_val)}"
    options = n_epochs, random_seed, progress, checkpoint, resume
    return _fit(model, len(x), loss, score, "val_f1", of, *options)


def train_autoencoder(
    model,
    x,
    x_val,
    n_epochs=20,
    random_seed=0,
    progress=None,
    checkpoint=None,
    resume=False,
):
    """Train an autoencoder and go back to the epoch with the smallest validation error.

    x, x_val : (n, n_samples). The other parameters are those of `train`; history has `val_error`,
    the mean squared error, with its sign turned so that larger is better.
    """
    x, x_val = _floats(x), _floats(x_val)

    def loss(rows):
        return F.mse_loss(model(x[rows]), x[rows])

    def score():
        model.eval()
        with torch.inference_mode():
            return -float(F.mse_loss(model(x_val), x_val))

    of = f"autoencoder, seed {random_seed}, {fingerprint(x, x_val)}"
    options = n_epochs, random_seed, progress, checkpoint, resume
    return _fit(model, len(x), loss, score, "val_error", of, *options)


def _fit(
    model, n, loss, score, name, of, n_epochs, random_seed, progress=None, checkpoint=None,
    resume=False,
):  # fmt: skip
    """Minimise a loss of rows by Adam in shuffled batches; keep the epoch with the best score."""
    if n_epochs < 1:
        raise ValueError(f"n_epochs = {n_epochs} must be at least 1.")
    optimiser = torch.optim.Adam(model.parameters(), lr=LEARNING_RATE)
    state = _State(model, optimiser, np.random.default_rng(random_seed), of, name)
    if resume and checkpoint and Path(checkpoint).exists():
        state.load(checkpoint)
    while state.n_epochs < n_epochs:
        begin = time.perf_counter()
        model.train()
        losses = []
        for rows in np.array_split(state.rng.permutation(n), -(-n // BATCH)):
            optimiser.zero_grad()
            batch_loss = loss(torch.as_tensor(rows))
            batch_loss.backward()
            optimiser.step()
            losses.append(batch_loss.detach())
        mean = float(torch.stack(losses).mean())
        if not np.isfinite(mean):
            raise ValueError("The loss is not finite: are all waveforms?")
        state.note(loss=mean, **{name: score()}, seconds=time.perf_counter() - begin)
        if checkpoint:
            state.save(checkpoint)
        if progress is not None:
            progress(state.n_epochs, n_epochs, state.history)
    model.load_state_dict(state.best)
    return model.eval(), state.history


class _State:
    """Where a training stands: everything that the next epoch depends on."""

    def __init__(self, model, optimiser, rng, of, name):
        self.model, self.optimiser, self.rng, self.of, self.name = model, optimiser, rng, of, name
        self.history, self.best = {}, None

    @property
    def n_epochs(self):
        return len(self.history.get("loss", ()))

    def note(self, **epoch):
        for name, value in epoch.items():
            self.history.setdefault(name, []).append(value)
        scores = self.history[self.name]
        if len(scores) == 1 or scores[-1] > max(scores[:-1]):
            self.best = copy.deepcopy(self.model.state_dict())

    def save(self, path):
        save_checkpoint(path, *self._parts, best=self.best, history=self.history)

    def load(self, path):
        state = load_checkpoint(path, *self._parts)
        self.best, self.history = state["best"], state["history"]

    @property
    def _parts(self):
        return self.model, self.optimiser, self.rng, self.of


def new_network(kind, random_seed=0):
    """Return an untrained "cnn", "gru" or "autoencoder"; torch's own random numbers stay as they were."""
    make = {"cnn": make_cnn, "gru": make_gru, "autoencoder": make_autoencoder}[kind]
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(random_seed)
        return make()


def _floats(x):
    return torch.as_tensor(np.asarray(x), dtype=torch.float32)


# ---- using a trained network


def standardise(x, reference):
    """Return x as float32, minus the mean and divided by the standard deviation of all of reference."""
    return ((x - reference.mean()) / reference.std()).astype(np.float32)


def logits(model, x, chunk=CHUNK):
    """Return logits (n, 2) of waveforms (n, 1, n_samples), in chunks that fit into the cache."""
    model.eval()
    with torch.inference_mode():
        return torch.cat([model(part) for part in _floats(x).split(chunk)]).numpy()


def predict(model, x):
    """Return classes (n,) of waveforms (n, 1, n_samples): the larger logit's."""
    return logits(model, x).argmax(axis=1)


def fold(model):
    """Return a copy of a network from `make_cnn` whose batch normalisation is in its convolutions.

    The order of ReLU and maximum does not matter for the result: the maximum comes first, so that
    there is half as much to compare with 0.
    """
    layers = []
    for layer in copy.deepcopy(model).eval():
        if isinstance(layer, nn.BatchNorm1d):
            layers[-1] = torch.nn.utils.fuse_conv_bn_eval(layers[-1], layer)
        elif isinstance(layer, nn.MaxPool1d):
            layers.insert(-1, layer)
        else:
            layers.append(layer)
    return nn.Sequential(*layers).requires_grad_(False)


def inference_time(work, repeats=9, warm_up=2):
    """Return seconds (repeats,) of calls of `work`, after calls that do not count."""
    for _ in range(warm_up):
        work()
    seconds = []
    for _ in range(repeats):
        begin = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - begin)
    return np.array(seconds)


def bootstrap_scores(y, predicted, n_draws=200, random_seed=0):
    """Return standard errors of `macro_scores`: waveforms are drawn again within each class.

    Returns
    -------
    dict
        Standard deviation over the draws, by score.
    """
    y, predicted = np.asarray(y), np.asarray(predicted)
    rng = np.random.default_rng(random_seed)
    groups = [np.flatnonzero(y == c) for c in np.unique(y)]
    draws = []
    for _ in range(n_draws):
        i = np.concatenate([rng.choice(g, len(g)) for g in groups])
        draws.append(macro_scores(y[i], predicted[i]))
    return {name: float(np.std([draw[name] for draw in draws])) for name in draws[0]}


# ---- clusters


def cluster_embedding(codes, eps, min_samples):
    """Cluster codes by DBSCAN, each column standardised first.

    Parameters
    ----------
    codes : (n, d) array
    eps : float
        Radius of the neighbourhood, in standard deviations of the columns.
    min_samples : int
        Points within it, the point itself included, that make a point a core of a cluster.

    Returns
    -------
    (n,) int array
        0 for the largest cluster, 1 for the next …; −1 for noise.
    """
    from sklearn.cluster import DBSCAN  # half a second that networks need not wait for

    codes = np.asarray(codes, dtype=float)
    deviation = codes.std(axis=0)
    z = (codes - codes.mean(axis=0)) / np.where(deviation > 0, deviation, 1)
    found = DBSCAN(eps=eps, min_samples=min_samples).fit_predict(z)
    sizes = np.bincount(found[found >= 0])
    rank = np.empty(len(sizes) + 1, dtype=np.int64)
    rank[np.argsort(-sizes, kind="stable")] = np.arange(len(sizes))
    rank[-1] = -1  # noise, −1, finds this entry
    return rank[found]


# ---- weights in a file


def weights_name(kind):
    """Return the name of the file that holds the weights of a kind of network."""
    return f"detector_{kind}.safetensors"


def load_network(kind, path=None):
    """Return a "cnn", "gru" or "autoencoder" with trained weights; those that ship unless a path is given.

    Raises
    ------
    ValueError
        If the file is missing or holds something else; the message says what to do.
    """
    path, library = Path(path or data_folder() / weights_name(kind)), safetensors()
    model = new_network(kind)
    try:
        model.load_state_dict(library.torch.load(path.read_bytes()))
    except FileNotFoundError:
        raise ValueError(
            f"{path} is missing: copy it there, or make it by"
            f" `python -m helpers.spike_detector train --model {kind}`."
        ) from None
    except (RuntimeError, library.SafetensorError) as error:
        raise ValueError(
            f"{path} does not hold the weights of the {kind}: copy it again."
        ) from error
    return model.eval()


# ---- the command


def main(arguments=None):
    """Train a network on the detector's waveforms, or compare the trained ones on the test channel."""
    parser = argparse.ArgumentParser(
        prog="python -m helpers.spike_detector", description=main.__doc__
    )
    commands = parser.add_subparsers(dest="command", required=True)
    training = commands.add_parser("train", help="fit the weights of one network")
    training.add_argument("--model", choices=KINDS, required=True)
    training.add_argument("--to", metavar="FILE", help="where the weights go")
    training.add_argument("--checkpoint", metavar="FILE", help="written after each epoch")
    training.add_argument("--resume", action="store_true", help="go on from the checkpoint")
    training.add_argument("--epochs", type=int, default=20)
    training.add_argument("--seed", type=int, default=0)
    comparing = commands.add_parser("compare", help="scores and times on the test channel")
    for command in (training, comparing):
        command.add_argument(
            "--data", metavar="FOLDER", help="other waveforms than those that ship"
        )
        command.add_argument("--threads", type=int, default=os.cpu_count())
    options = parser.parse_args(arguments)
    torch.set_num_threads(options.threads)
    try:
        data = load_detector_waveforms(options.data)
        if options.command == "compare":
            return _compare(data)
        to = options.to or weights_name(options.model)
        save_weights(_train(data, options), to)
    except (ValueError, ImportError, OSError) as error:
        sys.exit(str(error))
    print(f"The weights are in {to}.")


def _train(data, options):
    parts = [data.part(name) for name in ("train", "validation")]
    reference = parts[0][0]
    (x, y), (x_val, y_val) = ((standardise(w, reference), labels) for w, labels in parts)
    model = new_network(options.model, options.seed)
    rest = options.epochs, options.seed, progress_bar(), options.checkpoint, options.resume
    if options.model == "autoencoder":
        return train_autoencoder(model, x, x_val, *rest)[0]
    return train(model, x[:, None], y, x_val[:, None], y_val, *rest)[0]


def _compare(data):
    (reference, _), (x, y) = (data.part(name) for name in ("train", "test"))
    x = standardise(x, reference)[:, None]
    print(f"{data.source}: {len(y)} test waveforms, one in {len(y) / y.sum():.0f} a neuron's")
    predictions = {"background": partial(np.zeros_like, y)}
    for kind in ("cnn", "gru"):
        predictions[kind] = partial(predict, load_network(kind), x)
    for name, answer in predictions.items():
        scores, errors = macro_scores(y, answer()), bootstrap_scores(y, answer())
        text = "  ".join(f"{key} {value:.3f} ± {errors[key]:.3f}" for key, value in scores.items())
        print(f"  {name:10} {text}  {1000 * np.median(inference_time(answer)):.1f} ms")


def progress_bar(stream=None):
    """Return a `progress` for training: a bar with the time left on a terminal, lines elsewhere."""

    def show(epoch, n_epochs, history):
        left = (n_epochs - epoch) * np.mean(history["seconds"])
        name = "val_f1" if "val_f1" in history else "val_error"
        said = f"loss {history['loss'][-1]:.4f}, {name} {abs(history[name][-1]):.4f}, {left:.0f} s left"
        show_epoch(epoch, n_epochs, said, stream)

    return show


if __name__ == "__main__":
    main()
