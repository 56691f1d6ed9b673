"""Read `holdfast.yaml` into the model, with file and line for every mistake.

Only this package knows YAML. It reads the one file that it is given, reports all mistakes at once
and never asks the cloud whether a declared thing exists.
"""
