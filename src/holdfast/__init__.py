"""Holdfast sets up, audits, locks, repairs and migrates Terraform and OpenTofu state backends.

This module is the public library. It holds names only and runs nothing when it is imported.
"""

__version__ = "0.1.0"
