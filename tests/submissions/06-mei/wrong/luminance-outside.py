# breaks: masked_luminance
# why: the mean outside
# feedback: outside the mask
# %% masked_luminance
def masked_luminance(image, mask):
    return image[~mask].mean()
