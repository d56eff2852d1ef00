"""Our scanner and its peers on the same made-up documents: precision, recall, F1, speed, memory.

    python3 -m venv peers && peers/bin/pip install -r tests/scan/requirements.txt
    cargo build --release -p teeka -p corpus
    peers/bin/python tests/scan/peers.py --documents 2000 --fingerprint fingerprint.yml

Each peer reports what it can; a kind of data that it has no rule for is not held against it in the
column "F1 of its own kinds". Presidio runs with its Indian recognisers on and with a blank English
pipeline that has lower-case lemmas, because its usual model is in no package index: names and
addresses are therefore not asked of it. Kingfisher has no rules for people; it gets ours, which are
shapes without check digits or context. hawk-scanner downloads its rules: give it the file of its
repository with --fingerprint. A peer that is not installed is left out, and said to be.
"""

import argparse
import collections
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(sys.executable).parent
PRESIDIO = {
    "IN_AADHAAR": "aadhaar",
    "IN_PAN": "pan",
    "IN_VOTER": "epic",
    "IN_PASSPORT": "passport",
    "IN_VEHICLE_REGISTRATION": "vehicle",
    "PHONE_NUMBER": "mobile",
    "EMAIL_ADDRESS": "email",
}
HAWK = {"Email": "email", "Phone Number": "mobile", "Aadhar": "aadhaar", "PAN": "pan"}
KINGFISHER = {
    "aadhaar": r"\b([2-9][0-9]{3}[ -]?[0-9]{4}[ -]?[0-9]{4})\b",
    "pan": r"\b([A-Z]{3}[PH][A-Z][0-9]{4}[A-Z])\b",
    "mobile": r"\b((?:\+?91[ -]?|0)?[6-9][0-9]{4}[ -]?[0-9]{5})\b",
    "epic": r"\b([A-Z]{3}[0-9]{7})\b",
    "passport": r"\b([A-PR-WY][1-9][0-9]{6})\b",
    "vehicle": r"\b([A-Z]{2}[ -]?[0-9]{2}[ -]?[A-Z]{1,2}[ -]?[0-9]{4})\b",
    "email": r"\b([A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,})\b",
}


def presidio(folder, threshold):
    """In a process of its own: one line of JSON for each thing that Presidio finds."""
    import spacy
    from presidio_analyzer import AnalyzerEngine, RecognizerRegistry, predefined_recognizers
    from presidio_analyzer.nlp_engine import SpacyNlpEngine

    @spacy.Language.component("lower_lemmas")
    def lower_lemmas(document):
        for token in document:
            token.lemma_ = token.lower_
        return document

    class Blank(SpacyNlpEngine):
        def __init__(self):
            super().__init__(models=[{"lang_code": "en", "model_name": "blank"}])
            self.nlp = {"en": spacy.blank("en")}
            self.nlp["en"].add_pipe("lower_lemmas")
            self.nlp["en"].max_length = 10_000_000

        def load(self):
            pass

        def is_loaded(self):
            return True

    registry = RecognizerRegistry()
    for name in (
        "InAadhaarRecognizer",
        "InPanRecognizer",
        "InVoterRecognizer",
        "InPassportRecognizer",
        "InVehicleRegistrationRecognizer",
        "EmailRecognizer",
    ):
        registry.add_recognizer(getattr(predefined_recognizers, name)())
    registry.add_recognizer(predefined_recognizers.PhoneRecognizer(supported_regions=("IN",)))
    engine = AnalyzerEngine(
        registry=registry, nlp_engine=Blank(), supported_languages=["en"]
    )
    for path in sorted(folder.iterdir()):
        text = path.read_text()
        for one in engine.analyze(text, language="en", score_threshold=threshold):
            kind = PRESIDIO.get(one.entity_type)
            if kind:
                start = len(text[: one.start].encode())
                end = start + len(text[one.start : one.end].encode())
                print(json.dumps({"path": str(path), "type": kind, "start": start, "end": end}))


def measured(command, output):
    """Runs a command with its output in a file; gives its CPU seconds and its peak memory in MB."""
    with open(output, "wb") as out:
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
    if os.waitstatus_to_exitcode(status) not in (0, 1, 200):
        sys.exit(f"{command[0]} ended with {os.waitstatus_to_exitcode(status)}")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def places(path, text, value):
    """Every place of a value in a file, for tools that tell the value only."""
    at = text.find(value)
    while at >= 0:
        yield {"path": str(path), "start": at, "end": at + len(value)}
        at = text.find(value, at + 1)


def located(found, output):
    """Writes values of files as places."""
    by_path = collections.defaultdict(set)
    for path, kind, value in found:
        by_path[path].add((kind, value))
    with open(output, "w") as out:
        for path, values in by_path.items():
            text = pathlib.Path(path).read_bytes()
            for kind, value in values:
                for place in places(path, text, value.strip().encode()):
                    out.write(json.dumps({**place, "type": kind}) + "\n")


def teeka(args, folder, output):
    return measured([args.teeka, "scan", "--json", "--quiet", str(folder)], output)


def run_presidio(args, folder, output):
    script = [sys.executable, __file__, "--presidio", str(folder), str(args.threshold)]
    return measured(script, output)


