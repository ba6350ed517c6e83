"""What every test run shares: one hypothesis profile."""

from hypothesis import HealthCheck, settings

# One profile everywhere: failures are shrunk and printed, and no example is failed for being slow on a
# busy machine.
settings.register_profile(
    "numpy_ann", deadline=None, max_examples=50, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.load_profile("numpy_ann")
