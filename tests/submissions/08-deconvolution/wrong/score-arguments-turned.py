# breaks: score_templates
# carries: fit_deconvolution
# why: np.correlate is given the template first
# feedback: backwards
# %% score_templates
def score_templates(R, templates):
    def scores(W):
        return sum(np.correlate(w, r, "valid") for w, r in zip(W, R))

    return np.array([scores(W) for W in templates])
