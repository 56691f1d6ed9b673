"""What holds for every test."""

from hypothesis import HealthCheck, settings

pytest_plugins = ["pytester", "tests.support.fixtures", "tests.support.skips"]

# No test asserts a time, those of hypothesis neither: how fast this machine is now says nothing of the code.
settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")
