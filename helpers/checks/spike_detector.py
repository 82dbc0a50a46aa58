"""What a student can check in lab 09: a network that knows a spike."""

import math

import numpy as np

from . import (
    CheckFailed,
    Handle,
    check,
    expect_array,
    expect_close,
    expect_number,
    expect_results,
    expect_true,
    expect_type,
    fixture,
    limit,
    same,
)

EXACT = 1e-6
N_SAMPLES = 42
LEARNT = 0.9  # macro F1 on an easy task
MOST_WEIGHTS = 200_000
SCORES = ("accuracy", "precision", "recall", "f1")

# What the further checks of grading are about: `run_checks` says so below the table of each task.
FURTHER = {
    "class_weights": "random labels",
    "macro_scores": "random labels, and labels of a rare class",
    "make_cnn": "gradients, single waveforms and other lengths",
    "make_gru": "gradients, single waveforms and the order of the samples",
    "train": "validation waveforms that accuracy and macro F1 judge differently, and a network with dropout",
    "make_autoencoder": "gradients, and other lengths and codes",
    "cluster_embedding": "random clusters of other shapes and sizes",
}

# class_weights


@check("class_weights", points=0.4)
def weights_are_inverse_to_how_often_a_class_occurs(class_weights, rng):
    """w_c = n/(2 n_c): with 6 background waveforms and 2 spikes the weights are 2/3 and 2."""
    expect_weights(class_weights(np.array([0, 0, 1, 0, 0, 1, 0, 0])), (6, 2))
    expect_weights(class_weights(np.array([0, 1, 0, 1])), (2, 2))
    n0, n1 = rng.integers(3, 40, 2)
    expect_weights(class_weights(labels(rng, n0, n1)), (n0, n1))


@check("class_weights", points=0.3)
def both_classes_weigh_the_same_in_sum(class_weights, rng):
    """Over all samples both classes have the same total weight, and the mean weight is 1, also where spikes are more frequent than background."""
    few, many = rng.integers(5, 40, 2), rng.integers(90, 400, 2)
    for n0, n1 in ((many[0], few[0]), (few[1], many[1])):
        expect_weights(class_weights(labels(rng, n0, n1)), (n0, n1))


def labels(rng, n0, n1):
    """So many 0 and 1 in random order."""
    return rng.permutation(np.repeat([0, 1], [n0, n1]))


def expect_weights(value, counts):
    """Expect n/(2 n_c)."""
    n = np.array(counts, float)
    expected = n.sum() / (2 * n)
    if isinstance(value, dict):
        raise CheckFailed("Return an array of two weights, that of class 0 first, not a dict.")
    found = expect_array(value, "the weights", hint="One weight for background, one for spikes.")
    if found.shape == (int(n.sum()),):
        raise CheckFailed(
            "Return two weights, one for each class: yours has one for each waveform."
        )
    expect_close(
        found, expected, f"the weights for {counts[0]} zeros and {counts[1]} ones", rtol=EXACT,
        misconceptions={
            "the mean over samples is not 1: the factor 1/2, one over the number of classes, is missing": 2 * expected,
            "the weights are the frequencies: the rare class should weigh more": n / n.sum(),
            "the weights of the two classes are exchanged": expected[::-1],
            "these are the counts": n,
            "these are 1/n_c, without the factor n/2": 1 / n,
            "the weights were divided by their sum: their mean over the samples should be 1": expected / expected.sum(),
            "the mean over the two classes is 1; asked is that over the samples": 2 * expected / expected.sum(),
            "the square root of the frequencies was used": np.sqrt(expected),
            "the smaller weight was set to 1; the mean over the samples should be 1": expected / expected.min(),
        },
        hint="w_c = n / (2 n_c), with n_c the number of waveforms of class c.",
    )  # fmt: skip


# macro_scores


@check("macro_scores", points=0.5)
def scores_of_ten_waveforms_are_as_by_hand(macro_scores, rng):
    """Ten waveforms of which you can count everything: 7 of 8 background and 1 of 2 spikes are right."""
    y = np.array([0, 0, 0, 0, 1, 0, 0, 0, 0, 1])
    predicted = np.array([0, 0, 1, 0, 1, 0, 0, 0, 0, 0])
    expect_scores(macro_scores(y, predicted), y, predicted)
    y, predicted = confused(rng, rng.integers(1, 9, 4))
    expect_scores(macro_scores(y, predicted), y, predicted)


@check("macro_scores", points=0.5)
def macro_means_each_class_counts_half(macro_scores, rng):
    """Precision, recall and F1 are computed for each class, then averaged: macro F1 is the mean of two F1, not the F1 of two means."""
    y = np.repeat([0, 1], [90, 10])
    predicted = y.copy()
    predicted[:20], predicted[90:93] = 1, 0
    expect_scores(macro_scores(y, predicted), y, predicted)
    y, predicted = confused(rng, rng.integers((60, 10, 2, 5), (90, 20, 5, 9)))
    expect_scores(macro_scores(y, predicted), y, predicted)


@check("macro_scores", points=0.3)
def a_class_never_predicted_scores_zero(macro_scores, rng):
    """Where a denominator is 0, the score is 0: a class that is never predicted has precision 0 and F1 0."""
    y = np.repeat([0, 1], [rng.integers(20, 60), rng.integers(1, 4)])
    for predicted in (np.zeros_like(y), np.ones_like(y)):
        expect_scores(macro_scores(y, predicted), y, predicted)


