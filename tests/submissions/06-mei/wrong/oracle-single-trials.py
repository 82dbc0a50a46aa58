# breaks: oracle_correlation
# why: correlates single trials with each other
# feedback: single trials
# %% oracle_correlation
def oracle_correlation(responses):
    result = []
    for r in np.moveaxis(responses, 2, 0):
        a, b = [], []
        for trials in r:
            trials = trials[~np.isnan(trials)]
            for i in range(len(trials)):
                for j in range(len(trials)):
                    if i != j:
                        a.append(trials[i])
                        b.append(trials[j])
        result.append(np.corrcoef(a, b)[0, 1])
    return np.array(result)
