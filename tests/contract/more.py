"""Calls every method of one more PyPI package, unmodified, and prints one JSON line for each with what
it saw. Several packages install a module of the same name, so each has a folder and a run of its own.
Arguments: package, date, district, PIN code, mobile, messages file, API key."""

import asyncio
import hashlib
import importlib
import json
import os
import sys
import tempfile
import time
import types
import typing

package, date, district, pincode, mobile, messages, key = sys.argv[1:8]

# `fake_useragent` picks a browser's name from a list that it keeps in a file of its own; without the
# file it would ask the internet for the list.
with open(os.path.join(tempfile.gettempdir(), "fake_useragent_0.1.11.json"), "w") as file:
    json.dump({"browsers": {"chrome": ["Mozilla/5.0"]}, "randomize": {"0": "chrome"}}, file)


def show(call, value):
    print(json.dumps({"client": package, "call": call, "value": value}))


def messages_sent():
    try:
        with open(messages) as file:
            return file.read().splitlines()
    except FileNotFoundError:
        return []


def code(seen):
    for _ in range(200):
        for line in messages_sent()[seen:]:
            message = json.loads(line)
            if message["kind"] == "otp" and message["to"].endswith(mobile):
                return message["text"].split("CoWIN is ")[1][:6]
        time.sleep(0.05)
    raise SystemExit("no one-time password came")


def cowinpy():
    from cowinPy import cowinApis

    show("getStates", cowinApis.getStates())
    show("getDistricts", cowinApis.getDistricts(21))


def cowin_vaccine_api():
    from cowin import CoWinAPI

    client = CoWinAPI()
    show("get_states", client.get_states())
    show("get_districts", client.get_districts("21"))
    # It writes the year in two digits.
    short = date[:6] + date[8:]
    show("get_availability_by_district", client.get_availability_by_district(district, short))
    show("get_availability_by_pincode", client.get_availability_by_pincode(pincode, short))
    show("get_availability_by_pincode_week", client.get_availability_by_pincode_week(pincode, short))
    # The address of this one was misspelt in the package: Co-WIN did not have it either.
    missing = client.get_availability_by_district_week(district, short)
    show("get_availability_by_district_week", missing.response.status_code)


def cowincli():
    from cowincli import main

    # The date is its own: today, the year in two digits.
    url = "https://cdn-api.co-vin.in/api/v2/appointment/sessions/public/calendarByPin"
    show("today", main.today())
    show("get_centers", main.get_centers(f"{url}?pincode={pincode}&date={main.today()}"))