def confused(rng, counts):
    """Labels and predictions in random order: so many 0 called 0 and 1, and 1 called 0 and 1."""
    pairs = rng.permutation(np.repeat([[0, 0], [0, 1], [1, 0], [1, 1]], counts, axis=0))
    return pairs[:, 0], pairs[:, 1]


def class_scores(y, predicted):
    """Precision, recall and F1 (2,) of both classes; 0 where a denominator is 0."""
    hits = np.array([np.sum((y == c) & (predicted == c)) for c in range(2)], float)
    n_true, n_called = (np.bincount(part, minlength=2) for part in (y, predicted))
    precision, recall = (hits / np.maximum(n, 1) for n in (n_called, n_true))
    return precision, recall, 2 * hits / np.maximum(n_called + n_true, 1)


def expect_scores(value, y, predicted):
    """Expect accuracy and macro precision, recall and F1 in a dict."""
    expect_type(value, dict, "what macro_scores returns", hint="Keys: " + ", ".join(SCORES) + ".")
    missing = [name for name in SCORES if name not in value]
    expect_true(
        not missing,
        f"The dict lacks {', '.join(missing)}: its keys should be {', '.join(SCORES)}.",
    )
    per_class = dict(zip(SCORES[1:], class_scores(y, predicted), strict=True))
    accuracy = np.mean(y == predicted)
    share = np.bincount(y, minlength=2) / len(y)
    precision, recall = per_class["precision"], per_class["recall"]
    p, r = precision.mean(), recall.mean()
    expect_close(
        expect_number(value["accuracy"], "accuracy"), accuracy, "accuracy", rtol=EXACT,
        misconceptions={"it is a percentage": 100 * accuracy, "these are errors": 1 - accuracy},
        hint="The share of waveforms whose class is right.",
    )  # fmt: skip
    for name, parts in per_class.items():
        other = {"precision": recall, "recall": precision}.get(name)
        mistakes = {
            "only the class of spikes was scored: average both classes": parts[1],
            "only the class of background was scored: average both classes": parts[0],
            "the classes were weighted by how often they occur: macro means that each counts half": share
            @ parts,
            "all waveforms were pooled (micro average), which gives the accuracy again": accuracy,
            "precision and recall are exchanged": np.nan if other is None else other.mean(),
            "the F1 of the mean precision and recall was taken: average the F1 of the classes": (
                2 * p * r / (p + r) if name == "f1" else np.nan
            ),
            "a score that is 0 was left out of the mean": parts.sum() / max((parts > 0).sum(), 1),
            "a class that is never predicted scored 1": (parts + (parts == 0)).mean(),
        }
        found = expect_number(
            value[name], name, hint="0/0 counts as 0: look for a division by the number of predictions."
        )  # fmt: skip
        expect_close(
            found, parts.mean(), f"macro {name}", rtol=EXACT, atol=1e-9,
            misconceptions={s: m for s, m in mistakes.items() if np.isfinite(m)},
            hint="Compute it for class 0 and for class 1, and average the two.",
        )  # fmt: skip


# make_cnn and make_gru


@check("make_cnn", points=0.35)
def the_cnn_turns_waveforms_into_two_logits(make_cnn, rng):
    """`make_cnn()` returns a torch module: waveforms (n, 1, 42) become logits (n, 2), any real numbers, different for different waveforms."""
    expect_two_logits(make_cnn(), rng, N_SAMPLES)


@check("make_cnn", points=0.35)
def the_cnn_learns_to_tell_two_shapes_apart(make_cnn, rng):
    """Trained for up to 600 steps on two shapes in noise, it tells fresh ones apart (macro F1 of .9 or more), with no more than 200,000 weights."""
    expect_learns(make_cnn(), rng)


@check("make_gru", points=0.35)
def the_gru_turns_waveforms_of_any_length_into_two_logits(make_gru, rng):
    """`make_gru()` returns a torch module: waveforms (n, 1, 42) become logits (n, 2); it reads sample by sample, so the same network takes 60 samples as well."""
    network = make_gru()
    expect_two_logits(network, rng, N_SAMPLES)
    try:
        found = network(tensor(rng.normal(size=(3, 1, 60))))
    except CheckFailed as error:
        raise CheckFailed(
            f"{error} It was given waveforms of 60 samples. A GRU that reads one sample after the other"
            " takes any length: it sees (n, 42, 1) with batch_first=True, so `x.transpose(1, 2)`, has"
            " input_size=1, and answers from its last state."
        ) from None
    expect_array(found, "the logits of three waveforms of 60 samples", shape=(3, 2))


@check("make_gru", points=0.35)
def the_gru_learns_to_tell_two_shapes_apart(make_gru, rng):
    """Trained for up to 600 steps on two shapes in noise, it tells fresh ones apart (macro F1 of .9 or more), with no more than 200,000 weights."""
    network = the_network(make_gru())
    x = rng.normal(size=(8, 1, N_SAMPLES))
    changed = np.concatenate([x[:, :, :-4], -x[:, :, -4:]], axis=2)
    first, second = (expect_array(network(tensor(part)), "the logits") for part in (x, changed))
    expect_true(
        not np.array_equal(first, second),
        "Other last samples make no difference to the logits: is it the first state that they are computed"
        " from? Answer from the *last* state, last[0] or outputs[:, -1], or from the mean of all states.",
    )
    expect_learns(network, rng)


def the_torch():
    """PyTorch, where tensors are sent or come back."""
    try:
        import torch
    except ImportError:
        raise CheckFailed(
            "This check needs PyTorch: install it with `pip install torch`."
        ) from None
    return torch


def tensor(x):
    """A tensor of floats."""
    return the_torch().as_tensor(np.asarray(x), dtype=the_torch().float32)


