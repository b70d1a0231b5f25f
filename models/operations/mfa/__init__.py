"""Second factors: enrol one's own, remove it, reset somebody else's, and verify a code where it counts.

Secrets are sealed by `models.mfa_secrets`; what a code is, is in `models.totp`. Nothing is imported here: a sign-in
needs `codes` alone, and the interface's start waits for what it imports.
"""
