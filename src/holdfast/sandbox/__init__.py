"""An embedded AWS for demonstrations and tests, and the fleets that are shown on it.

Servers bind to the loopback interface only and end with the process that started them. This package does not
import botocore: it seeds the embedded AWS over plain HTTP, so that what is seeded does not depend on `holdfast.aws`.
"""