def the_network(value, what="the network"):
    """A network in evaluation mode; refuse anything else that came back."""
    the_torch()
    good = isinstance(value, Handle) and value.type_name not in ("type", "function", "method")
    expect_true(
        good, f"{what} should be a torch.nn.Module, made and ready to be called: `return model`."
    )
    try:
        value.eval()
    except CheckFailed:
        raise CheckFailed(
            f"{what} should be a torch.nn.Module, but is a {value.type_name}."
        ) from None
    return value


def expect_two_logits(value, rng, n_samples):
    """Expect two real numbers for each waveform."""
    network = the_network(value)
    found = expect_array(
        network(tensor(2 * rng.normal(size=(64, 1, n_samples)))), "the logits of 64 waveforms",
        shape=(64, 2), hint="One row for each waveform, one column for each class.",
    )  # fmt: skip
    expect_true(
        (found < 0).any() or not np.allclose(found.sum(axis=1), 1, atol=1e-4),
        "Every two numbers add up to 1: these are probabilities. Return the logits themselves, without a"
        " softmax; the loss contains it.",
    )
    expect_true(
        not np.allclose(np.exp(found).sum(axis=1), 1, atol=1e-4),
        "These are logarithms of probabilities. Return the logits themselves, without log_softmax; the"
        " loss contains it.",
    )
    expect_registered(network, rng.normal(size=(4, 1, n_samples)))
    spread = np.ptp(found, axis=0).max()
    expect_true(spread > 1e-6, "All waveforms get the same logits: is the input used?")


def expect_registered(network, x):
    """Expect that a network's parameters hold all weights that it uses."""
    hook = network.register_forward_hook(fixture("strays"))
    n_strays = network(tensor(x))
    hook.remove()
    expect_true(
        n_strays == 0,
        f"{n_strays} weights or biases are used that model.parameters() does not list, so that they are"
        " never trained. Layers in a plain list are not registered: use nn.ModuleList or nn.Sequential, or"
        " give each a name of its own, self.layer1 = …, in __init__.",
    )


def two_shapes(rng, n, n_samples=N_SAMPLES):
    """Waveforms (n, 1, n_samples) of two shapes in noise, and which: a narrow or a wide trough.

    It stands near the end: a recurrent network that was just made has a short memory.
    """
    y = np.arange(n) % 2
    t = np.arange(n_samples) - (n_samples - 9) - rng.integers(-1, 2, n)[:, None]
    width = np.where(y == 1, 2.0, 6.0)[:, None]
    x = -3 * np.exp(-0.5 * (t / width) ** 2) + 0.3 * rng.normal(size=(n, n_samples))
    return x[:, None].astype(np.float32), y


def expect_learns(value, rng):
    """Expect that a network can be trained, by our own training, and is not too large."""
    network = the_network(value)
    try:
        weights = network.state_dict()
    except CheckFailed as error:
        if "Lazy" not in str(error):
            raise
        raise CheckFailed(
            f"Lazy layers have no weights before the first call: make layers whose sizes are known. ({error})"
        ) from None
    expect_true(len(weights), "The network has no weights: nothing could be learnt.")
    n = sum(math.prod(w.shape) for w in weights.values())
    expect_true(
        n <= MOST_WEIGHTS,
        f"The network has {n:,} weights: at most {MOST_WEIGHTS:,} are asked for. Fewer channels or units?",
    )
    (x, y), (x_new, y_new) = two_shapes(rng, 400), two_shapes(rng, 200)
    network.register_forward_hook(fixture("trainer", x=x, y=y, steps=600, learning_rate=5e-3))
    with limit(seconds=60):
        found = expect_array(network(tensor(x_new)), "the logits", shape=(200, 2))
    # A network that was just made may give small positive numbers by chance, a trained one does not.
    expect_true(
        found.min() <= 0 or found.max() > 1,
        "All logits lie between 0 and 1, even after training: is there a sigmoid at the end? A logit may be"
        " any real number.",
    )
    expect_true(
        found.min() < 0,
        "No logit is negative, even after training: is there a ReLU at the end? A logit may be any real number.",
    )
    f1 = class_scores(y_new, found.argmax(axis=1))[2].mean()
    expect_true(
        f1 >= LEARNT,
        f"After 600 steps of Adam on two shapes that differ clearly, its macro F1 on fresh ones is {f1:.2f},"
        f" not {LEARNT} or more. Does every layer get what the one before found, are there ReLUs between the"
        " layers but none at the end, and is no part detached? Does a GRU answer from its last state?",
    )


# train


@check("train", points=0.2)
def each_batch_is_a_step_of_adam(train, rng):
    """Batches of 128 waveforms or fewer. For each the gradients are reset, the loss is the weighted cross-entropy of the logits, and Adam takes a step of 1e-3. `history["loss"]` is the mean over the batches."""
    (_, y), (_, y_val), batches, _, history = watched(train, rng)
    sizes = [len(batch["numbers"]) for batch in batches]
    expect_true(
        max(sizes) <= 128,
        f"A batch has {max(sizes)} waveforms: 128 or fewer are asked for.",
    )
    late = [k for k, batch in enumerate(batches) if batch["left"] > 0]
    expect_true(
        not late,
        f"In {len(late)} of {len(batches)} batches the gradients of the batch before were still there:"
        " optimiser.zero_grad() belongs before every loss.backward().",
    )
    balanced = expect_cross_entropy(batches, np.concatenate([y, y_val]), len(y))
    step = np.median(np.abs(batches[1]["weight"] - batches[0]["weight"]))
    expect_true(
        0.98e-3 < step < 1.02e-3,
        f"The first batch changes the weights by {step:.2g}; the first step of Adam with lr=1e-3 changes each by"
        " .001. Is it torch.optim.Adam(model.parameters(), lr=1e-3), with one step for each batch?",
    )
    expect_mean_loss(curves(history, 2)[0], batches, y, balanced)


