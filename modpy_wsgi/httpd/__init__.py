"""The server's own share of each phase: what httpd does for a request besides calling Python handlers."""
