# breaks: compare_on_truth
# why: returns who wins, not how many
# feedback: n_wins
# %% compare_on_truth
def compare_on_truth(respond, meis, gabors):
    r_mei, r_gabor = np.diag(respond(meis)), np.diag(respond(gabors))
    return r_mei, r_gabor, r_mei > r_gabor
