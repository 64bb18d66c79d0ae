"""Who has a book in the kitchen, and what is asked of them. Passwords are kept as PBKDF2 hashes."""

import binascii
import hashlib
import hmac
import os

ROUNDS = 200000
MOST_NOTES = 20
LONGEST_NOTE = 200

# Name: salt and hash. The password of anna is nutmeg.
COOKS = {
    "anna": (
        "6b69746368656e2d73616c742d30303031",
        "32aa326c2c1d5301f44ed036727a8162e05ba1c3073ae5bc921a309de9bed596",
    ),
}


def _hash(password, salt):
    return binascii.hexlify(
        hashlib.pbkdf2_hmac("sha256", password.encode("utf-8"), binascii.unhexlify(salt), ROUNDS)
    ).decode("ascii")


def cook(name, password):
    """The cook of this name and password, or None. It takes as long for a name that nobody has."""
    salt, wanted = COOKS.get(name, ("00", "0" * 64))
    right = hmac.compare_digest(_hash(password, salt), wanted)
    return name if right and name in COOKS else None


def token():
    """A word that nobody can guess."""
    return binascii.hexlify(os.urandom(16)).decode("ascii")


def same(first, second):
    """Whether two words are the same, found out in a time that does not tell where they differ."""
    return hmac.compare_digest(first.encode("utf-8", "replace"), second.encode("utf-8", "replace"))
