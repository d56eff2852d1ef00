"""An independent judgement of a log and its leaves, written from the specifications (RFC 6962,
signed-note, tlog-checkpoint, tlog-tiles, tlog-cosignature, tlog-witness): JSON in, JSON out.

    judge.py log       {"dir", "keys", "sizes"}             -> {"size", "root", "roots", "times"}
    judge.py proofs    {"dir", "keys", "inclusion", "consistency"} -> the same, proven
    judge.py openings  {"openings"}                         -> [{"leaf", "fields"}]
    judge.py build     {"dir", "name", "size", "older"}     -> {"key", "witness", "older"}
    judge.py witness   {"body", "key", "old"}               -> {"line", "key"}
    judge.py whole     {"list", "key"}                      -> {"number", "newer", "size"}
"""

import base64
import hashlib
import hmac
import json
import pathlib
import sys

from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

DASH = "\u2014 "


def sha(data):
    return hashlib.sha256(data).digest()


def b64(data):
    return base64.b64encode(data).decode()


def unb64(text):
    return base64.b64decode(text, validate=True)


# RFC 6962, section 2.1, as it is written there: recursion over lists of leaf hashes.


def split(count):
    k = 1
    while k * 2 < count:
        k *= 2
    return k


def mth(hashes):
    if not hashes:
        return sha(b"")
    if len(hashes) == 1:
        return hashes[0]
    k = split(len(hashes))
    return sha(b"\x01" + mth(hashes[:k]) + mth(hashes[k:]))


def path(m, hashes):
    if len(hashes) == 1:
        return []
    k = split(len(hashes))
    if m < k:
        return path(m, hashes[:k]) + [mth(hashes[k:])]
    return path(m - k, hashes[k:]) + [mth(hashes[:k])]


def subproof(m, hashes, whole):
    if m == len(hashes):
        return [] if whole else [mth(hashes)]
    k = split(len(hashes))
    if m <= k:
        return subproof(m, hashes[:k], whole) + [mth(hashes[k:])]
    return subproof(m - k, hashes[k:], False) + [mth(hashes[:k])]


# signed-note and tlog-cosignature.


def key_id(name, kind, public):
    return sha(name.encode() + b"\n" + bytes([kind]) + public)[:4]


def read_key(text):
    name, number, key = text.split("+", 2)
    key = unb64(key)
    kind, public = key[0], key[1:]
    assert key_id(name, kind, public).hex() == number, "the id of a key"
    return name, kind, public


def write_key(name, kind, private):
    public = private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return f"{name}+{key_id(name, kind, public).hex()}+{b64(bytes([kind]) + public)}"


def sign(text, name, kind, private, at=None):
    public = private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    signed = key_id(name, kind, public)
    if kind == 4:
        signed += at.to_bytes(8, "big")
        signed += private.sign(f"cosignature/v1\ntime {at}\n{text}".encode())
    else:
        signed += private.sign(text.encode())
    return f"{DASH}{name} {b64(signed)}\n"


def open_note(note, keys):
    """The text, and for each key that signed its time or None."""
    text, lines = note.decode().rsplit("\n\n", 1)
    text += "\n"
    assert lines.endswith("\n")
    times = {}
    for line in lines.splitlines():
        assert line.startswith(DASH)
        name, signature = line.removeprefix(DASH).split(" ")
        signature = unb64(signature)
        for key in keys:
            known, kind, public = read_key(key)
            if (known, key_id(known, kind, public)) != (name, signature[:4]):
                continue
            at, message = None, text
            rest = signature[4:]
            if kind == 4:
                at, rest = int.from_bytes(rest[:8], "big"), rest[8:]
                message = f"cosignature/v1\ntime {at}\n{text}"
            Ed25519PublicKey.from_public_bytes(public).verify(rest, message.encode())
            times[key] = at
    assert times, "no known key signed"
    return text, times


def read_checkpoint(text):
    origin, size, root, *more = text.rstrip("\n").split("\n")
    assert not more and str(int(size)) == size
    return origin, int(size), unb64(root)


# tlog-tiles.


def tile_path(kind, index, width):
    groups = [f"{index % 1000:03}"]
    while index >= 1000:
        index //= 1000
        groups.insert(0, f"x{index % 1000:03}")
    suffix = "" if width == 256 else f".p/{width}"
    return f"tile/{kind}/{'/'.join(groups)}{suffix}"


