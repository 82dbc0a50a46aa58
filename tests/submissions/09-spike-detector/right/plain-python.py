# style: loops and lists; deeper networks; labels by size
# %% class_weights
def class_weights(y):
    ones = sum(int(label) for label in y)
    return [len(y) / (2 * (len(y) - ones)), len(y) / (2 * ones)]


# %% macro_scores
def macro_scores(y, predicted):
    table = [[0, 0], [0, 0]]
    for a, b in zip(y, predicted):
        table[int(a)][int(b)] += 1
    total = {"precision": 0.0, "recall": 0.0, "f1": 0.0}
    for c in range(2):
        hits = table[c][c]
        called, true = table[0][c] + table[1][c], sum(table[c])
        p = hits / called if called else 0.0
        r = hits / true if true else 0.0
        total["precision"] += p / 2
        total["recall"] += r / 2
        if p + r > 0:
            total["f1"] += p * r / (p + r)
    total["accuracy"] = (table[0][0] + table[1][1]) / len(y)
    return total


# %% make_cnn
class Cnn(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv1d(1, 16, 7)
        self.conv2 = nn.Conv1d(16, 32, 5)
        self.out = nn.Linear(32, 2)

    def forward(self, x):
        x = F.relu(self.conv1(x))
        x = F.relu(self.conv2(x))
        return self.out(x.amax(dim=2))


def make_cnn(n_samples=42):
    return Cnn()


# %% make_gru
class Both(nn.Module):
    def __init__(self):
        super().__init__()
        self.gru = nn.GRU(1, 24, num_layers=2, bidirectional=True, batch_first=True)
        self.out = nn.Linear(48, 2)

    def forward(self, x):
        states, _ = self.gru(x.permute(0, 2, 1))
        return self.out(states.mean(dim=1))


def make_gru(n_samples=42):
    return Both()


# %% make_autoencoder
class Auto(nn.Module):
    def __init__(self, n, k):
        super().__init__()
        self.a, self.b, self.c = nn.Linear(n, 24), nn.Linear(24, 12), nn.Linear(12, k)
        self.d, self.e, self.f = nn.Linear(k, 12), nn.Linear(12, 24), nn.Linear(24, n)

    def encode(self, x):
        return self.c(torch.relu(self.b(torch.relu(self.a(x)))))

    def forward(self, x):
        z = self.encode(x)
        return self.f(torch.relu(self.e(torch.relu(self.d(z)))))


def make_autoencoder(n_samples=42, code=3):
    return Auto(n_samples, code)


# %% cluster_embedding
def cluster_embedding(codes, eps, min_samples):
    z = np.array(codes, dtype=float)
    for j in range(z.shape[1]):
        z[:, j] = (z[:, j] - np.mean(z[:, j])) / np.std(z[:, j])
    near = [np.flatnonzero(((z - point) ** 2).sum(axis=1) <= eps**2) for point in z]
    core = [len(neighbours) >= min_samples for neighbours in near]
    labels, name = np.full(len(z), -1), 0
    for i in range(len(z)):
        if not core[i] or labels[i] >= 0:
            continue
        todo = [i]
        while todo:
            k = todo.pop()
            if labels[k] >= 0:
                continue
            labels[k] = name
            if core[k]:
                todo.extend(near[k])
        name += 1
    return labels
