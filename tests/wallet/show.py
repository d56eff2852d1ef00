"""Shows a credential and verifies what is shown, by the reference implementation of SD-JWT.

Reads {"credential", "holder", "keys", "shown"} and prints what a verifier then knows. The key is the
one among the issuer's that the credential names.
"""

import json
import sys

from jwcrypto.jwk import JWK
from sd_jwt.holder import SDJWTHolder
from sd_jwt.verifier import SDJWTVerifier

ASKED = ("gate-1", "https://gate.example")

asked = json.load(sys.stdin)
holder = SDJWTHolder(asked["credential"])
shown = {name: True for name in asked["shown"]}
holder.create_presentation(shown, *ASKED, JWK(**asked["holder"]))


def key(issuer, header):
    (named,) = [key for key in asked["keys"]["jwks"]["keys"] if key["kid"] == header["kid"]]
    assert issuer == asked["keys"]["issuer"]
    return JWK(**named)


verifier = SDJWTVerifier(holder.sd_jwt_presentation, key, ASKED[1], ASKED[0])
print(json.dumps(verifier.get_verified_payload()))