def tiles(count):
    return [(i, min(256, count - i * 256)) for i in range((count + 255) // 256)]


def levels(hashes):
    """What each level's tiles hold, from the leaves up."""
    rows = [hashes]
    while len(rows[-1]) >= 256:
        row = rows[-1]
        full = len(row) // 256
        rows.append([mth(row[i * 256 : i * 256 + 256]) for i in range(full)])
    return rows


def read_entries(folder, size):
    entries = []
    for index, width in tiles(size):
        data, start = (folder / tile_path("entries", index, width)).read_bytes(), len(entries)
        while data:
            length = int.from_bytes(data[:2], "big")
            assert len(data) >= 2 + length
            entries.append(data[2 : 2 + length])
            data = data[2 + length :]
        assert len(entries) == start + width
    return entries


def read_log(folder, keys):
    folder = pathlib.Path(folder)
    text, times = open_note((folder / "checkpoint").read_bytes(), keys)
    origin, size, root = read_checkpoint(text)
    assert read_key(keys[0])[0] == origin and keys[0] in times
    hashes = [sha(b"\x00" + entry) for entry in read_entries(folder, size)]
    assert mth(hashes) == root, "the entries lead to the root"
    for level, row in enumerate(levels(hashes)):
        for index, width in tiles(len(row)):
            tile = (folder / tile_path(level, index, width)).read_bytes()
            assert tile == b"".join(row[index * 256 : index * 256 + width])
    return size, root, hashes, times


def judge_log(asked):
    size, root, hashes, times = read_log(asked["dir"], asked["keys"])
    roots = [b64(mth(hashes[:count])) for count in asked["sizes"]]
    return {"size": size, "root": b64(root), "roots": roots, "times": times}


def judge_proofs(asked):
    _, _, hashes, _ = read_log(asked["dir"], asked["keys"])
    return {
        "inclusion": [
            [b64(node) for node in path(index, hashes[:size])] for index, size in asked["inclusion"]
        ],
        "consistency": [
            [b64(node) for node in subproof(old, hashes[:new], True)]
            for old, new in asked["consistency"]
        ],
    }


def judge_openings(asked):
    """The leaf that each opening commits to, and the fields of its entry."""
    told = []
    for opening in asked["openings"]:
        opening = bytes.fromhex(opening)
        salt, entry = opening[:32], opening[32:]
        commitment = hmac.new(salt, b"teeka/entry/v1\0" + entry, "sha256").digest()
        fields = []
        while entry:
            length = int.from_bytes(entry[:2], "big")
            fields.append(entry[2 : 2 + length].hex())
            entry = entry[2 + length :]
        told.append({"leaf": (b"\x01" + commitment).hex(), "fields": fields})
    return told


def judge_build(asked):
    """A log of our own, with a cosigned checkpoint, and an older checkpoint of it."""
    folder, name = pathlib.Path(asked["dir"]), asked["name"]
    log, witness = (Ed25519PrivateKey.from_private_bytes(bytes([n]) * 32) for n in (5, 6))
    entries = [f"entry {number}".encode() for number in range(asked["size"])]
    hashes = [sha(b"\x00" + entry) for entry in entries]

    def write(kind, index, width, data):
        file = folder / tile_path(kind, index, width)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)

    for level, row in enumerate(levels(hashes)):
        for index, width in tiles(len(row)):
            write(level, index, width, b"".join(row[index * 256 : index * 256 + width]))
    for index, width in tiles(len(entries)):
        these = entries[index * 256 : index * 256 + width]
        write(
            "entries", index, width, b"".join(len(e).to_bytes(2, "big") + e for e in these)
        )

    def checkpoint(size):
        text = f"{name}\n{size}\n{b64(mth(hashes[:size]))}\n"
        lines = sign(text, name, 1, log) + sign(text, "w.example", 4, witness, 1_700_000_000 + size)
        return f"{text}\n{lines}"

    (folder / "checkpoint").write_text(checkpoint(asked["size"]))
    return {
        "key": write_key(name, 1, log),
        "witness": write_key("w.example", 4, witness),
        "older": checkpoint(asked["older"]),
    }


def judge_witness(asked):
    """What a witness answers that stands at an older checkpoint; by the proof as RFC 9162 checks it."""
    head, checkpoint = asked["body"].encode().split(b"\n\n", 1)
    old, *proof = head.decode().split("\n")
    old, proof = int(old.removeprefix("old ")), [unb64(line) for line in proof]
    text, _ = open_note(checkpoint, [asked["key"]])
    _, size, root = read_checkpoint(text)
    _, old_size, old_root = read_checkpoint(asked["old"])
    assert old == old_size
    fn, sn = old - 1, size - 1
    if old & (old - 1) == 0:
        proof = [old_root] + proof
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    fr = sr = proof[0]
    for c in proof[1:]:
        assert sn != 0
        if fn & 1 or fn == sn:
            fr, sr = sha(b"\x01" + c + fr), sha(b"\x01" + c + sr)
            while not fn & 1 and fn != 0:
                fn, sn = fn >> 1, sn >> 1
        else:
            sr = sha(b"\x01" + sr + c)
        fn, sn = fn >> 1, sn >> 1
    assert (fr, sr, sn) == (old_root, root, 0), "the proof holds"
    witness = Ed25519PrivateKey.from_private_bytes(bytes([6]) * 32)
    line = sign(text, "w.example", 4, witness, 1_700_000_000)
    return {"line": line, "key": write_key("w.example", 4, witness)}


def entry_fields(entry):
    fields = []
    while entry:
        length = int.from_bytes(entry[:2], "big")
        assert len(entry) >= 2 + length
        fields.append(entry[2 : 2 + length])
        entry = entry[2 + length :]
    return fields


def commitment_of(opening):
    return hmac.new(opening[:32], b"teeka/entry/v1\0" + opening[32:], "sha256").digest()


def included(leaf, index, size, proof, root):
    """RFC 9162, section 2.1.3.2."""
    assert index < size
    fn, sn, r = index, size - 1, sha(b"\x00" + leaf)
    for p in proof:
        assert sn != 0
        if fn & 1 or fn == sn:
            r = sha(b"\x01" + p + r)
            while not fn & 1 and fn != 0:
                fn, sn = fn >> 1, sn >> 1
        else:
            r = sha(b"\x01" + r + p)
        fn, sn = fn >> 1, sn >> 1
    assert sn == 0 and r == root, "it is in the log"


def judge_whole(asked):
    """Whether a saved list of accesses is whole, as docs/ledger.md describes it."""
    told = json.loads(asked["list"])
    proof, checkpoint = told["said"].split("\n\n", 1)
    kind, extra, index, *hashes = proof.split("\n")
    assert kind == "c2sp.org/tlog-proof@v1"
    opening, index = unb64(extra.removeprefix("extra ")), int(index.removeprefix("index "))
    text, _ = open_note(checkpoint.encode(), [asked["key"]])
    _, tree, root = read_checkpoint(text)
    leaf = b"\x01" + commitment_of(opening)
    included(leaf, index, tree, [unb64(line) for line in hashes], root)
    tag, act, _, _, _, _, _, _, _, purpose, *said = entry_fields(opening[32:])
    assert (tag, act, purpose) == (b"teeka/entry/v1", b"\x02", b"chain-heads")
    said = dict(field.decode().split(" ", 1) for field in said)
    size = int(said["size"])
    assert size <= index, "it is of leaves before it"
    # From the end of the list up to the root of the map.
    key, number, last = unb64(told["key"]), told["number"], unb64(told["last"])
    at, total = sha(b"\x00" + key + number.to_bytes(8, "big") + last), number
    for depth in reversed(range(len(told["path"]))):
        beside = told["path"][depth]
        mine = at + total.to_bytes(8, "big")
        other = unb64(beside["hash"]) + beside["sum"].to_bytes(8, "big")
        right = key[depth // 8] & (0x80 >> (depth % 8))
        at = sha(b"\x01" + (other + mine if right else mine + other))
        total += beside["sum"]
    assert at == unb64(said["root"]), "the list ends where the map says"
    assert total == size, "all lists are as long as the log"
    # The list itself.
    before, expected, person, ends = None, None, None, {}
    for entry in (unb64(one) for one in told["entries"]):
        _, _, whose, count, previous, *_ = entry_fields(entry[32:])
        count = int.from_bytes(count, "big")
        if expected is not None:
            assert (whose, count, previous) == (person, expected, before), "none is left out"
        person, expected, before = whose, count + 1, commitment_of(entry)
        ends[count] = before
    assert ends[number] == last, "the list is the one of the map"
    return {"number": number, "newer": max(ends) - number, "size": size}


if __name__ == "__main__":
    judges = {
        "log": judge_log,
        "proofs": judge_proofs,
        "openings": judge_openings,
        "build": judge_build,
        "witness": judge_witness,
        "whole": judge_whole,
    }
    json.dump(judges[sys.argv[1]](json.load(sys.stdin)), sys.stdout)