@check("train", points=0.2)
def each_epoch_has_its_own_order(train, rng):
    """All waveforms in a new random order in each epoch, in training mode; then the validation waveforms, in evaluation mode, of which nothing is learnt. `history["val_f1"]` is their macro F1."""
    (_, y), (_, y_val), batches, calls, history = watched(train, rng)
    expect_true(
        all(batch["training"] for batch in batches),
        "The model was in evaluation mode during training: model.train() belongs before the batches of"
        " every epoch, since model.eval() follows them.",
    )
    seen = [numbers_of(batch) for batch in batches]
    expect_true(
        max(n.max() for n in seen) < len(y),
        "The network has learnt from validation waveforms: they only choose the epoch.",
    )
    expect_true(
        len(batches) % 2 == 0,
        f"Two epochs of the same waveforms had {len(batches)} batches in all, an odd number: do all epochs run,"
        " and each over all waveforms?",
    )
    first, second = (
        np.concatenate(part) for part in (seen[: len(seen) // 2], seen[len(seen) // 2 :])
    )
    short = min(len(first), len(second), 3 * len(np.unique(first)))
    expect_true(
        short > len(y) - 128,
        f"An epoch trained on {min(len(first), len(np.unique(first)))} of {len(y)} waveforms: all are asked for.",
    )
    expect_true(
        not np.array_equal(first, second),
        "Both epochs had the same order: draw it anew in every epoch, by one generator that is made from"
        " random_seed before the first.",
    )
    expect_true(
        not np.array_equal(first, np.arange(len(first))),
        "In the first epoch the waveforms were not shuffled.",
    )
    expect_scored(curves(history, 2)[1], calls, len(batches) // 2, len(y), y_val)


def watched(train, rng):
    """Two epochs of a network that keeps a log: both sets, the calls that it learnt from, all calls, history."""
    (x, y), (x_val, y_val) = (shifted(rng, n0, n1, 0.3) for n0, n1 in ((480, 120), (120, 30)))
    x[:, 0, 0], x_val[:, 0, 0] = np.arange(len(y)), len(y) + np.arange(len(y_val))
    weight = 0.05 * rng.normal(size=(2, N_SAMPLES - 1))
    network = fixture("watched_network", weight=weight, bias=np.zeros(2))
    model, history = trained(train, network, x, y, x_val, y_val, n_epochs=2, random_seed=1)
    calls = model.log()
    batches = [call for call in calls if "gradient" in call]
    expect_true(
        len(batches) > 1,
        f"In two epochs of {len(y)} waveforms, {len(batches)} gradients came back to the network: is"
        " loss.backward() called for every batch of 128 waveforms or fewer?",
    )
    return (x, y), (x_val, y_val), batches, calls, history


def numbers_of(call):
    """Which waveforms the network was given."""
    return np.round(call["numbers"]).astype(int)


def log_probabilities(logits):
    """Logarithms (n, 2) of the softmax."""
    logits = np.asarray(logits, float)
    return logits - np.logaddexp(*logits.T)[:, None]


def expect_cross_entropy(batches, y, n):
    """Expect the gradient of a weighted cross-entropy; tells whether batches are balanced instead.

    By the logits it is v_i (p_i − e_{y_i}), with v_i proportional to the weight of the waveform's class.
    """
    ratios, drawn = [], []
    for batch in batches:
        of = y[numbers_of(batch)]
        residual = np.exp(log_probabilities(batch["logits"])) - np.eye(2)[of]
        factor = np.sum(batch["gradient"] * residual, axis=1) / np.sum(residual**2, axis=1)
        means = np.array([factor[of == c].mean() if np.any(of == c) else np.nan for c in range(2)])
        expect_true(
            np.allclose(factor, means[of], rtol=1e-2)
            and np.allclose(
                batch["gradient"], factor[:, None] * residual, atol=1e-3 * np.abs(factor).max()
            ),
            "The gradient is not that of a cross-entropy of the logits: was a softmax, or something else, taken"
            " of the logits before F.cross_entropy, which takes them as they are?",
        )
        ratios.append(means[1] / means[0])
        drawn.append(of)
    found, n0 = np.nanmean(ratios), np.sum(y[:n] == 0)
    expected, share = n0 / (n - n0), np.mean(np.concatenate(drawn))
    if np.isclose(found, 1, rtol=1e-2) and abs(share - 0.5) < 0.1:
        return True
    expect_close(
        found, expected, "the weight of a spike in the loss, divided by that of background", rtol=1e-2,
        misconceptions={
            "the loss is not weighted": 1.0,
            "the weights of the two classes are exchanged": 1 / expected,
            "the weights were squared, or used twice": expected**2,
        },
        hint="Give class_weights(y), of all training labels, to F.cross_entropy.",
    )  # fmt: skip
    return False


def expect_mean_loss(found, batches, y, balanced):
    """Expect the mean over the batches, or over their waveforms, for each of two epochs."""
    n_epoch, weight = len(batches) // 2, len(y) / (2 * np.bincount(y, minlength=2))
    for epoch in range(2):
        plain, divided, sizes, totals = [], [], [], []
        for batch in batches[epoch * n_epoch : (epoch + 1) * n_epoch]:
            numbers = numbers_of(batch)
            if numbers.max() >= len(y):
                return  # another check says so
            of = y[numbers]
            losses = -log_probabilities(batch["logits"])[np.arange(len(of)), of]
            w = np.ones(len(of)) if balanced else weight[of]
            plain.append(w @ losses / w.sum())
            divided.append(w @ losses / len(of))
            sizes.append(len(of))
            totals.append(w.sum())
        right = [
            np.mean(plain),
            np.average(plain, weights=sizes),
            np.average(plain, weights=totals),
        ]
        right += [np.mean(divided), np.average(divided, weights=sizes)]
        if np.isclose(found[epoch], right, rtol=1e-3).any():
            continue
        expect_close(
            found[epoch], right[0], f"the loss of epoch {epoch + 1} in history", rtol=1e-3,
            misconceptions={
                "it is the loss of the last batch alone": plain[-1],
                "it is the loss of the first batch alone": plain[0],
                "it is the sum over the batches, not the mean": np.sum(plain),
                "the sum over batches was divided by the number of waveforms": np.sum(plain) / np.sum(sizes),
            },
            hint="The mean of the losses of all batches in that epoch.",
        )  # fmt: skip


def expect_scored(found, calls, n_batches, n, y_val):
    """Expect that the validation waveforms are classified after each epoch, and scored by macro F1."""
    predicted, n_learnt = -np.ones((3, len(y_val)), dtype=int), 0
    for call in calls:
        numbers = numbers_of(call) - n
        n_learnt += "gradient" in call
        epoch, rest = divmod(n_learnt, n_batches)
        if rest or numbers.min() < 0 or epoch == 0:
            continue
        expect_true(
            not call["training"],
            "The validation waveforms were given to the model in training mode: model.eval() before.",
        )
        fresh = numbers[predicted[epoch, numbers] < 0]  # later calls may be with the best weights
        predicted[epoch, fresh] = np.argmax(call["logits"], axis=1)[predicted[epoch, numbers] < 0]
    for epoch in (1, 2):
        p = predicted[epoch]
        expect_true(
            p.min() >= 0,
            f"After epoch {epoch} not all validation waveforms were given to the model: val_f1 is their score.",
        )
        precision, recall, f1 = class_scores(y_val, p)
        means = precision.mean(), recall.mean()
        expect_close(
            found[epoch - 1], f1.mean(), f"val_f1 of epoch {epoch}", rtol=1e-5,
            misconceptions={
                "it is the accuracy": np.mean(p == y_val),
                "it is the F1 of the spikes alone": f1[1],
                "it is the F1 of the mean precision and recall": 2 * np.prod(means) / max(sum(means), EXACT),
            },
            hint='macro_scores(y_val, predicted)["f1"], with predicted the class of the larger logit.',
        )  # fmt: skip


@check("train", points=0.25)
def an_easy_task_is_learnt(train, rng):
    """A linear network, waveforms that differ clearly: after 15 epochs the macro F1 on fresh ones is .9 or more, `history` has `loss` and `val_f1` of each epoch, and the loss has fallen."""
    x, y = shifted(rng, 550, 50, 0.7)
    x_val, y_val = shifted(rng, 100, 30, 0.7)
    model, history = trained(train, flat(), x, y, x_val, y_val, n_epochs=15)
    loss, _ = curves(history, 15)
    expect_true(
        loss[-1] < 0.8 * loss[0],
        f"The loss should fall, but goes from {loss[0]:.3g} to {loss[-1]:.3g}: is optimiser.step() called for"
        " every batch, and do the gradients point the right way?",
    )
    x_new, y_new = shifted(rng, 300, 100, 0.7)
    f1 = class_scores(y_new, classes(model, x_new))[2].mean()
    expect_true(
        f1 >= LEARNT,
        f"The macro F1 of the model on fresh waveforms is {f1:.2f}, not {LEARNT} or more.",
    )
    expect_taught(model, len(y), 15)


@check("train", points=0.15)
def the_rare_class_weighs_as_much_as_the_other(train, rng):
    """With 15 times more background than spikes, which overlap, both classes are recognised about equally often: the loss has the weights of `class_weights`."""
    # A large sample that is always the same lets an unweighted loss learn soon that one class is rare.
    x, y = shifted(rng, 1500, 100, 0.35, first=10.0)
    x_val, y_val = shifted(rng, 200, 200, 0.35, first=10.0)
    model, _ = trained(train, flat(), x, y, x_val, y_val, n_epochs=10)
    x_new, y_new = shifted(rng, 400, 400, 0.35, first=10.0)
    recall = class_scores(y_new, classes(model, x_new))[1]
    expect_true(
        recall[1] > 0.6,
        f"The model finds {recall[1]:.0%} of the spikes and {recall[0]:.0%} of the background; both could be"
        " about 85 %. Is the loss weighted, so that the rare class weighs as much as the other, or are the"
        " weights exchanged? Give class_weights(y) to the cross-entropy, that of class 0 first.",
    )
    expect_true(
        recall[0] > 0.6,
        f"The model finds {recall[0]:.0%} of the background and {recall[1]:.0%} of the spikes: are the weights"
        " exchanged, or too strong?",
    )
    expect_taught(model, len(y), 10)


@check("train", points=0.3)
def the_best_epoch_comes_back(train, rng):
    """Training that makes the validation F1 worse from epoch to epoch: the model that comes back has the best F1 of `history["val_f1"]`, not the last."""
    network, (x, y), (x_val, y_val) = worsening(rng)
    model, history = trained(train, network, x, y, x_val, y_val, n_epochs=8)
    _, f1 = curves(history, 8)
    expect_best(y_val, classes(model, x_val), f1)
    expect_taught(model, len(y), 8)


@check("train", points=0.2)
def the_seed_decides_on_the_order(train, rng):
    """Two calls with the same seed and equal models give the same losses and the same model; with another seed the batches, and so the losses, are others."""
    x, y = shifted(rng, 500, 100, 0.2)
    x_val, y_val = shifted(rng, 50, 50, 0.2)
    outcomes = [
        trained(train, flat(), x, y, x_val, y_val, n_epochs=3, random_seed=seed)
        for seed in (3, 3, 4)
    ]
    first, second, other = (curves(history, 3)[0] for _, history in outcomes)
    logits = [expect_array(model(tensor(x_val)), "the logits") for model, _ in outcomes[:2]]
    expect_true(
        same(first.tolist(), second.tolist()) and same(*logits),
        "Two calls with the same seed should give the same result, but differ: make the order of the batches"
        " from random_seed alone, np.random.default_rng(random_seed) or a torch.Generator.",
    )
    expect_true(
        not np.allclose(first, other, rtol=1e-6),
        "Seeds 3 and 4 give exactly the same losses: shuffle the waveforms anew in every epoch, by a generator"
        " made from random_seed, and cut them into batches of 128 or fewer (with all in one batch no order"
        " would matter).",
    )
    for model, _ in outcomes:
        expect_taught(model, len(y), 3)


def flat(n_samples=N_SAMPLES):
    """A linear network that knows nothing: all weights are 0."""
    return fixture("linear_network", weight=np.zeros((2, n_samples)), bias=np.zeros(2))


def shifted(rng, n0, n1, by, first=None):
    """Waveforms (n, 1, 42) of noise; class 1 is `by` standard deviations lower throughout.

    If `first` is given, it is the first sample of all.
    """
    y = labels(rng, n0, n1)
    x = rng.normal(size=(len(y), 1, N_SAMPLES)) - by * (y[:, None, None] - 0.5)
    if first is not None:
        x[:, :, 0] = first
    return x.astype(np.float32), y


def worsening(rng, repeats=8):
    """A network that validation waveforms suit, and training waveforms that teach it the contrary.

    Each waveform has one sample that is not 0, and the weight of that sample decides. The weights are
    of all sizes: the longer the training, the more of them have changed their sign, however fast.
    """
    size = np.geomspace(1e-3, 3, N_SAMPLES)
    weight = np.outer([-0.5, 0.5], size)
    network = fixture("linear_network", weight=weight, bias=np.zeros(2))
    spikes = np.concatenate([np.eye(N_SAMPLES), -np.eye(N_SAMPLES)])[:, None].astype(np.float32)
    agrees = np.repeat([1, 0], N_SAMPLES)
    order = rng.permutation(repeats * len(spikes)) % len(spikes)
    return network, (3 * spikes[order], 1 - agrees[order]), (3 * spikes, agrees)


def trained(train, network, x, y, x_val, y_val, **options):
    """Call an answer's `train`; returns the model's handle and the history."""
    the_torch()
    try:
        with limit(seconds=60):
            value = train(network, x, y, x_val, y_val, **options)
    except CheckFailed as error:
        if "Double" not in str(error) and "double" not in str(error):
            raise
        raise CheckFailed(
            f"{error} Weights and waveforms should be float32, not float64, as the network is:"
            " torch.as_tensor(class_weights(y), dtype=torch.float32)."
        ) from None
    if isinstance(value, Handle):
        raise CheckFailed("Return two results: model, history. Yours returns the model alone.")
    model, history = expect_results(value, "model", "history")
    good = isinstance(model, Handle) and model.type_name != "OrderedDict"
    expect_true(
        good and not isinstance(history, Handle),
        "Return the model first (the module, not its state_dict), then history, a dict of lists.",
    )
    return model, history


def curves(history, n_epochs):
    """Losses and validation F1 (n_epochs,) each."""
    expect_type(history, dict, "history", hint='Keys "loss" and "val_f1", a list per key.')
    missing = [name for name in ("loss", "val_f1") if name not in history]
    expect_true(
        not missing,
        f"history lacks {', '.join(missing)}: it needs the lists loss and val_f1.",
    )
    return [
        expect_array(
            history[name], f'history["{name}"]', shape=(n_epochs,), hint="One number for each epoch."
        )
        for name in ("loss", "val_f1")
    ]  # fmt: skip


def expect_taught(model, n, n_epochs):
    """Expect that the network was trained on its waveforms, and not left or set to what it is."""
    taught = model.taught()
    expect_true(
        taught >= n_epochs * n / 2,
        f"In {n_epochs} epochs of {n} waveforms a gradient came back to the network for {taught} waveforms in all:"
        " is loss.backward() called for every batch?",
    )


def classes(model, x):
    """The classes that a model gives: the larger logit's."""
    found = expect_array(model(tensor(x)), "the logits of the model", shape=(len(x), 2))
    return found.argmax(axis=1)


def expect_best(y, predicted, f1):
    """Expect that the classes which the model gives have the best F1 of the history."""
    now, accuracy = class_scores(y, predicted)[2].mean(), np.mean(y == predicted)
    if now >= f1.max() - EXACT:
        expect_true(
            now <= f1.max() + 0.02,
            f"The model that came back has a macro F1 of {now:.4f} on the validation waveforms, but the best of"
            f' history["val_f1"] is {f1.max():.4f}: val_f1 is the macro F1 of the same waveforms after each epoch.',
        )
        return
    hint = (
        " Is val_f1 the macro F1 of the validation waveforms, and does it alone choose the epoch?"
    )
    if abs(accuracy - f1.max()) < EXACT:
        hint = " val_f1 looks like the accuracy: it should be the macro F1."
    elif abs(now - f1[-1]) < EXACT:
        hint = (
            " That is the last epoch's. Did another score choose it, the loss or the accuracy? Or were the"
            " best weights not put back, or not kept as a copy? state_dict() hands out the weights"
            " themselves, which go on changing: copy.deepcopy(model.state_dict())."
        )
    raise CheckFailed(
        f'The best of history["val_f1"] is {f1.max():.4f}, but the model that came back has a macro F1 of'
        f" {now:.4f} on the same validation waveforms.{hint}"
    )


# make_autoencoder


@check("make_autoencoder", points=0.25)
def the_code_has_three_numbers(make_autoencoder, rng):
    """`make_autoencoder()` returns a torch module: `encode` turns waveforms (n, 42) into codes (n, 3), calling it gives waveforms (n, 42) again; `code=2` gives two numbers."""
    expect_codes(make_autoencoder(), rng, N_SAMPLES, 3)
    expect_codes(make_autoencoder(code=2), rng, N_SAMPLES, 2)


@check("make_autoencoder", points=0.2)
def both_sides_are_nonlinear_and_end_linearly(make_autoencoder, rng):
    """Encoder and decoder hold a nonlinear layer each, and none is at their end: with all weights made 30 times larger, codes and waveforms do not pile up at a bound."""
    expect_nonlinear(make_autoencoder(), rng, N_SAMPLES, 3)


@check("make_autoencoder", points=0.25)
def everything_goes_through_the_code(make_autoencoder, rng):
    """Only what the code holds can come out again (small changes of a waveform move the output in three directions), and it can learn waveforms that have no more than that in them."""
    network = the_network(make_autoencoder())
    expect_registered(network, rng.normal(size=(4, N_SAMPLES)))
    expect_bottleneck(network, rng, N_SAMPLES, 3)
    expect_reconstructs(network, rng, N_SAMPLES)


def expect_codes(value, rng, n_samples, code):
    """Expect codes and waveforms of the right shapes."""
    network, x = the_network(value), tensor(rng.normal(size=(5, n_samples)))
    expect_registered(network, x)
    try:
        codes = network.encode(x)
    except CheckFailed as error:
        if "no attribute 'encode'" in str(error):
            raise CheckFailed(
                "The module has no method encode: write a class with `def encode(self, x)` and"
                " `def forward(self, x)`."
            ) from None
        raise
    expect_array(
        codes, "the code of five waveforms", shape=(5, code),
        hint=f"encode gives {code} numbers, `code`, for each waveform (n, {n_samples}).",
    )  # fmt: skip
    expect_array(network(x), "what comes out of the autoencoder", shape=(5, n_samples))


def expect_nonlinear(value, rng, n_samples, code):
    """Expect nonlinear layers in encoder and decoder, and linear layers at their ends."""
    network, torch = the_network(value), the_torch()
    expect_registered(network, rng.normal(size=(4, n_samples)))
    network.apply(fixture("louder", factor=30))
    network.double()
    a, b = rng.normal(size=(2, 300, n_samples))
    parts = [network.encode(torch.as_tensor(x)) for x in (a, b, a + b, np.zeros_like(a))]
    a_code, b_code, both, none = (expect_array(c, "the code", shape=(300, code)) for c in parts)
    left = np.abs(a_code + b_code - both - none).max()
    expect_true(
        left > 1e-6 * np.abs(both - none).max(),
        "The encoder is linear: encode(a) + encode(b) is encode(a + b) + encode(0). Put a nonlinear layer,"
        " nn.ELU() or nn.ReLU(), between two linear ones.",
    )
    out = expect_array(network(torch.as_tensor(a)), "what comes out", shape=a.shape)
    sizes = np.linalg.svd(out - out.mean(axis=0), compute_uv=False)
    expect_true(
        sizes[code] > 1e-9 * sizes[0],
        f"The decoder is linear: all that comes out lies in {code} directions. Put a nonlinear layer,"
        " nn.ELU() or nn.ReLU(), between two linear ones.",
    )
    for what, found in (("code", a_code), ("waveform that comes out", out)):
        low = found.min()
        # Where a nonlinear end sets a bound, from −1 to 0, many numbers lie at it.
        expect_true(
            not (-1.001 < low < 0.01 and np.mean(found < low + 0.3) > 0.05),
            f"With large weights many numbers of the {what} are near {low:.2g}, and none is below: is there an"
            " ELU, ReLU, tanh or sigmoid at the very end? The last layer should be linear.",
        )


def expect_bottleneck(network, rng, n_samples, code, step=1e-5):
    """Expect that the Jacobian of the output has no higher rank than the code is long."""
    torch = the_torch()
    network.double()
    x = rng.normal(size=n_samples)
    steps = x + step * np.concatenate([np.eye(n_samples), -np.eye(n_samples)])
    out = expect_array(
        network(torch.as_tensor(steps)), "what comes out", shape=(2 * n_samples, n_samples)
    )
    jacobian = (out[:n_samples] - out[n_samples:]) / (2 * step)
    sizes = np.linalg.svd(jacobian, compute_uv=False)
    network.float()
    expect_true(
        sizes[code] <= 1e-3 * max(sizes[0], 1e-9),
        f"More comes out than a code of {code} numbers can hold: forward should decode encode(x), and use x in"
        " no other way.",
    )


def smooth_family(rng, n, n_samples, mixing):
    """Waveforms (n, n_samples) that are a linear function of two numbers."""
    return (rng.normal(size=(n, 2)) @ mixing).astype(np.float32)


def expect_reconstructs(network, rng, n_samples, code=3):
    """Expect that an autoencoder learns to give back what two numbers hold."""
    t = np.arange(n_samples) / n_samples
    mixing = np.stack([np.sin(2 * np.pi * t), np.cos(3 * np.pi * t)])
    x, x_new = (smooth_family(rng, n, n_samples, mixing) for n in (512, 128))
    network.register_forward_hook(fixture("trainer", x=x, y=x, steps=400))
    with limit(seconds=60):
        found = expect_array(network(tensor(x_new)), "what comes out", shape=x_new.shape)
    left = np.mean((found - x_new) ** 2) / np.mean(x_new**2)
    hint = ""
    if found.min() >= 0:
        hint = " Nothing that comes out is negative: is there a ReLU or a sigmoid at the end?"
    elif np.abs(found).max() <= 1:
        hint = " All that comes out lies between −1 and 1: is there a tanh at the end?"
    expect_true(
        left < 0.1,
        f"After 400 steps on waveforms that two numbers describe, {left:.0%} of their variance is still lost;"
        f" less than 10 % should be.{hint or ' Are the last layers of encoder and decoder linear, with nonlinear layers in between?'}",
    )


# cluster_embedding


@check("cluster_embedding", points=0.4)
def clusters_and_noise_are_found(cluster_embedding, rng):
    """Three clusters and a few points far from all: points of a cluster share a label that no other has, and noise is −1; with a larger `min_samples` the smallest cluster is noise, too."""
    codes, truth = blobs(rng, (80, 40, 25), 6)
    expect_clusters(cluster_embedding(codes, 0.3, 5), truth)
    small = np.where(truth == 2, -1, truth)  # 25 points are too few for a core
    expect_clusters(cluster_embedding(codes, 0.3, 30), small)


@check("cluster_embedding", points=0.3)
def every_column_counts_alike(cluster_embedding, rng):
    """Each column is standardised first, by its standard deviation with ddof=0, so units do not matter: eight clusters at the corners of a cube are found in columns of very different size."""
    hint = (
        "Was each column standardised on its own, (codes − mean) / standard deviation with axis=0?"
    )
    codes, truth = blobs(rng, (20,) * 8, 3)
    for units in ([1e3, 1.0, 1e-3], [1e-3, 1.0, 1e3]):
        scaled = codes * np.array(units) + np.array([5.0, 0.0, 2.0]) * units
        expect_clusters(cluster_embedding(scaled, 0.3, 5), truth, hint)
    # Two groups at a distance of √2: 2.83 deviations with ddof=0, 2.45 with ddof=1.
    codes = np.array([[0, 0], [0, 0], [1, 1], [1, 1.0]])
    expect_clusters(
        cluster_embedding(codes, 2.6, 2), np.array([0, 0, 1, 1]),
        "Is the standard deviation that with ddof=0? torch and pandas take ddof=1 unless told otherwise.",
    )  # fmt: skip


def blobs(rng, sizes, n_noise):
    """Codes (n, 3) of tight clusters in random order, and which; noise (−1) lies far from everything."""
    # The corners of a cube: of the first four, any two columns tell all apart; of all eight, only three do.
    places = np.array(
        [[0, 0, 0], [4, 4, 0], [0, 4, 4], [4, 0, 4], [4, 0, 0], [0, 4, 0], [0, 0, 4], [4, 4, 4.0]]
    )
    far = np.array([[9, 8, 10], [-8, 9, -7], [-9, -8, 9], [9, -10, -9], [-8, -9, -10], [10, -9, 9]])
    truth = np.repeat(np.arange(len(sizes)), sizes)
    codes = places[truth] + 0.25 * rng.uniform(-1, 1, (len(truth), 3))
    codes = np.concatenate([codes, far[:n_noise]])
    truth = np.concatenate([truth, np.full(n_noise, -1)])
    order = rng.permutation(len(truth))
    return codes[order], truth[order]


def expect_clusters(value, truth, hint=""):
    """Expect the same partition, with noise as −1."""
    if isinstance(value, Handle):
        raise CheckFailed(
            f"Return the labels, one whole number for each code, not the {value.type_name} itself:"
            " fit_predict gives them, or .labels_ after fit."
        )
    found = expect_array(
        value, "the labels", shape=(len(truth),), integer=True,
        hint="One label for each code, noise included.",
    )  # fmt: skip
    noise, found_noise = truth == -1, found == -1
    names = {label: np.unique(found[truth == label]) for label in np.unique(truth)}
    n_clusters, n_found = len(names) - noise.any(), len(np.unique(found[~found_noise]))
    hint = (
        hint
        or "Is each column standardised on its own (axis=0), and are eps and min_samples passed on?"
    )
    if noise.any() and not found_noise.any():
        raise CheckFailed(
            f"No label is −1, but {noise.sum()} codes lie far from all others: DBSCAN calls them noise. {hint}"
        )
    if found_noise.sum() != noise.sum():
        raise CheckFailed(
            f"{found_noise.sum()} codes are noise (−1), but {noise.sum()} should be. {hint}"
        )
    pure = all(len(labels) == 1 for labels in names.values())
    expect_true(
        pure and n_found == n_clusters,
        f"{n_found} clusters came back where there are {n_clusters}, or one was cut in two. {hint}",
    )
    others = np.setdiff1d(found, [-1])
    expect_true(
        np.array_equal(others, np.arange(n_found)),
        f"The clusters are called {', '.join(map(str, others[:4]))}: they should be 0, 1, 2 …, noise −1.",
    )
