"""What trainings share: checkpoints, from which a killed one goes on to the same end; weights in files; progress."""

import hashlib
import json
import sys
from pathlib import Path

import numpy as np
import torch  # whoever imports this has said how to install it


def fingerprint(*tensors):
    """Return a short text that is the same for the same numbers."""
    digest = hashlib.sha256()
    for tensor in tensors:
        digest.update(np.ascontiguousarray(tensor))
    return digest.hexdigest()[:16]


def save_checkpoint(path, model, optimiser, rng, of, **state):
    """Write everything that the next epoch depends on; a run that is killed leaves the last whole file.

    Parameters
    ----------
    path : path
    model : torch.nn.Module
    optimiser : torch.optim.Optimizer
    rng : numpy.random.Generator
    of : str
        Which training this is: its settings, seed and data.
    **state
        What else is to come back, tensors and plain data.
    """
    path = Path(path)
    unfinished = path.with_name(path.name + ".part")
    weights = {"model": model.state_dict(), "optimiser": optimiser.state_dict()}
    random = json.dumps(rng.bit_generator.state)
    torch.save({**weights, "random": random, "of": of, "state": state}, unfinished)
    unfinished.replace(path)


def load_checkpoint(path, model, optimiser, rng, of):
    """Go back to where a checkpoint was written.

    Parameters
    ----------
    path, model, optimiser, rng, of
        As for `save_checkpoint`.

    Returns
    -------
    dict
        What else was saved.

    Raises
    ------
    ValueError
        If the file is damaged or of another training.
    """
    try:
        saved = torch.load(path, weights_only=True)
    except Exception as error:
        raise ValueError(f"The checkpoint {path} cannot be read: delete it.") from error
    if not isinstance(saved, dict) or saved.get("of") != of:
        raise ValueError(
            f"The checkpoint {path} is from another training (data, settings or seed): delete it, or give"
            " another name."
        )
    try:
        model.load_state_dict(saved["model"])
    except RuntimeError as error:
        raise ValueError(
            f"The checkpoint {path} is from another network: delete it, or give another name."
        ) from error
    optimiser.load_state_dict(saved["optimiser"])
    rng.bit_generator.state = json.loads(saved["random"])
    return saved["state"]


def save_weights(model, path):
    """Write a model's weights as safetensors: numbers only, nothing that could run."""
    weights = {name: value.contiguous() for name, value in model.state_dict().items()}
    Path(path).write_bytes(safetensors().torch.save(weights))


def safetensors():
    """Return the library of that name, or raise an ImportError that says how to install it."""
    try:
        import safetensors.torch
    except ImportError:
        raise ImportError(
            "Trained weights need safetensors: install it with `pip install safetensors` (in the"
            " course's own folder: `make deep`)."
        ) from None
    return safetensors


def show_epoch(epoch, n_epochs, said, stream=None):
    """Say how an epoch went: with a bar that is drawn anew on a terminal, as one more line elsewhere."""
    stream = stream or sys.stderr
    done = round(20 * epoch / n_epochs)
    text = f"epoch {epoch:2}/{n_epochs} |{'█' * done}{'·' * (20 - done)}| {said}"
    if stream.isatty():
        stream.write(f"\r{text}" + "\n" * (epoch == n_epochs))
    else:
        stream.write(f"{text}\n")
    stream.flush()
