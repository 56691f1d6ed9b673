"""An embedded AWS for demonstrations and tests, and the fleet that is shown on it.

Servers bind to the loopback interface only and end with the process that started them. This package
does not import boto3: it seeds the embedded AWS through the same calls as everything else.
"""
