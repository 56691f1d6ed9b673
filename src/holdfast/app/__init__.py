"""The verbs of Holdfast, one file each.

A verb joins the pure decisions of `core` and `rules` with the edges in `hcl`, `aws`, `engine` and
`declaration`. It returns values and yields progress; it never prints, never asks and never exits.
"""
