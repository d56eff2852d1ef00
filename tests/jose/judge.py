"""Others' judgement of health cards, SD-JWTs and the WHO's certificate: JSON in, JSON out.

    judge.py icvp         {"text", "certificate"}           -> the token
    judge.py card         {"jws", "jwk"}                    -> {"header", "payload", "bundle"}
    judge.py read         {"text", "jwk", "aud", "nonce"}   -> the payload
    judge.py issue        {}                                -> {"text", "jwk", "aud", "nonce", "payload"}
    judge.py testcases F  {}                                -> [{"name", "text", "jwk", "payload"}]
"""

import json
import pathlib
import sys
import zlib

from jwcrypto.jwk import JWK
from jwcrypto.jws import JWS
from sd_jwt.common import SDObj
from sd_jwt.holder import SDJWTHolder
from sd_jwt.issuer import SDJWTIssuer
from sd_jwt.verifier import SDJWTVerifier


def card(asked):
    from fhir.resources.R4B.bundle import Bundle

    jws = JWS()
    jws.deserialize(asked["jws"])
    jws.verify(JWK(**asked["jwk"]), alg="ES256")
    payload = json.loads(zlib.decompress(jws.payload, wbits=-15))
    # Refuses members that FHIR does not know.
    bundle = Bundle.model_validate(payload["vc"]["credentialSubject"]["fhirBundle"])
    header = json.loads(jws.objects["protected"])
    key_id = JWK(**asked["jwk"]).thumbprint()
    return {
        "header": header,
        "key_id": key_id,
        "payload": payload,
        "bundle": json.loads(bundle.model_dump_json()),
    }


def unbase45(text):
    """RFC 9285."""
    letters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
    digits = [letters.index(letter) for letter in text]
    out = bytearray()
    for at in range(0, len(digits), 3):
        part = digits[at : at + 3]
        number = sum(digit * 45**power for power, digit in enumerate(part))
        out += number.to_bytes(len(part) - 1, "big")
    return bytes(out)


def icvp(asked):
    import cbor2
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec, utils
    from cryptography.hazmat.primitives.serialization import Encoding
    from cryptography.x509 import load_pem_x509_certificate

    assert asked["text"].startswith("HC1:")
    signed = cbor2.loads(zlib.decompress(unbase45(asked["text"][4:])))
    assert signed.tag == 18, "COSE_Sign1"
    protected, _, payload, signature = signed.value
    certificate = load_pem_x509_certificate(asked["certificate"].encode())
    digest = hashes.Hash(hashes.SHA256())
    digest.update(certificate.public_bytes(Encoding.DER))
    # ES256, and which key: the first eight bytes of the certificate's digest.
    assert cbor2.loads(protected) == {1: -7, 4: digest.finalize()[:8]}
    number = lambda part: int.from_bytes(part, "big")
    der = utils.encode_dss_signature(number(signature[:32]), number(signature[32:]))
    message = cbor2.dumps(["Signature1", protected, b"", payload])
    certificate.public_key().verify(der, message, ec.ECDSA(hashes.SHA256()))
    token = cbor2.loads(payload)
    token[7] = token[7].decode()
    return token


def read(asked):
    key = JWK(**asked["jwk"])
    verifier = SDJWTVerifier(
        asked["text"], lambda issuer, header: key, asked.get("aud"), asked.get("nonce")
    )
    return verifier.get_verified_payload()


def issued(claims, shown, holder, typ):
    key = JWK.generate(kty="EC", crv="P-256")
    issuer = SDJWTIssuer(
        claims, key, holder, add_decoy_claims=True, extra_header_parameters={"typ": typ}
    )
    presentation = SDJWTHolder(issuer.sd_jwt_issuance)
    asked = {"aud": "https://gate.example.org", "nonce": "n-1"} if holder else {}
    presentation.create_presentation(shown, asked.get("nonce"), asked.get("aud"), holder)
    text = presentation.sd_jwt_presentation
    jwk = key.export_public(as_dict=True)
    return {"text": text, "jwk": jwk, **asked, "payload": read({"text": text, "jwk": jwk, **asked})}


def issue(asked):
    claims = {
        "iss": "https://issuer.example.org",
        "iat": 1640000000,
        "exp": 4000000000,
        "vct": "urn:example:vaccination",
        "vaccinated": True,
        SDObj("name"): "सीता देवी",
        SDObj("birthdate"): "1980-02-03",
        SDObj("place"): {SDObj("city"): "Pune", "country": "IN"},
        "lots": [SDObj("A1"), SDObj("B2"), "C3"],
    }
    shown = {"name": True, "place": {"city": True}, "lots": [False, True, False]}
    return issued(claims, shown, JWK.generate(kty="EC", crv="P-256"), "dc+sd-jwt")


def testcases(asked, folder):
    from sd_jwt.utils.yaml_specification import load_yaml_specification

    cases = []
    for path in sorted(pathlib.Path(folder).glob("*/specification.yml")):
        case = load_yaml_specification(path)
        if case.get("serialization_format", "compact") != "compact":
            continue
        claims = {"iss": "https://issuer.example.org", **case["user_claims"]}
        holder = JWK.generate(kty="EC", crv="P-256") if case.get("key_binding") else None
        made = issued(claims, case["holder_disclosed_claims"], holder, "dc+sd-jwt")
        cases.append({"name": path.parent.name, **made})
    return cases


command, *rest = sys.argv[1:]
print(json.dumps(globals()[command](json.load(sys.stdin), *rest)))
