"""What the labs share: data, figures, checks and reference solutions in their fast form."""
