"""The configuration: read once, frozen, merged by copy."""
