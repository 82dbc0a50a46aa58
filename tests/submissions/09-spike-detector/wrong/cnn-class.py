# breaks: make_cnn
# why: returns the class, not a network
# feedback: made and ready
# %% make_cnn
class Net(nn.Module):
    def forward(self, x):
        return x


def make_cnn(n_samples=42):
    return Net
