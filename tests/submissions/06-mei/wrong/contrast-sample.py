# breaks: masked_contrast
# why: the sample standard deviation
# feedback: ddof=1
# %% masked_contrast
def masked_contrast(image, mask):
    return image[mask].std(ddof=1)
