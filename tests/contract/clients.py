"""Calls every method of the PyPI packages `cowin-async` and `cowin`, unmodified, and prints one JSON
line for each with what it saw."""

import asyncio
import json
import os
import sys
import tempfile
import time

date, district, pincode, mobile, messages, reference = sys.argv[1:7]

# `cowin` picks a browser's name from a list that its helper keeps in a file of its own; without
# the file the helper would ask the internet for the list.
name = os.path.join(tempfile.gettempdir(), "fake_useragent_0.1.11.json")
with open(name, "w") as file:
    json.dump({"browsers": {"chrome": ["Mozilla/5.0"]}, "randomize": {"0": "chrome"}}, file)


def show(client, call, value):
    print(json.dumps({"client": client, "call": call, "value": value}))


def code(seen):
    for _ in range(200):
        with open(messages) as file:
            lines = file.read().splitlines()[seen:]
        for line in lines:
            message = json.loads(line)
            if message["kind"] == "otp" and message["to"].endswith(mobile):
                return message["text"].split("CoWIN is ")[1][:6]
        time.sleep(0.05)
    raise SystemExit("no one-time password came")


def seen():
    with open(messages) as file:
        return len(file.read().splitlines())


def main():
    from cowin import AsyncCowin, Cowin
    from cowin_api import CoWinAPI

    client = Cowin()
    show("cowin-async", "get_states", client.get_states())
    show("cowin-async", "get_states hi", client.get_states(language="hi_IN"))
    show("cowin-async", "get_districts", client.get_districts(21))
    show("cowin-async", "sessions", client.get_available_sessions_by_pincode(pincode, date))
    before = seen()
    transaction = client.get_otp(mobile)
    token = client.confirm_otp(transaction["txnId"], code(before))
    show("cowin-async", "confirm_otp", token)
    certificate = client.get_certificate(token["token"], reference)
    show("cowin-async", "get_certificate", len(certificate))

    async def again():
        client = AsyncCowin()
        show("cowin-async", "async get_states", await client.get_states())
        show("cowin-async", "async get_districts", await client.get_districts(21))
        sessions = await client.get_available_sessions_by_pincode(pincode, date)
        show("cowin-async", "async sessions", sessions)
        before = seen()
        transaction = await client.get_otp(mobile)
        token = await client.confirm_otp(transaction["txnId"], code(before))
        certificate = await client.get_certificate(token["token"], reference)
        show("cowin-async", "async get_certificate", len(certificate))

    asyncio.run(again())

    other = CoWinAPI()
    show("cowin", "get_states", other.get_states())
    show("cowin", "get_districts", other.get_districts("21"))
    show("cowin", "district", other.get_availability_by_district(district, date))
    show("cowin", "pincode", other.get_availability_by_pincode([pincode], date))
    base = other.get_availability_by_base("pincode", pincode, date, None)
    show("cowin", "base", base)
    show("cowin", "age", other.get_availability_by_district(district, date, 45))


main()
