# breaks: score_templates
# why: all products are kept before they are added up
# feedback: memory
# %% score_templates
def score_templates(R, templates):
    D = templates.shape[2]
    windows = np.lib.stride_tricks.sliding_window_view(R, D, axis=1)  # (N, T - D + 1, D)
    return (windows[None] * templates[:, :, None]).sum(axis=(1, 3))
