# breaks: extract_waveforms
# why: shorter windows at the ends cannot be stacked
# feedback: raised | drop
# %% extract_waveforms
def extract_waveforms(x, s):
    x = np.asarray(x)
    return np.array([x[max(i - 10, 0) : i + 20] for i in s])
