"""What holds for every test."""

pytest_plugins = ["pytester", "tests.support.fixtures", "tests.support.skips"]
