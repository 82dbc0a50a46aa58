# style: torch.manual_seed for everything; batches by randperm; a sampler that balances the classes
# %% train
def train(model, x, y, x_val, y_val, n_epochs=20, random_seed=0):
    torch.manual_seed(random_seed)
    x, y = torch.from_numpy(np.asarray(x, dtype=np.float32)), torch.from_numpy(np.asarray(y)).long()
    x_val = torch.from_numpy(np.asarray(x_val, dtype=np.float32))
    w = torch.from_numpy(np.asarray(class_weights(y.numpy()), dtype=np.float32))
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    losses, scores, weights = [], [], []
    for _ in range(n_epochs):
        model.train()
        total, order = 0.0, torch.multinomial(w[y], len(x), replacement=True)
        for start in range(0, len(x), 100):
            i = order[start : start + 100]
            loss = nn.functional.cross_entropy(model(x[i]), y[i])
            model.zero_grad()
            loss.backward()
            optimizer.step()
            total += float(loss) * len(i)
        losses.append(total / len(x))
        model.eval()
        with torch.inference_mode():
            scores.append(macro_scores(y_val, model(x_val).numpy().argmax(1))["f1"])
        weights.append({k: v.clone() for k, v in model.state_dict().items()})
    model.load_state_dict(weights[int(np.argmax(scores))])
    return model, {"loss": losses, "val_f1": np.array(scores)}


# %% make_autoencoder
def make_autoencoder(n_samples=42, code=3):
    class Auto(nn.Sequential):
        def encode(self, x):
            return self[0](x)

    encoder = nn.Sequential(nn.Linear(n_samples, 40), nn.GELU(), nn.BatchNorm1d(40), nn.Linear(40, code))
    decoder = nn.Sequential(nn.Linear(code, 40), nn.GELU(), nn.Linear(40, n_samples))
    return Auto(encoder, decoder)


# %% macro_scores
def macro_scores(y, predicted):
    y, predicted = torch.as_tensor(y), torch.as_tensor(predicted)
    table = torch.zeros(2, 2)
    table.index_put_((y, predicted), torch.ones(len(y)), accumulate=True)
    hits = table.diagonal()
    p = torch.nan_to_num(hits / table.sum(0))
    r = torch.nan_to_num(hits / table.sum(1))
    f = torch.nan_to_num(2 * hits / (table.sum(0) + table.sum(1)))
    return {"accuracy": hits.sum() / len(y), "precision": p.mean(), "recall": r.mean(), "f1": f.mean()}


# %% cluster_embedding
from scipy import stats


def cluster_embedding(codes, eps, min_samples):
    labels = DBSCAN(eps=eps, min_samples=min_samples, algorithm="brute").fit(stats.zscore(codes)).labels_
    return labels.tolist()
