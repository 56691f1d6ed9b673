"""The audit rules, one file each. The folder is the registry.

A rule is pure. It reads facts and yields hits together with the steps that would fix them; it never
learns the time, never asks AWS and never sees a fact that could not be read. Rules do not import
each other.
"""
