"""The ways on after a run that was cut off."""
