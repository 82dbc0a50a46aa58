# style: hidden states made by hand, plain tensors that require gradients, gradients cleared after the step, epochs as generators, AdamW without decay
# %% make_gru
class Rnn(nn.Module):
    def __init__(self):
        super().__init__()
        self.gru = nn.GRU(1, 32, batch_first=True)
        self.layers = nn.ModuleList([nn.Linear(32, 16), nn.Linear(16, 2)])

    def forward(self, x):
        h0 = torch.zeros(1, len(x), 32).requires_grad_()
        states, _ = self.gru(x.float().transpose(1, 2), h0)
        return self.layers[1](torch.relu(self.layers[0](states[:, -1])))


def make_gru(n_samples=42):
    return Rnn()


# %% make_autoencoder
class Auto(nn.Module):
    def __init__(self, n, k):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(n, 16), nn.ReLU(), nn.Linear(16, k))
        self.decoder = nn.Sequential(nn.Linear(k, 16), nn.ReLU(), nn.Linear(16, n))

    def encode(self, x):
        return self.encoder(x)

    def forward(self, x):
        return self.decoder(self.encode(x))


def make_autoencoder(n_samples=42, code=3):
    return Auto(n_samples, code)


# %% train
def train(model, x, y, x_val, y_val, n_epochs=20, random_seed=0):
    data = [(torch.tensor(a).float(), torch.tensor(b).long()) for a, b in ((x, y), (x_val, y_val))]
    w = torch.tensor(class_weights(np.asarray(y))).float()
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3, weight_decay=0)
    generator = torch.Generator().manual_seed(random_seed)
    history, best_f1 = dict(loss=[], val_f1=[], val_loss=[]), float("-inf")

    def mean_loss(logits, labels):
        each = F.cross_entropy(logits, labels, reduction="none") * w[labels]
        return each.sum() / len(labels)

    for epoch in range(n_epochs):
        model.train()
        total, order = 0.0, torch.randperm(len(y), generator=generator)
        for rows in order.split(50):
            loss = mean_loss(model(data[0][0][rows]), data[0][1][rows])
            loss.backward()
            optimizer.step()
            optimizer.zero_grad()
            total += loss.item() * len(rows)
        history["loss"].append(total / len(y))
        model.eval()
        with torch.no_grad():
            logits = torch.cat([model(part) for part in data[1][0].split(32)])
        history["val_loss"].append(mean_loss(logits, data[1][1]).item())
        history["val_f1"].append(macro_scores(np.asarray(y_val), logits.argmax(1).numpy())["f1"])
        if history["val_f1"][-1] >= best_f1:
            best_f1 = history["val_f1"][-1]
            best = {name: value.detach().clone() for name, value in model.state_dict().items()}
    model.load_state_dict(best)
    model.eval()
    return model, history
