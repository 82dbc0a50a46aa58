# breaks: contamination
# why: looks only at whether there are spikes
# feedback: each of the close pairs has lost a spike
# %% contamination
def contamination(t, tau, duration):
    return 1.0 if len(t) > 1 else 0.0
