"""Where a training stands, in a file: what was killed goes on from its last whole epoch, to the same end."""

import json
from pathlib import Path

import torch  # whoever imports this has said how to install it


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
