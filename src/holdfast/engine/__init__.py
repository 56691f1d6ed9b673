"""The user's Terraform or OpenTofu: its version, what it can do, and what a root is bound to.

This package runs the engine and reads `.terraform`. It does not interpret HCL, does not talk to AWS
and does not change a working directory unless the caller asks for that very change.
"""
