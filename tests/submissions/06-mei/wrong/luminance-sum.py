# breaks: masked_luminance
# why: the sum
# feedback: sum
# %% masked_luminance
def masked_luminance(image, mask):
    return image[mask].sum()
