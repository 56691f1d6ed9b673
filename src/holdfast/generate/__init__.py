"""Values → text: backend files, setup modules, policies, CI jobs, pages. Pure.

A generator takes what `core` knows and returns text or `GeneratedFile`s; `app/generated_files.py` compares
them with the disk and writes them.
"""