def cowin_api():
    """Generated from the specification of the partners' calls: it sends numbers as floats and null
    for what is not given, and reads every answer into a typed model."""
    # The published package uses a name that its models do not import, so it cannot even be loaded. Its
    # files stay as they are; the name is there before they look for it.
    stub = types.ModuleType("cowin_api")
    stub.__path__ = [os.path.join(folder, "cowin_api") for folder in sys.path]
    sys.modules["cowin_api"] = stub
    importlib.import_module("cowin_api.models").IO = typing.Any
    del sys.modules["cowin_api"]

    from cowin_api import models as m
    from cowin_api.api_client import ApiClient, AsyncApis
    from cowin_api.exceptions import UnexpectedResponse

    m.InlineResponse2002.update_forward_refs()
    m.InlineResponse2003.update_forward_refs()
    m.InlineResponse2005.update_forward_refs()
    m.InlineResponse2006.update_forward_refs()
    m.SessionCalendarEntrySchema.update_forward_refs()

    async def refused(awaitable):
        """The status of an answer that the generated client has no type for."""
        try:
            return await awaitable
        except UnexpectedResponse as answer:
            return answer.status_code

    async def run():
        headers = {"x-api-key": key}

        async def sign(request, call_next):
            request.headers.update(headers)
            return await call_next(request)

        client = ApiClient(host="https://cdn-api.co-vin.in/api")
        client.add_middleware(sign)
        apis = AsyncApis(client)
        meta = apis.metadata_ap_is_api
        show("states", len((await meta.states()).states))
        hindi = (await meta.states(accept_language="hi_IN")).states
        show("states hi", [state.state_name_l for state in hindi if state.state_name == "Delhi"])
        show("districts", len((await meta.districts("21")).districts))
        show("genders", [gender.gender for gender in (await meta.genders()).genders])
        show("id_types", len((await meta.id_types()).types))
        show("find_by_lat_long", await meta.find_by_lat_long(28.72, 77.14))

        seen = len(messages_sent())
        auth = apis.authentication_ap_is_api
        sent = await auth.generate_otp(m.InlineObject2(mobile=mobile))
        digest = hashlib.sha256(code(seen).encode()).hexdigest()
        token = await auth.confirm_otp(m.InlineObject3(otp=digest, txnId=sent.txn_id))
        show("confirm_otp", [token.token.count("."), token.is_new_account])
        headers["Authorization"] = f"Bearer {token.token}"

        registration = apis.beneficiary_registration_ap_is_api
        person = {
            "name": "Asha Demo", "birth_year": "1970", "gender_id": 2, "photo_id_type": 1,
            "photo_id_number": "800000000801", "comorbidity_ind": "N", "consent_version": "1",
        }
        new = registration.beneficiary_registration_for_partner_applications
        reference = (await new(m.InlineObject4(**person))).beneficiary_reference_id
        show("new", reference)

        appointments = apis.vaccination_appointment_ap_is_api
        centers = [
            m.SessionCalendarEntrySchema(**center)
            for center in (await appointments.calendar_by_district(district, date))["centers"]
        ]
        show("calendar_by_district", len(centers))
        by_pin = (await appointments.calendar_by_pin(pincode, date, vaccine="COVISHIELD"))["centers"]
        show("calendar_by_pin", sorted({s["vaccine"] for c in by_pin for s in c["sessions"]}))
        found = (await appointments.find_by_pin(pincode, date))["sessions"]
        show("find_by_pin", [m.SessionResponseSchema(**session).fee for session in found])
        found = (await appointments.find_by_district(district, date))["sessions"]
        sessions = [m.SessionResponseSchema(**session) for session in found]
        show("find_by_district", len(sessions))

        chosen = sessions[0]
        wish = {"session_id": chosen.session_id, "slot": chosen.slots[0], "beneficiaries": [reference]}
        booked = await appointments.schedule(m.InlineObject6(**wish))
        show("schedule", sorted(booked))
        appointment = booked["appointment_confirmation_no"]
        move = {"appointment_id": appointment, "session_id": chosen.session_id, "slot": chosen.slots[-1]}
        moved = await refused(appointments.reschedule_appointment(m.InlineObject7(**move)))
        show("reschedule_appointment", moved)
        people = (await appointments.beneficiaries())["beneficiaries"]
        # The model of a person knows no vaccine but the first two; before the first dose the wire
        # had an empty text there, which its own type refuses.
        typed = [m.BenefeiciaryResponseSchema(**{**one, "vaccine": "COVISHIELD"}) for one in people]
        show("beneficiaries", [one.appointments[0].slot for one in typed])
        show("slots", chosen.slots)
        cancel = {"appointment_id": appointment, "beneficiariesToCancel": [reference]}
        cancelled = await refused(appointments.cancel_appointment(m.InlineObject8(**cancel)))
        show("cancel_appointment", cancelled)
        gone = m.InlineObject5(beneficiary_reference_id=reference)
        show("delete_beneficiary", await refused(registration.delete_beneficiary(gone)))

        public = apis.appointment_availability_ap_is_api
        show("public_find_by_pin", len((await public.public_find_by_pin(pincode, date))["sessions"]))
        by_district = await public.public_find_by_district(district, date)
        show("public_find_by_district", len(by_district["sessions"]))
        by_pin = await public.public_calendar_by_pin(pincode, date, accept_language="ta_IN")
        show("public_calendar_by_pin", [center["state_name_l"] for center in by_pin["centers"]])
        week = await public.public_calendar_by_district(district, date)
        show("public_calendar_by_district", len(week["centers"]))
        users = apis.user_authentication_ap_is_api
        seen = len(messages_sent())
        sent = await users.public_generate_otp(m.InlineObject(mobile=mobile))
        digest = hashlib.sha256(code(seen).encode()).hexdigest()
        confirm = m.InlineObject1(otp=digest, txnId=sent.txn_id)
        # Nobody is registered any more: 400, USRAUT0024.
        show("public_confirm_otp", await refused(users.public_confirm_otp(confirm)))

    asyncio.run(run())


{
    "cowinpy": cowinpy,
    "cowin-vaccine-api": cowin_vaccine_api,
    "cowincli": cowincli,
    "cowin-api": cowin_api,
}[package]()