def hawk(args, folder, output):
    raw = output.with_suffix(".raw")
    connection = output.with_suffix(".yml")
    connection.write_text(json.dumps({"sources": {"fs": {"corpus": {"path": str(folder)}}}}))
    cost = measured(
        [HERE / "hawk_scanner", "fs", "--connection", connection, "--fingerprint", args.fingerprint,
         "--json", raw, "--no-write", "--shutup", "--quiet"],
        output.with_suffix(".out"),
    )
    lines = json.loads(raw.read_text())["fs"]
    located(
        ((one["file_path"], HAWK[one["pattern_name"]], value)
         for one in lines if one["pattern_name"] in HAWK for value in one["matches"]),
        output,
    )
    return cost


def kingfisher(args, folder, output):
    raw = output.with_suffix(".raw")
    rules = output.with_suffix(".yml")
    rules.write_text(json.dumps({"rules": [
        {"name": kind, "id": f"people.{kind}", "pattern": pattern, "min_entropy": 0,
         "confidence": "medium"}
        for kind, pattern in KINGFISHER.items()
    ]}))
    cost = measured(
        [HERE / "kingfisher", "scan", folder, "--rules-path", rules, "--load-builtins", "false",
         "--no-validate", "--no-dedup", "--no-update-check", "--format", "jsonl"],
        raw,
    )
    found = []
    for line in raw.read_text().splitlines():
        one = json.loads(line) if line.startswith("{") else {}
        if "finding" in one:
            kind = one["rule"]["id"].removeprefix("people.")
            found.append((one["finding"]["path"], kind, one["finding"]["snippet"]))
    located(found, output)
    return cost


def score(args, corpus, found, kinds=()):
    command = [args.corpus, "score", "--json", corpus, found]
    command += ["--types", ",".join(kinds)] if kinds else []
    return json.loads(subprocess.check_output(command))


def main():
    if sys.argv[1:2] == ["--presidio"]:
        return presidio(pathlib.Path(sys.argv[2]), float(sys.argv[3]))
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--documents", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--threshold", type=float, default=0.35, help="Presidio's least score")
    parser.add_argument("--fingerprint", help="hawk-scanner's rules, fingerprint.yml")
    parser.add_argument("--teeka", default="target/release/teeka")
    parser.add_argument("--corpus", default="target/release/corpus")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        compare(args, pathlib.Path(scratch))


def compare(args, scratch):
    made = scratch / "made"
    numbers = ["--documents", str(args.documents), "--seed", str(args.seed)]
    subprocess.check_call([args.corpus, "make", *numbers, made])
    folder = made / "documents"
    megabytes = sum(path.stat().st_size for path in folder.iterdir()) / 1e6
    print(f"{args.documents} documents, {megabytes:.2f} MB, seed {args.seed}\n")
    ours = set(score(args, made, os.devnull)["types"])
    runs = [("teeka", teeka, ours, True)]
    runs.append(("presidio", run_presidio, PRESIDIO.values(), available("presidio_analyzer")))
    hawk_there = shutil.which("hawk_scanner", path=HERE) and args.fingerprint
    runs.append(("hawk-scanner", hawk, HAWK.values(), hawk_there))
    there = shutil.which("kingfisher", path=HERE)
    runs.append(("kingfisher", kingfisher, KINGFISHER, there))
    head = f"{'':<14}{'prec':>7}{'recall':>8}{'F1':>7}{'own F1':>8}{'MB/CPU-s':>10}{'peak MB':>9}"
    print(head + "  documents wrongly flagged, missed")
    shared = sorted(set(KINGFISHER))
    table = {}
    for name, run, kinds, there in runs:
        if not there:
            print(f"{name:<14} not installed, or without its rules: left out")
            continue
        found = scratch / f"{name}.jsonl"
        seconds, memory = run(args, folder, found)
        everything = score(args, made, found)
        own = score(args, made, found, sorted(kinds))
        table[name] = score(args, made, found, shared)
        line, flagged = everything["all"], everything["documents"]
        print(f"{name:<14}{line['precision']:7.3f}{line['recall']:8.3f}{line['f1']:7.3f}"
              f"{own['all']['f1']:8.3f}{megabytes / seconds:10.2f}{memory:9.0f}"
              f"  {flagged['wrong']}, {flagged['missed']}")
    print(f"\nF1 by kind{'':<8}" + "".join(f"{name:>14}" for name in table))
    for kind in shared:
        figures = (one["types"].get(kind, {}).get("f1", 0.0) for one in table.values())
        print(f"{kind:<18}" + "".join(f"{figure:>14.3f}" for figure in figures))
    print(f"\nF1 by document{'':<14}" + "".join(f"{name:>14}" for name in table))
    for sort in sorted(next(iter(table.values()))["sorts"]):
        figures = (one["sorts"][sort]["f1"] for one in table.values())
        print(f"{sort:<28}" + "".join(f"{figure:>14.3f}" for figure in figures))


def available(module):
    import importlib.util

    return importlib.util.find_spec(module) is not None


if __name__ == "__main__":
    main()
