"""Find backends in a tree of files, read them, and edit them in place.

Only this package knows the HCL parser. It never runs code, never follows a link out of the tree and
never guesses a value that the files do not state.
"""
