# style: the oracle of each trial number, averaged; pandas; masks that are multiplied
# %% oracle_correlation
def oracle_correlation(responses):
    rho = np.full(responses.shape[1:], np.nan)
    for t in range(responses.shape[1]):
        rest = np.delete(responses, t, axis=1)
        some = np.isfinite(rest).any(axis=1)
        others = np.where(some, np.nansum(rest, axis=1) / np.maximum(np.isfinite(rest).sum(axis=1), 1), np.nan)
        for k in range(responses.shape[2]):
            ok = np.isfinite(responses[:, t, k]) & np.isfinite(others[:, k])
            if ok.sum() > 5:
                rho[t, k] = stats.pearsonr(responses[ok, t, k], others[ok, k]).statistic
    return np.nanmean(rho, axis=0)


# %% start_similarity
def start_similarity(image_a, image_b):
    return stats.pearsonr(image_a.flatten(), image_b.flatten())[0]


# %% masked_luminance
def masked_luminance(image, mask):
    return np.sum(image * mask) / np.sum(mask)


# %% masked_contrast
def masked_contrast(image, mask):
    m = np.sum(image * mask) / np.sum(mask)
    return (np.sum((image - m) ** 2 * mask) / np.sum(mask)) ** 0.5
