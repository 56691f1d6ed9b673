"""Results as text, JSON, Markdown and the other report formats.

Everything in here is pure: it takes a result and returns text. It prints nothing, decides nothing and
leaves nothing out that a result says.
"""
