"""The command line, one file per command.

A command is options, one call into `app` and one print. Only this package writes to a terminal,
asks questions, and turns errors into words and exit codes.
"""
