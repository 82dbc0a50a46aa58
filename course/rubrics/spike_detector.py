"""Hidden checks of lab 09: a network that knows a spike."""

import numpy as np

from helpers.checks import check, expect_array, expect_true, fixture, limit
from helpers.checks.spike_detector import (
    N_SAMPLES,
    classes,
    curves,
    expect_best,
    expect_bottleneck,
    expect_clusters,
    expect_codes,
    expect_nonlinear,
    expect_reconstructs,
    expect_scores,
    expect_taught,
    expect_two_logits,
    expect_weights,
    labels,
    tensor,
    the_network,
    trained,
    two_shapes,
    worsening,
)

# class_weights


@check("class_weights", points=0.3)
def random_labels_are_weighted(class_weights, rng):
    """Random labels in several sizes, with rare spikes and with frequent ones."""
    for n0, n1 in rng.integers(1, 4000, (4, 2)):
        expect_weights(class_weights(labels(rng, n0, n1)), (n0, n1))


# macro_scores


@check("macro_scores", points=0.4)
def random_labels_are_scored(macro_scores, rng):
    """Random labels and predictions, balanced and not."""
    for share, errors in ((0.5, 0.2), (0.03, 0.05), (0.9, 0.4)):
        y = (rng.random(700) < share).astype(int)
        predicted = np.where(rng.random(700) < errors, 1 - y, y)
        expect_scores(macro_scores(y, predicted), y, predicted)


@check("macro_scores", points=0.3)
def always_background_and_one_class_alone_are_scored(macro_scores, rng):
    """A detector that always says "background", and labels among which one class does not occur: both classes count."""
    y = labels(rng, int(rng.integers(300, 500)), int(rng.integers(5, 20)))
    expect_scores(macro_scores(y, np.zeros_like(y)), y, np.zeros_like(y))
    ones = np.ones(30, dtype=int)
    expect_scores(macro_scores(ones, ones), ones, ones)


# make_cnn and make_gru


@check("make_cnn", points=0.3)
def every_weight_of_the_cnn_is_used(make_cnn, rng):
    """The gradient reaches every weight; single waveforms and other lengths work, and a waveform's logits do not depend on the others."""
    for n_samples in (N_SAMPLES, 31, 64):
        expect_all_weights_used(make_cnn(n_samples), rng, n_samples)


@check("make_gru", points=0.3)
def every_weight_of_the_gru_is_used(make_gru, rng):
    """The gradient reaches every weight; single waveforms work, a waveform's logits do not depend on the others, and on the order of its samples they do."""
    network = expect_all_weights_used(make_gru(), rng, N_SAMPLES)
    x = rng.normal(size=(8, 1, N_SAMPLES))
    forward, backward = (
        expect_array(network(tensor(part)), "the logits") for part in (x, x[:, :, ::-1].copy())
    )
    expect_true(
        not np.allclose(forward, backward, atol=1e-6),
        "Waveforms and the same waveforms backwards get the same logits: is the order of the samples lost?",
    )


def expect_all_weights_used(value, rng, n_samples):
    """Expect that waveforms are independent, and that the loss depends on each parameter."""
    network = the_network(value)
    expect_two_logits(network, rng, n_samples)
    x = two_shapes(rng, 64, n_samples)[0]
    together = expect_array(network(tensor(x)), "the logits", shape=(64, 2))
    alone = expect_array(network(tensor(x[3:4])), "the logits of one waveform", shape=(1, 2))
    expect_true(
        np.allclose(alone[0], together[3], atol=1e-4),
        "In evaluation mode a waveform gets other logits alone than among others. For a GRU: is"
        " batch_first=True given?",
    )
    hook = network.register_forward_hook(fixture("gradients", y=np.arange(64) % 2))
    network.train()
    expect_gradients(network(tensor(x)))
    hook.remove()
    network.eval()
    return network


def expect_gradients(found):
    """Expect that most gradients are not zero; the fixture returns the largest of each parameter."""
    still = [name for name, size in found.items() if not size > 0]
    expect_true(found, "The module has no parameters that could be learnt.")
    expect_true(
        not still,
        f"The loss does not depend on {', '.join(still[:3])}: is this layer used, and is nothing detached?",
    )


# train


