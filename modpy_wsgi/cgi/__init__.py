"""CGI: programs in any language that answer requests (RFC 3875), and the Action and Script that lead to them."""
