"""The course on a JupyterHub; README.md says how to set one up."""
