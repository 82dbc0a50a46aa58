"""What an instructor runs: releasing labs, collecting submissions, grading, feedback and reports."""
