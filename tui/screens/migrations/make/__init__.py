"""A migration of what changed in the models."""
