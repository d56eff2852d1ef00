//! People in the contract's shape. Source: the contract, section 2.

use app::{
    claims::{ClaimRow, ClaimState},
    opened::Person,
};
use domain::{
    id::SessionId,
    session::{Session, Slot},
};
use jiff::civil::Date;
use rustc_hash::FxHashMap;
use serde_json::{Value, json};

use super::shape::{center, date_text, gender_hi};
use crate::{Web, caller::Caller, language::Twins};

/// What people are shown with.
pub(crate) struct View<'a> {
    web: &'a Web,
    sessions: FxHashMap<SessionId, Session>,
    today: Date,
    twins: Twins,
}

impl<'a> View<'a> {
    /// A view of these people and their appointments.
    pub(crate) async fn new(
        web: &'a Web,
        caller: &Caller,
        people: &[Person],
    ) -> app::Result<View<'a>> {
        let sessions = web.0.platform.sessions_of(people).await?;
        Ok(Self { web, sessions, today: caller.ctx.today(), twins: caller.twins })
    }

    /// People in the contract's list.
    pub(super) fn list(&self, people: &[Person], mobile_last_four: &str) -> Value {
        let one = |person| self.beneficiary(person, mobile_last_four);
        json!({ "beneficiaries": people.iter().map(one).collect::<Value>() })
    }

    /// A person, masked as the contract masks: the owner sees the last digits of what identifies.
    pub(crate) fn beneficiary(&self, person: &Person, mobile_last_four: &str) -> Value {
        let dose_date = |number: u8| {
            let dose = person.doses.iter().find(|dose| dose.number == number);
            dose.map_or_else(String::new, |dose| date_text(dose.given_on))
        };
        let programme = self.web.0.platform.programme();
        let last = person.doses.last();
        let series =
            last.and_then(|dose| programme.vaccine(&dose.vaccine)).map_or(2, |v| v.series_doses);
        let given = u8::try_from(person.doses.len()).unwrap_or(u8::MAX);
        let status = match given {
            0 => "Not Vaccinated",
            given if given < series => "Partially Vaccinated",
            _ => "Vaccinated",
        };
        let details = &person.details;
        let due = last
            .and_then(|dose| programme.vaccine(&dose.vaccine).map(|vaccine| (dose, vaccine)))
            .and_then(|(dose, vaccine)| {
                let interval = vaccine.dose(given + 1)?.interval_on(self.today)?;
                let wait = jiff::ToSpan::days(i64::from(interval.min_days));
                Some(date_text(dose.given_on.saturating_add(wait)))
            });
        let mut fields = json!({
            "beneficiary_reference_id": person.reference.to_string(),
            "name": details.name.text(),
            "birth_year": details.birth_year.to_string(),
            "gender": details.gender.label(),
            "mobile_number": mobile_last_four,
            "photo_id_type": details.document.label(),
            "photo_id_number": details.document.masked(),
            "comorbidity_ind": if details.comorbidity { "Y" } else { "N" },
            "vaccination_status": status,
            "vaccine": last.map_or("", |dose| dose.vaccine.as_str()),
            "dose1_date": dose_date(1),
            "dose2_date": dose_date(2),
            "precaution_dose_one_date": dose_date(3),
            "precaution_dose": i32::from(given >= 3),
            "due_dose": given + 1,
            "is_eligible_for_precaution": given == 2 && due.is_some(),
            "next_vaccination_date": due.unwrap_or_default(),
            "last_date": last.map_or_else(String::new, |dose| date_text(dose.given_on)),
            "member_type": "CITIZEN",
            "referral_count": 0,
            "is_referral_member": "No",
            "certificate_updated": "No",
            "health_id": "",
            "appointments": self.appointments(person),
        });
        if let Some(gender) = self.twins.twin(gender_hi(details.gender.number())) {
            fields["gender_l"] = gender.into();
        }
        fields
    }

    fn appointments(&self, person: &Person) -> Value {
        let inventory = self.web.0.platform.inventory();
        let one = |claim: &ClaimRow| {
            let facility = inventory.facility(claim.seat.facility)?;
            let session = self.sessions.get(&claim.seat.session);
            let slot = session.and_then(|s| s.slots.get(usize::from(claim.seat.slot)).copied());
            let mut fields = center(self.web, &facility, self.twins);
            let mut set = |name: &str, value: Value| fields.insert(name.to_owned(), value);
            set("dose", claim.dose_number.into());
            set("appointment_id", claim.appointment.to_string().into());
            set("session_id", claim.seat.session.to_string().into());
            set("date", date_text(claim.on).into());
            set("slot", slot.map(Slot::label).unwrap_or_default().into());
            set("is_precaution", if claim.dose_number > 2 { "Y" } else { "N" }.into());
            Some(Value::Object(fields))
        };
        // A seat that is still being asked for, or given back, is no appointment.
        let stands = |claim: &&ClaimRow| {
            matches!(claim.state, ClaimState::Confirmed | ClaimState::Moving | ClaimState::Done)
        };
        person.claims.iter().filter(stands).filter_map(one).collect()
    }
}
