"""Projects that use Aerich, as test data: `build.py` makes three of them, `shadow` has our names."""
