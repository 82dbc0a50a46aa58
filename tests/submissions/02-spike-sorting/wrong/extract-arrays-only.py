# breaks: extract_waveforms
# why: x[i − 10 : i + 20, :] does not work with a DataFrame
# feedback: raised
# %% extract_waveforms
def extract_waveforms(x, s):
    return np.array([x[i - 10 : i + 20, :] for i in s if i >= 10 and i + 20 <= len(x)])