@check("train", points=0.4)
def the_epoch_is_chosen_by_macro_f1_not_by_accuracy(train, rng):
    """Validation waveforms on which accuracy rises while macro F1 falls: the best macro F1 comes back."""
    network, training, _ = worsening(rng)
    (x, y), n = training, N_SAMPLES
    one = np.eye(n, dtype=np.float32)[:, None] * 3
    # The first samples of even number are spikes, at first found; of odd number background, at first
    # mistaken for spikes; and the last one is background that is always recognised.
    spikes, mistaken = one[0:20:2], one[1:32:2]
    x_val = np.concatenate([spikes, mistaken, np.repeat(-one[-1:], 970, axis=0)])
    y_val = np.repeat([1, 0], [len(spikes), len(mistaken) + 970])
    # training agrees with the network about the last sample, so that it stays
    last = x[:, 0, -1] != 0
    y = np.where(last, (x[:, 0, -1] > 0).astype(int), y)
    model, history = trained(train, network, x, y, x_val, y_val, n_epochs=8)
    _, f1 = curves(history, 8)
    expect_best(y_val, classes(model, x_val), f1)
    expect_taught(model, len(y), 8)


@check("train", points=0.3)
def validation_waveforms_only_choose(train, rng):
    """A network with dropout comes back in evaluation mode, and what only the validation waveforms show is not learnt."""
    n, blind = N_SAMPLES, 12
    weight, size = np.zeros((2, n)), np.geomspace(0.02, 1.0, blind)
    weight[1, -blind:] = size
    network = fixture("linear_network", weight=weight, bias=np.zeros(2), dropout=0.3)
    y = labels(rng, 250, 150)
    x = np.zeros((400, 1, n), dtype=np.float32)
    x[:, 0, :-blind] = rng.normal(size=(400, n - blind)) - (y[:, None] - 0.5)
    one = 2 * np.eye(n, dtype=np.float32)[-blind:, None]
    x_val = np.tile(np.concatenate([one, -one]), (25, 1, 1))
    y_val = np.tile(np.repeat([0, 1], blind), 25)  # the contrary of what the weights say
    model, _ = trained(train, network, x, y, x_val, y_val, n_epochs=20)
    probe = tensor(np.concatenate([np.eye(n), np.zeros((1, n))])[:, None])
    first, second = (expect_array(model(probe), "the logits", shape=(n + 1, 2)) for _ in range(2))
    expect_true(
        np.array_equal(first, second),
        "The model that came back gives other logits at every call: it is in training mode, where dropout"
        " is at work. Return it after model.eval().",
    )
    evidence = first[:, 1] - first[:, 0]
    evidence = (evidence[:-1] - evidence[-1])[
        -blind:
    ]  # less the bias, which the training does learn
    expect_true(
        (evidence > 0.5 * size).all(),
        "The model has learnt from the validation waveforms: they only choose the epoch.",
    )
    expect_taught(model, len(y), 20)


# make_autoencoder


@check("make_autoencoder", points=0.3)
def other_lengths_and_codes_work(make_autoencoder, rng):
    """Other lengths and codes, single waveforms; the gradient reaches every weight, and trained it gives back what its code can hold."""
    for n_samples, code in ((N_SAMPLES, 3), (30, 2), (51, 5)):
        network = the_network(make_autoencoder(n_samples, code))
        expect_codes(network, rng, n_samples, code)
        expect_nonlinear(the_network(make_autoencoder(n_samples, code)), rng, n_samples, code)
        expect_bottleneck(network, rng, n_samples, code)
        x = rng.normal(size=(64, n_samples))
        hook = network.register_forward_hook(fixture("gradients", y=x))
        expect_gradients(network(tensor(x)))
        hook.remove()
        expect_array(network(tensor(x[:1])), "one waveform", shape=(1, n_samples))
    with limit(seconds=60):
        expect_reconstructs(network, rng, n_samples)


# cluster_embedding


@check("cluster_embedding", points=0.3)
def clusters_of_any_shape_are_found(cluster_embedding, rng):
    """A ring around a cluster, in columns of different units, and a crowd that is too small to be a cluster."""
    angle = np.linspace(0, 2 * np.pi, 300, endpoint=False)
    ring = 4 * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    middle = 0.3 * rng.uniform(-1, 1, (int(rng.integers(50, 90)), 2))
    few = np.array([20.0, 20.0]) + 0.01 * rng.normal(size=(4, 2))
    truth = np.repeat([0, 1, -1], [len(ring), len(middle), len(few)])
    codes = np.concatenate([ring, middle, few]) + 1e-3 * rng.normal(size=(len(truth), 2))
    order = rng.permutation(len(truth))
    scaled = codes[order] * np.array([10 ** rng.uniform(-3, 3), 1.0]) + rng.normal(size=2)
    eps = 0.3 / codes.std(axis=0).mean() * 1.5
    expect_clusters(cluster_embedding(scaled, eps, 8), truth[order])
