"""The compiled parts. Law: bytes and str in, objects out; nothing here knows a request or a configuration."""
