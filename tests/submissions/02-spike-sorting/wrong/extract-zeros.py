# breaks: extract_waveforms
# why: rows of zeros for spikes at the ends
# feedback: drop
# %% extract_waveforms
def extract_waveforms(x, s):
    x = np.asarray(x)
    w = np.zeros((len(s), 30, x.shape[1]))
    for i, spike in enumerate(s):
        if spike - 10 >= 0 and spike + 20 <= len(x):
            w[i] = x[spike - 10 : spike + 20]
    return w
