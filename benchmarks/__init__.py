"""What design promises in figures, measured with a floor in the same run; `make bench` prints a table and JSON.

Each measurement runs on a private installation in a temporary folder, on loopback, started by `liengia up` as a
user would start it.
"""
